package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// Where a queue is, as people write it: `file:PATH[#NAME]` or
/// `postgresql://[USER@]HOST[:PORT]/DATABASE[#NAME]`. Without a name it is the queue `default`.
///
/// A password comes from `PGPASSWORD` or from `.pgpass`; one that is written into the address is
/// used, and never shown.
public sealed interface QueueAddress {
  /// The name of the queue.
  String queue();

  /// The place without the queue, as it may be shown.
  String place();

  /// A file.
  ///
  /// @param path the file
  /// @param queue the queue in it
  record OfFile(Path path, String queue) implements QueueAddress {
    @Override
    public String place() {
      return "file:" + path;
    }
  }

  /// A database of a server.
  ///
  /// @param host the server
  /// @param port its port
  /// @param database the database
  /// @param user as whom
  /// @param password null if the driver is to look for one
  /// @param queue the queue in it
  record Postgres(
      String host, int port, String database, String user, @Nullable String password, String queue)
      implements QueueAddress {
    @Override
    public String place() {
      return "postgresql://%s:%d/%s".formatted(host, port, database);
    }

    /// What the driver is given.
    String url() {
      return "jdbc:postgresql://%s:%d/%s"
          .formatted(host, port, URLEncoder.encode(database, UTF_8).replace("+", "%20"));
    }

    Properties login() {
      var login = new Properties();
      login.setProperty("user", user);
      if (password != null) {
        login.setProperty("password", password);
      }
      login.setProperty("ApplicationName", "sluice");
      login.setProperty("connectTimeout", "10");
      login.setProperty("socketTimeout", "120");
      login.setProperty("tcpKeepAlive", "true");
      return login;
    }

    /// Leaves the password out.
    @Override
    public String toString() {
      return place() + "#" + queue;
    }
  }

  /// Reads an address.
  ///
  /// @throws IllegalArgumentException if it is none; the message says what one looks like
  static QueueAddress parse(String text) {
    return parse(text, System.getenv());
  }

  /// Reads an address, with the variables of `environment` for what it does not say: `PGUSER`,
  /// `PGPASSWORD`.
  static QueueAddress parse(String text, Map<String, String> environment) {
    int hash = text.lastIndexOf('#');
    var place = hash < 0 ? text : text.substring(0, hash);
    var queue = hash < 0 ? "default" : text.substring(hash + 1);
    DurableQueue.checkName(queue);
    if (place.startsWith("file:")) {
      var path = place.substring("file:".length());
      if (path.isEmpty()) {
        throw bad(text, "names no file");
      }
      try {
        return new OfFile(Path.of(path), queue);
      } catch (InvalidPathException e) {
        throw bad(text, "names no possible file");
      }
    }
    if (place.startsWith("postgresql://")) {
      return postgres(text, place.substring("postgresql://".length()), queue, environment);
    }
    throw bad(text, "begins with neither");
  }

  private static Postgres postgres(
      String text, String rest, String queue, Map<String, String> environment) {
    int slash = rest.indexOf('/');
    if (slash < 0 || slash == rest.length() - 1) {
      throw bad(text, "names no database");
    }
    var authority = rest.substring(0, slash);
    int at = authority.lastIndexOf('@');
    var server = authority.substring(at + 1);
    var who = at < 0 ? "" : authority.substring(0, at);
    int secret = who.indexOf(':');
    var user = decoded(text, secret < 0 ? who : who.substring(0, secret));
    if (user.isEmpty()) {
      user = environment.getOrDefault("PGUSER", System.getProperty("user.name"));
    }
    int colon =
        server.startsWith("[") ? server.indexOf(':', server.indexOf(']') + 1) : server.indexOf(':');
    var host = colon < 0 ? server : server.substring(0, colon);
    return new Postgres(
        host.isEmpty() ? "localhost" : host,
        colon < 0 ? 5432 : port(text, server.substring(colon + 1)),
        decoded(text, rest.substring(slash + 1)),
        user,
        secret < 0 ? environment.get("PGPASSWORD") : decoded(text, who.substring(secret + 1)),
        queue);
  }

  private static int port(String text, String port) {
    try {
      int number = Integer.parseInt(port);
      if (number > 0 && number < 65_536) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw bad(text, "has a port that is no number from 1 to 65535");
  }

  private static String decoded(String text, String part) {
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      throw bad(text, "has a % that no two hexadecimal digits follow (% itself is %25)");
    }
  }

  private static IllegalArgumentException bad(String text, String what) {
    var shown = text.replaceFirst("^([^:/]*://[^:/@]*:)[^/]*@", "$1***@");
    return new IllegalArgumentException(
        "queue '%s' %s; use file:PATH[#NAME] or postgresql://[USER@]HOST[:PORT]/DATABASE[#NAME]"
            .formatted(shown, what));
  }
}
