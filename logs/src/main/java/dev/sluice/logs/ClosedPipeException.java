package dev.sluice.logs;

import java.io.IOException;

/// Whoever read standard output has left, as in `sluice logs --to csv:- | head`: a reason to stop
/// quietly.
public final class ClosedPipeException extends IOException {
  private static final long serialVersionUID = 1L;

  ClosedPipeException(IOException cause) {
    super("standard output was closed by its reader", cause);
  }
}
