package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which database of which server, and as whom: `//[USER[:PASSWORD]@]HOST[:PORT]/DATABASE`. What
/// stands for itself in none of its places is written as in URIs: `%40` for `@`.
record PostgresAddress(
    String host, int port, String database, String user, @Nullable String password) {
  private static final int DEFAULT_PORT = 5432;

  /// @param name how messages call the target, without its password; nothing else is quoted in them
  static PostgresAddress parse(String name, String rest, Map<String, String> environment) {
    if (!rest.startsWith("//")) {
      throw bad(name, "names no server");
    }
    int slash = rest.indexOf('/', 2);
    if (slash < 0 || slash == rest.length() - 1) {
      throw bad(name, "names no database");
    }
    var authority = rest.substring(2, slash);
    int at = authority.lastIndexOf('@');
    var place = authority.substring(at + 1);
    var who = at < 0 ? "" : authority.substring(0, at);
    int secret = who.indexOf(':');
    var user = decoded(name, secret < 0 ? who : who.substring(0, secret));
    if (user.isEmpty()) {
      user = environment.getOrDefault("PGUSER", System.getProperty("user.name"));
    }
    int colon =
        place.startsWith("[") ? place.indexOf(':', place.indexOf(']') + 1) : place.indexOf(':');
    var host = colon < 0 ? place : place.substring(0, colon);
    return new PostgresAddress(
        host.isEmpty() ? "localhost" : host,
        colon < 0 ? DEFAULT_PORT : port(name, place.substring(colon + 1)),
        decoded(name, rest.substring(slash + 1)),
        user,
        secret < 0 ? null : decoded(name, who.substring(secret + 1)));
  }

  private static int port(String name, String text) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw bad(name, "has a port that is no number from 1 to 65535");
  }

  private static String decoded(String name, String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      throw bad(name, "has a % that no two hexadecimal digits follow (% itself is %25)");
    }
  }

  private static BadTargetException bad(String name, String what) {
    return new BadTargetException(
        "target '"
            + name
            + "' "
            + what
            + "; use postgresql://[USER@]HOST[:PORT]/DATABASE[?table=NAME]");
  }

  /// What the driver is given, without a user and without a password.
  String url() {
    return "jdbc:postgresql://%s:%d/%s"
        .formatted(host, port, URLEncoder.encode(database, UTF_8).replace("+", "%20"));
  }

  /// What it is known by, whoever writes to it.
  String key() {
    return "postgresql://%s:%d/%s".formatted(host, port, database);
  }

  /// Leaves the password out.
  @Override
  public String toString() {
    return key();
  }
}
