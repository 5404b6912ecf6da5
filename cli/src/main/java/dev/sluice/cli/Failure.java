package dev.sluice.cli;

import org.jspecify.annotations.Nullable;

/// What the user can mend. It is said in one line with what to change, without a stack trace, and
/// ends the program with status 1.
///
/// Wrong usage is picocli's [picocli.CommandLine.ParameterException] instead, and ends it with 2.
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final @Nullable String hint;

  /// @param message what was wrong and where, as it goes on after `sluice logs: `
  /// @param hint what to do about it, a line of its own
  Failure(String message, @Nullable String hint) {
    super(message);
    this.hint = hint;
  }

  @Nullable String hint() {
    return hint;
  }
}
