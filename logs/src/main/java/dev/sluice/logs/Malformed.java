package dev.sluice.logs;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Why a line is no record of its format.
///
/// Its sentence is put together when somebody asks: to recognise a format, lines are tried in many
/// that they do not have, and nobody reads why not.
final class Malformed implements Parsed {
  private final String reason;
  private final String detail;
  private final @Nullable Object[] arguments;

  /// @param reason one of few short names, for counting: `no-closing-quote`
  /// @param detail a sentence for whoever mends the line, with what was found and what was
  ///   expected, as [String#formatted] takes it
  Malformed(String reason, String detail, @Nullable Object... arguments) {
    this.reason = reason;
    this.detail = detail;
    this.arguments = arguments;
  }

  String reason() {
    return reason;
  }

  /// The sentence. To be asked for before the bytes of the line change, which it may quote.
  String detail() {
    return detail.formatted(arguments);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Malformed that
        && reason.equals(that.reason)
        && detail().equals(that.detail());
  }

  @Override
  public int hashCode() {
    return Objects.hash(reason, detail());
  }

  @Override
  public String toString() {
    return reason + ": " + detail();
  }
}
