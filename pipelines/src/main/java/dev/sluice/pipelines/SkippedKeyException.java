package dev.sluice.pipelines;

import java.io.Serial;

/// Why an item became a dead letter untried: one of the same key had, before.
public final class SkippedKeyException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  SkippedKeyException(Object key) {
    super("an earlier item of key '" + key + "' is a dead letter", null, false, false);
  }
}
