package dev.sluice.logs;

import static dev.sluice.logs.Secrets.isAlnum;
import static dev.sluice.logs.Secrets.isDigit;
import static dev.sluice.logs.Secrets.isHex;
import static dev.sluice.logs.Secrets.span;

import java.util.List;
import java.util.Set;

/// Finds what opens doors; see [Secrets#TOKENS].
final class Tokens {
  private static final int LEAST_HEX = 32;
  private static final int LEAST_OF_PREFIXED = 10;
  private static final int LEAST_OF_JWT = 20;
  private static final int LEAST_CREDENTIALS = 8;
  private static final int LONGEST_KEY = 60;

  /// What the tokens of well-known services begin with.
  private static final List<String> PREFIXES =
      List.of(
          "ghp_",
          "gho_",
          "ghu_",
          "ghs_",
          "ghr_",
          "github_pat_",
          "glpat-",
          "xoxa-",
          "xoxb-",
          "xoxp-",
          "xoxr-",
          "xoxs-",
          "sk-",
          "sk_live_",
          "sk_test_",
          "rk_live_",
          "rk_test_",
          "AIza",
          "ya29.",
          "npm_",
          "hf_",
          "pypi-",
          "dop_v1_",
          "SG.");

  private static final Set<String> AWS =
      Set.of("AKIA", "ASIA", "AROA", "AIDA", "AGPA", "ANPA", "ANVA", "ABIA", "ACCA");

  /// Parts of the names of what is secret.
  private static final List<String> SECRET_PARTS =
      List.of(
          "password",
          "passwd",
          "passphrase",
          "secret",
          "token",
          "apikey",
          "api_key",
          "api-key",
          "access_key",
          "access-key",
          "accesskey",
          "private_key",
          "credential",
          "authorization",
          "session_id",
          "sessionid",
          "jsessionid",
          "phpsessid");

  /// Names of what is secret.
  private static final Set<String> SECRET_NAMES =
      Set.of(
          "pwd",
          "pass",
          "auth",
          "sig",
          "signature",
          "session",
          "sid",
          "cookie",
          "set-cookie",
          "jwt",
          "otp",
          "pin");

  /// Those after which a colon too introduces the secret.
  private static final List<String> BEFORE_COLON =
      List.of(
          "password",
          "passwd",
          "passphrase",
          "secret",
          "apikey",
          "api_key",
          "api-key",
          "authorization",
          "access_key",
          "accesskey");

  private static final Set<String> SCHEMES =
      Set.of("bearer", "basic", "digest", "token", "negotiate");

  private Tokens() {}

  /// Whether `name` is that of something secret.
  static boolean isSecret(String name) {
    var lower = Secrets.lower(name);
    var uncounted = lower.replace("tokens", ""); // of a language model, how many
    return SECRET_NAMES.contains(lower) || SECRET_PARTS.stream().anyMatch(uncounted::contains);
  }

  static long find(String text, int from) {
    int length = text.length();
    for (int at = from; at < length; at++) {
      char c = text.charAt(at);
      long found = Secrets.NONE;
      if (c == '=' || c == ':') {
        found = afterKey(text, from, at);
      } else if (isAlnum(c)) {
        char before = at == 0 ? ' ' : text.charAt(at - 1);
        if (isHex(c) && !isHex(before)) {
          found = hex(text, at);
        }
        if (found == Secrets.NONE && !isAlnum(before)) {
          found = word(text, at);
        }
      }
      if (found != Secrets.NONE) {
        return found;
      }
    }
    return Secrets.NONE;
  }

  private static long hex(String text, int start) {
    int end = start;
    while (end < text.length() && isHex(text.charAt(end))) {
      end++;
    }
    return end - start >= LEAST_HEX ? span(start, end) : Secrets.NONE;
  }

  /// A token known by how the word begins.
  private static long word(String text, int start) {
    switch (text.charAt(start)) {
      case 'b', 'B' -> {
        long found = credentials(text, start, "bearer");
        return found == Secrets.NONE ? credentials(text, start, "basic") : found;
      }
      case 'e' -> {
        if (text.startsWith("eyJ", start)) {
          int end = endOf(text, start, "-_.=");
          return end - start >= LEAST_OF_JWT ? span(start, end) : Secrets.NONE;
        }
      }
      case 'A' -> {
        if (start + 4 < text.length() && AWS.contains(text.substring(start, start + 4))) {
          int end = endOf(text, start, "");
          if (end - start >= 20) {
            return span(start, end);
          }
        }
      }
      default -> {}
    }
    for (var prefix : PREFIXES) {
      if (prefix.charAt(0) == text.charAt(start) && text.startsWith(prefix, start)) {
        int end = endOf(text, start + prefix.length(), "-_.");
        if (end - start - prefix.length() >= LEAST_OF_PREFIXED) {
          return span(start, end);
        }
      }
    }
    return Secrets.NONE;
  }

