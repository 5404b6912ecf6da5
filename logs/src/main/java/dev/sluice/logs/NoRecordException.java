package dev.sluice.logs;

/// A line is no record of its format. The message says why.
public final class NoRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  NoRecordException(String reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  /// One of few short names, for counting: `not-an-object`.
  public String reason() {
    return reason;
  }
}
