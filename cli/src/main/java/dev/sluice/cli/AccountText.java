package dev.sluice.cli;

import dev.sluice.logs.LogAccount;
import java.nio.file.Path;
import java.util.Locale;

/// The account of a run in one line of words.
///
/// ```text
///   read 1,000 = 970 written + 10 filtered + 20 rejected (rejected.ndjson); 210.3 kB in 0.44 s
/// ```
final class AccountText {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private AccountText() {}

  /// @param rejected where the rejected are
  static String of(LogAccount account, Path rejected) {
    var text = new StringBuilder();
    text.append("read ").append(count(account.read()));
    text.append(" = ").append(count(account.written())).append(" written");
    text.append(" + ").append(count(account.filtered())).append(" filtered");
    text.append(" + ").append(count(account.rejected())).append(" rejected");
    if (account.rejected() > 0) {
      text.append(" (").append(rejected).append(')');
    }
    if (account.dropped() > 0) {
      text.append(" + ").append(count(account.dropped())).append(" dropped");
    }
    if (account.abandoned() > 0) {
      text.append(" + ").append(count(account.abandoned())).append(" abandoned");
    }
    return text.append("; ")
        .append(size(account.bytes()))
        .append(" in ")
        .append(seconds(account.seconds()))
        .toString();
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String seconds(double seconds) {
    return seconds < 1
        ? String.format(Locale.ROOT, "%.2f s", seconds)
        : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  private static String size(long bytes) {
    double scaled = bytes;
    int unit = 0;
    while (scaled >= 1000 && unit < UNITS.length - 1) {
      scaled /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", scaled, UNITS[unit]);
  }
}
