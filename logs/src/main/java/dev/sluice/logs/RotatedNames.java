package dev.sluice.logs;

import java.nio.file.Path;
import java.util.regex.Pattern;

/// The names that programs give to a log that they put away: `app.log.1`, `app.log-20261121.gz`,
/// `app-2026-11-21.log`, `app.1.log`, `app.log.old`.
final class RotatedNames {
  private static final Pattern COMPRESSED = Pattern.compile("\\.(?:gz|zst|xz|bz2)$");
  private static final Pattern AFTER =
      Pattern.compile("[._-]?(?:old|bak|prev|[0-9][0-9T:._-]{0,40})");
  private static final Pattern BETWEEN = Pattern.compile("[._-][0-9][0-9T:._-]{0,40}");

  private RotatedNames() {}

  /// Whether `path` may be what became of a log at `log`, in whatever directory.
  static boolean isOf(Path path, Path log) {
    var name = COMPRESSED.matcher(nameOf(path)).replaceFirst("");
    var base = nameOf(log);
    if (name.length() <= base.length()) {
      return name.equals(base) && !nameOf(path).equals(base);
    }
    if (name.startsWith(base) && AFTER.matcher(name.substring(base.length())).matches()) {
      return true;
    }
    int dot = base.lastIndexOf('.');
    return dot > 0
        && name.startsWith(base.substring(0, dot))
        && name.endsWith(base.substring(dot))
        && BETWEEN.matcher(name.substring(dot, name.length() - (base.length() - dot))).matches();
  }

  private static String nameOf(Path path) {
    return String.valueOf(path.getFileName());
  }
}
