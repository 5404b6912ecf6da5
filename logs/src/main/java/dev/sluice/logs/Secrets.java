package dev.sluice.logs;

import java.util.Locale;
import java.util.Set;

/// Kinds of secrets that stand in texts, and how to find them.
///
/// Each kind is found in one pass over the text, in time linear in its length whatever it holds: a
/// character that may be part of a secret is looked around from for at most some hundred others, or
/// once for each run of its like.
///
/// Found is what looks like a secret. Where it is in doubt it is taken for one: a version
/// `10.2.0.1` goes as an address does.
enum Secrets {
  /// What opens doors: `Bearer` and `Basic` credentials, JSON web tokens, keys of AWS, GitHub,
  /// GitLab, Slack, Stripe, Google and npm, 32 or more hexadecimal digits, and what follows
  /// `password=`, `token=` and the like.
  TOKENS("tokens", "[token]") {
    @Override
    long find(String text, int from) {
      return Tokens.find(text, from);
    }
  },

  /// E-mail addresses, also where the `@` is escaped as in URLs or in JSON.
  EMAIL("email", "[email]") {
    @Override
    long find(String text, int from) {
      for (int at = from; at < text.length(); at++) {
        int sign = atSign(text, at);
        if (sign > 0) {
          long found = email(text, from, at, at + sign);
          if (found >= 0) {
            return found;
          }
        }
      }
      return NONE;
    }
  },

  /// Numbers of payment cards: 13 to 19 digits, also in groups, that begin with 2 to 6 and whose
  /// Luhn sum is right.
  CARDS("cards", "[card]") {
    @Override
    long find(String text, int from) {
      for (int at = from; at < text.length(); at++) {
        if (isDigit(text.charAt(at)) && (at == 0 || !isDigit(text.charAt(at - 1)))) {
          int end = card(text, at);
          if (end > 0) {
            return span(at, end);
          }
        }
      }
      return NONE;
    }
  },

