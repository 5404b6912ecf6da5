package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may ask.
///
/// - The `Host` header has to name this server: a page of another site, whose name was made to
///   point here, names that site instead (DNS rebinding). An address is no name that anyone could
///   point elsewhere, so beyond loopback any address will do.
/// - An `Origin` header, which a browser sends when a page asks, has to be this server's.
/// - With a token, it has to be brought: by a scraper as `Authorization: Bearer TOKEN`, by a
///   browser in a cookie, which it gets for `/?token=TOKEN`. It is compared in constant time.
final class Guard {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int TOKEN_BYTES = 16;

  private final boolean beyondLoopback;
  private final Set<String> hosts;
  private final byte @Nullable [] token;
  private final String cookie;

  /// Why a request is refused.
  ///
  /// @param status of HTTP
  /// @param reason for a person
  record Refusal(int status, String reason) {}

  /// @param hosts names of this server that are allowed beside its addresses, in lower case
  /// @param token null if none is needed
  /// @param port tells this server's cookie from those of others on the same host
  Guard(boolean beyondLoopback, Set<String> hosts, @Nullable String token, int port) {
    this.beyondLoopback = beyondLoopback;
    this.hosts = hosts;
    this.token = token == null ? null : digest(token);
    this.cookie = "sluice-" + port;
  }

  /// Makes a token that cannot be guessed.
  static String newToken() {
    var bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Whether it comes from where it may.
  @Nullable Refusal refuseForeign(Headers headers) {
    var all = headers.get("Host");
    var host = all == null || all.size() != 1 ? null : all.getFirst().toLowerCase(Locale.ROOT);
    if (host == null || !isOurs(host)) {
      return new Refusal(
          421, "this server does not answer for that host; allow its name with allowHost");
    }
    var origins = headers.get("Origin");
    if (origins != null
        && (origins.size() != 1 || !origins.getFirst().equalsIgnoreCase("http://" + host))) {
      return new Refusal(403, "pages of other origins may not ask this server");
    }
    return null;
  }

  private boolean isOurs(String host) {
    var name = host.replaceFirst(":\\d{1,5}$", "");
    return LOOPBACK.contains(name) || hosts.contains(name) || (beyondLoopback && isAddress(name));
  }

  private static boolean isAddress(String name) {
    return name.matches("\\d{1,3}(\\.\\d{1,3}){3}") || name.matches("\\[[0-9a-f:.]+]");
  }

  /// Whether it brings the token, if there is one.
  @Nullable Refusal refuseStranger(Headers headers) {
    if (token == null || brings(headers)) {
      return null;
    }
    return new Refusal(
        401,
        "this server needs a token: open the address that it printed when it started, or send the"
            + " header 'Authorization: Bearer TOKEN'");
  }

  private boolean brings(Headers headers) {
    var authorization = headers.getFirst("Authorization");
    if (authorization != null && authorization.startsWith("Bearer ")) {
      return isToken(authorization.substring("Bearer ".length()).strip());
    }
    for (var line : headers.getOrDefault("Cookie", java.util.List.of())) {
      for (var one : line.split(";", -1)) {
        var pair = one.strip().split("=", 2);
        if (pair.length == 2 && pair[0].equals(cookie)) {
          return isToken(pair[1]);
        }
      }
    }
    return false;
  }

  /// Whether the address brings the token, as when a person opens what was printed.
  boolean brings(URI address) {
    var query = address.getRawQuery();
    return query != null && query.startsWith("token=") && isToken(query.substring(6));
  }

  private boolean isToken(String offered) {
    return token != null && MessageDigest.isEqual(token, digest(offered));
  }

  /// What a browser keeps. No script reads it, and no other site makes the browser send it.
  String cookie(String value) {
    return cookie + "=" + value + "; Path=/; HttpOnly; SameSite=Strict";
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
