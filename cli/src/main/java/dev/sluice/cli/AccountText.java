package dev.sluice.cli;

import dev.sluice.logs.Figures;
import dev.sluice.logs.LogAccount;
import java.nio.file.Path;

/// The account of a run in one line of words.
///
/// ```text
///   read 1,000 = 970 written + 10 filtered + 20 rejected (rejected.ndjson); 210.3 kB in 0.44 s
/// ```
final class AccountText {
  private AccountText() {}

  /// @param rejected where the rejected are
  static String of(LogAccount account, Path rejected) {
    var text = new StringBuilder();
    text.append("read ").append(Figures.grouped(account.read()));
    text.append(" = ").append(Figures.grouped(account.written())).append(" written");
    text.append(" + ").append(Figures.grouped(account.filtered())).append(" filtered");
    text.append(" + ").append(Figures.grouped(account.rejected())).append(" rejected");
    if (account.rejected() > 0) {
      text.append(" (").append(rejected).append(')');
    }
    if (account.dropped() > 0) {
      text.append(" + ").append(Figures.grouped(account.dropped())).append(" dropped");
    }
    if (account.abandoned() > 0) {
      text.append(" + ").append(Figures.grouped(account.abandoned())).append(" abandoned");
    }
    return text.append("; ")
        .append(Figures.size(account.bytes()))
        .append(" in ")
        .append(seconds(account.seconds()))
        .toString();
  }

  private static String seconds(double seconds) {
    return Figures.fixed(seconds, seconds < 1 ? 2 : 1) + " s";
  }
}