  /// Addresses of IPv4 and IPv6.
  ADDRESSES("addresses", "[address]") {
    @Override
    long find(String text, int from) {
      for (int at = from; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c != ':' && !isHex(c)) {
          continue;
        }
        char before = at == 0 ? ' ' : text.charAt(at - 1);
        int end = -1;
        if (isDigit(c)
            && !isDigit(before)
            && !(before == '.' && at > 1 && isDigit(text.charAt(at - 2)))) {
          end = ipv4(text, at);
        }
        if (end < 0 && !isAlnum(before)) {
          end = ipv6(text, at);
        }
        if (end > 0) {
          return span(at, end);
        }
      }
      return NONE;
    }
  };

  static final long NONE = -1;

  private static final int LONGEST_LOCAL = 64;
  private static final int LONGEST_DOMAIN = 255;
  private static final int MOST_CARD_DIGITS = 19;
  private static final int LEAST_CARD_DIGITS = 13;

  private final String id;
  private final String mark;

  Secrets(String id, String mark) {
    this.id = id;
    this.mark = mark;
  }

  /// What the user calls it.
  String id() {
    return id;
  }

  /// What stands in the place of such a secret.
  String mark() {
    return mark;
  }

  /// The first secret of this kind at `from` or later, as [#span], or [#NONE].
  abstract long find(String text, int from);

  /// `text` with a mark in the place of each secret of these kinds; the same object if there is
  /// none.
  static String redact(String text, Set<Secrets> kinds) {
    var clean = text;
    for (var kind : kinds) {
      clean = kind.redact(clean);
    }
    return clean;
  }

  private String redact(String text) {
    long found = find(text, 0);
    if (found == NONE) {
      return text;
    }
    var clean = new StringBuilder(text.length());
    int done = 0;
    while (found != NONE) {
      clean.append(text, done, start(found)).append(mark);
      done = end(found);
      found = find(text, done);
    }
    return clean.append(text, done, text.length()).toString();
  }

  static long span(int start, int end) {
    return ((long) start << 32) | end;
  }

  static int start(long span) {
    return (int) (span >>> 32);
  }

  static int end(long span) {
    return (int) span;
  }

  // E-mail

  /// How many characters the `@` at this place takes; 0 if there is none.
  private static int atSign(String text, int at) {
    return switch (text.charAt(at)) {
      case '@' -> 1;
      case '%' -> text.startsWith("%40", at) ? 3 : 0;
      case '\\' -> text.startsWith("\\u0040", at) ? 6 : 0;
      default -> 0;
    };
  }

  private static long email(String text, int from, int sign, int domain) {
    int start = sign;
    while (start > from && sign - start < LONGEST_LOCAL && isLocal(text.charAt(start - 1))) {
      start--;
    }
    int end = domain;
    int dot = -1;
    int limit = Math.min(text.length(), domain + LONGEST_DOMAIN);
    while (end < limit && (isWord(text.charAt(end)) || text.charAt(end) == '.')) {
      if (text.charAt(end) == '.') {
        if (end == domain || text.charAt(end - 1) == '.') {
          break;
        }
        dot = end;
      }
      end++;
    }
    if (end > domain && text.charAt(end - 1) == '.') {
      end--; // of the sentence
      dot = text.lastIndexOf('.', end - 1);
    }
    boolean found = start < sign && dot > domain && end - dot > 2 && dot < end;
    return found ? span(start, end) : NONE;
  }

  private static boolean isLocal(char c) {
    return isWord(c) || c == '.' || c == '_' || c == '%' || c == '+';
  }

  private static boolean isWord(char c) {
    return isAlnum(c) || c == '-' || c >= 0x80;
  }

  // Cards

  /// Where the number of a card that begins here ends, or -1.
  private static int card(String text, int start) {
    char first = text.charAt(start);
    boolean decimals =
        start > 1 && text.charAt(start - 1) == '.' && isDigit(text.charAt(start - 2));
    if (first < '2' || first > '6' || decimals) {
      return -1;
    }
    var digits = new byte[MOST_CARD_DIGITS];
    int count = 0;
    int end = -1;
    int at = start;
    while (true) {
      int group = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        if (count == MOST_CARD_DIGITS) {
          return end;
        }
        digits[count++] = (byte) (text.charAt(at++) - '0');
      }
      int size = at - group;
      if (size == 0 || (size < 3 && group != start)) {
        return end;
      }
      if (count >= LEAST_CARD_DIGITS && isLuhn(digits, count)) {
        end = at;
      }
      int separator = separator(text, at);
      if (separator == 0 || size < 3) {
        return end;
      }
      at += separator;
    }
  }

  private static int separator(String text, int at) {
    if (at >= text.length()) {
      return 0;
    }
    return switch (text.charAt(at)) {
      case ' ', '-', '+' -> 1;
      case '%' -> text.startsWith("%20", at) ? 3 : 0;
      default -> 0;
    };
  }

  private static boolean isLuhn(byte[] digits, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      int digit = digits[count - 1 - i];
      int doubled = i % 2 == 0 ? digit : 2 * digit;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    return sum % 10 == 0;
  }

  // Addresses

  /// Where the IPv4 address that begins here ends, or -1.
  private static int ipv4(String text, int start) {
    int at = start;
    for (int part = 0; part < 4; part++) {
      if (part > 0) {
        if (at >= text.length() || text.charAt(at) != '.') {
          return -1;
        }
        at++;
      }
      int from = at;
      int value = 0;
      while (at < text.length() && at - from < 4 && isDigit(text.charAt(at))) {
        value = 10 * value + text.charAt(at++) - '0';
      }
      if (at == from || at - from > 3 || value > 255) {
        return -1;
      }
    }
    boolean longer =
        at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1));
    return longer ? -1 : at;
  }

  /// Where the IPv6 address that begins here ends, or -1: eight groups, or fewer with one `::`; an
  /// IPv4 address stands for the last two.
  private static int ipv6(String text, int start) {
    int length = text.length();
    boolean compressed = text.startsWith("::", start);
    if (!compressed && text.charAt(start) == ':') {
      return -1;
    }
    int at = compressed ? start + 2 : start;
    int end = at;
    int groups = 0;
    while (groups < 8) {
      int group = at;
      while (at < length && at - group < 5 && isHex(text.charAt(at))) {
        at++;
      }
      if (at == group) {
        break;
      }
      if (at - group > 4) {
        return -1;
      }
      if (at < length && text.charAt(at) == '.' && groups > 0 && groups <= 6) {
        int tail = ipv4(text, group);
        if (tail > 0) {
          groups += 2;
          end = tail;
          break;
        }
      }
      groups++;
      end = at;
      if (at + 1 >= length || text.charAt(at) != ':') {
        break;
      }
      if (text.charAt(at + 1) == ':') {
        if (compressed) {
          break;
        }
        compressed = true;
        at += 2;
        end = at;
      } else if (isHex(text.charAt(at + 1))) {
        at++;
      } else {
        break;
      }
    }
    boolean few = groups >= 1 && groups <= 7 && (end - start > 3 || isLoopback(text, start, end));
    boolean whole = compressed ? few : groups == 8;
    boolean goesOn = end < length && isAlnum(text.charAt(end));
    return whole && !goesOn ? end : -1;
  }

  private static boolean isLoopback(String text, int start, int end) {
    return end - start == 3 && text.startsWith("::1", start);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  static boolean isAlnum(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
