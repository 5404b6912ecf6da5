package dev.sluice.logs;

import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// The ends of a run that other modules provide.
final class Ends {
  private Ends() {}

  /// The end that `spec` begins with the scheme of; null if there is none. Loads them only for what
  /// looks like it.
  static @Nullable LogEnd of(String spec) {
    int colon = spec.indexOf(':');
    if (colon < 2 || !spec.substring(0, colon).chars().allMatch(c -> c >= 'a' && c <= 'z')) {
      return null;
    }
    var scheme = spec.substring(0, colon);
    return all().stream().filter(end -> end.scheme().equals(scheme)).findFirst().orElse(null);
  }

  static List<LogEnd> all() {
    return ServiceLoader.load(LogEnd.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  /// What follows the scheme.
  static String rest(String spec) {
    return spec.substring(spec.indexOf(':') + 1);
  }
}