  /// What follows `Bearer ` or `Basic `, unless it is an ordinary word.
  private static long credentials(String text, int start, String scheme) {
    int at = start + scheme.length();
    if (!text.regionMatches(true, start, scheme, 0, scheme.length())) {
      return Secrets.NONE;
    }
    int gap = at;
    while (gap < text.length() && (text.charAt(gap) == ' ' || text.charAt(gap) == '+')) {
      gap++;
    }
    if (gap == at && text.startsWith("%20", at)) {
      gap = at + 3;
    }
    int end = endOf(text, gap, "-._~+/=");
    boolean enough = gap > at && end - gap >= LEAST_CREDENTIALS;
    return enough && !isOrdinary(text, gap, end) ? span(gap, end) : Secrets.NONE;
  }

  private static boolean isOrdinary(String text, int start, int end) {
    if (end - start >= LEAST_OF_JWT) {
      return false;
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean innerUpper = i > start && c >= 'A' && c <= 'Z';
      if (isDigit(c) || c == '=' || c == '_' || innerUpper) {
        return false;
      }
    }
    return true;
  }

  /// The value after a key that says it is secret: `password=x`, `"token":"x"`.
  private static long afterKey(String text, int from, int sign) {
    int end = sign;
    while (end > from && text.charAt(end - 1) == ' ' && sign - end < 2) {
      end--;
    }
    boolean quoted = end > from && (text.charAt(end - 1) == '"' || text.charAt(end - 1) == '\'');
    if (quoted) {
      end -= end - 1 > from && text.charAt(end - 2) == '\\' ? 2 : 1;
    }
    int start = end;
    while (start > from && end - start < LONGEST_KEY && isKey(text.charAt(start - 1))) {
      start--;
    }
    var key = Secrets.lower(text.substring(start, end));
    boolean sure = quoted || text.charAt(sign) == '=';
    boolean secret = sure ? isSecret(key) : BEFORE_COLON.stream().anyMatch(key::endsWith);
    return secret ? value(text, sign + 1) : Secrets.NONE;
  }

  private static long value(String text, int after) {
    int length = text.length();
    int start = after;
    while (start < length && text.charAt(start) == ' ' && start - after < 4) {
      start++;
    }
    if (start < length && text.charAt(start) == '\\' && start + 1 < length) {
      start++; // a quote within a quoted text
    }
    if (start < length && (text.charAt(start) == '"' || text.charAt(start) == '\'')) {
      return quotedValue(text, start + 1, text.charAt(start));
    }
    int end = endOfValue(text, start);
    if (SCHEMES.contains(Secrets.lower(text.substring(start, Math.min(end, start + 10))))) {
      int next = end;
      while (next < length && text.charAt(next) == ' ') {
        next++;
      }
      end = endOfValue(text, next);
    }
    return end > start ? span(start, end) : Secrets.NONE;
  }

  /// @param start behind the quote that opens it, which may be escaped: the one that closes it is
  ///   then too
  private static long quotedValue(String text, int start, char quote) {
    boolean escaped = text.charAt(start - 2) == '\\';
    int end = start;
    while (end < text.length() && text.charAt(end) != quote) {
      boolean pair = text.charAt(end) == '\\' && end + 1 < text.length();
      if (pair && escaped && text.charAt(end + 1) == quote) {
        break;
      }
      end += pair ? 2 : 1;
    }
    return end > start ? span(start, end) : Secrets.NONE;
  }

  private static int endOfValue(String text, int start) {
    int end = start;
    while (end < text.length()
        && text.charAt(end) > ' '
        && "&,;\"'()[]{}<>|\\".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static boolean isKey(char c) {
    return isAlnum(c) || c == '_' || c == '-' || c == '.';
  }

  private static int endOf(String text, int start, String others) {
    int end = start;
    while (end < text.length()
        && (isAlnum(text.charAt(end)) || others.indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    return end;
  }
}
