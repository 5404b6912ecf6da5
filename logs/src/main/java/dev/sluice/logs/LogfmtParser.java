package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// Parses logfmt: `level=info msg="it \"works\"" took=0.12 cached`.
///
/// Quoted values have the escapes of JSON for `"`, `\`, `/`, line ends, tabs and code units;
/// another backslash stays as it is. Without quotes, plain numbers (`7`, `-0.50`, not `007`, `1e3`)
/// and `true` and `false` get their type. A key without `=` is true; a key with nothing after its
/// `=` is NULL.
final class LogfmtParser implements LineParser {
  private static final boolean[] KEY_END = new boolean[256];

  static {
    for (char c : " \t=\"".toCharArray()) {
      KEY_END[c] = true;
    }
  }

  private final Fields fields;
  private final Texts texts = new Texts();
  private int pairs;
  private int bare;
  private boolean startsWithPair;

  LogfmtParser(Assumptions assumptions) {
    fields = new Fields(LogFormat.LOGFMT, assumptions);
  }

  @Override
  public void want(Wanted wanted) {
    fields.want(wanted);
  }

  /// Whether the last line that was parsed looks as if it was meant as logfmt: prose has a pair
  /// here and there, but neither at its beginning nor as every second word.
  boolean convincing() {
    return startsWithPair && pairs > bare;
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    fields.begin();
    pairs = 0;
    bare = 0;
    int at = from;
    while (true) {
      while (at < to && isSpace(b[at])) {
        at++;
      }
      if (at == to) {
        break;
      }
      int keyStart = at;
      while (at < to && !KEY_END[b[at] & 0xff]) {
        at++;
      }
      int keyEnd = at;
      if (keyEnd == keyStart || (at < to && b[at] == '"')) {
        return new Malformed(
            "bad-key", "not a key: %s (expected key=value)", Bytes.excerpt(b, keyStart, to));
      }
      if (pairs + bare == 0) {
        startsWithPair = at < to && b[at] == '=';
      }
      if (at == to || b[at] != '=') {
        bare++;
        fields.put(b, keyStart, keyEnd, true, null);
        continue;
      }
      pairs++;
      int start = ++at;
      if (at < to && b[at] == '"') {
        start++;
        at = Bytes.indexOfEither(b, start, to, '"', '\\');
        boolean escapes = false;
        while (at >= 0 && b[at] == '\\') {
          escapes = true;
          at = Bytes.indexOfEither(b, at + 2, to, '"', '\\');
        }
        if (at < 0) {
          return new Malformed(
              "no-closing-quote",
              "the value of %s has no closing quote: %s",
              Bytes.excerpt(b, keyStart, keyEnd),
              Bytes.excerpt(b, start, to));
        }
        var value = escapes ? unescaped(Bytes.text(b, start, at)) : texts.get(b, start, at);
        fields.put(b, keyStart, keyEnd, value, value);
        at++;
        if (at < to && !isSpace(b[at])) {
          return new Malformed(
              "trailing-text",
              "text after the value of %s: %s (expected a space)",
              Bytes.excerpt(b, keyStart, keyEnd),
              Bytes.excerpt(b, at, to));
        }
        continue;
      }
      while (at < to && (!KEY_END[b[at] & 0xff] || b[at] == '=')) {
        at++;
      }
      if (at < to && b[at] == '"') {
        return new Malformed(
            "unexpected-quote",
            "a quote within the value of %s: %s (expected key=\"value\")",
            Bytes.excerpt(b, keyStart, keyEnd),
            Bytes.excerpt(b, start, to));
      }
      unquoted(b, keyStart, keyEnd, start, at);
    }
    return pairs > 0
        ? fields.record(source, line)
        : new Malformed(
            "no-pair", "no key=value: %s (expected at least one)", Bytes.excerpt(b, from, to));
  }

  private void unquoted(byte[] b, int keyStart, int keyEnd, int from, int to) {
    if (from == to) {
      fields.put(b, keyStart, keyEnd, null, null);
      return;
    }
    boolean digit = Bytes.isDigit(b[from]);
    if (digit || b[from] == '-') {
      var number = Numbers.plain(b, from, to);
      if (number != null) {
        fields.put(
            b,
            keyStart,
            keyEnd,
            number,
            to - from >= Times.SHORTEST ? Bytes.text(b, from, to) : null);
        return;
      }
    }
    if (Bytes.matches(b, from, to, "true") || Bytes.matches(b, from, to, "false")) {
      fields.put(b, keyStart, keyEnd, b[from] == 't', null);
      return;
    }
    var text = texts.get(b, from, to);
    fields.put(b, keyStart, keyEnd, text, digit ? text : null);
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  private static String unescaped(String text) {
    var plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = c == '\\' && i + 1 < text.length() ? text.charAt(i + 1) : 0;
      @Nullable Character decoded =
          switch (next) {
            case '"', '\\', '/' -> next;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> null;
          };
      if (decoded != null) {
        plain.append(decoded.charValue());
        i++;
      } else if (next == 'u' && isHex(text, i + 2)) {
        plain.append((char) Integer.parseInt(text, i + 2, i + 6, 16));
        i += 5;
      } else {
        plain.append(c);
      }
    }
    return Bytes.wellFormed(plain.toString());
  }

  private static boolean isHex(String text, int from) {
    if (from + 4 > text.length()) {
      return false;
    }
    for (int i = from; i < from + 4; i++) {
      if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
        return false;
      }
    }
    return true;
  }
}
