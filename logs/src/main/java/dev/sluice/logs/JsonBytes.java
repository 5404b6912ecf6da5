package dev.sluice.logs;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads an object of JSON out of bytes, and makes objects only of the values that [Fields] wants.
/// For one thread at a time.
///
/// It knows what is usual: short keys without escapes, values nested up to 60 deep, spaces and tabs
/// between them. Of all else, right or wrong, it says that it does not know.
///
/// A program writes its lines alike. So what stands between two values (`,"level":`) is kept as a
/// [Lead], and found again by comparing words of eight bytes.
final class JsonBytes {
  private static final int DEEPEST = 60;
  static final int UNKNOWN = -1;

  /// A longer text is hardly the same again.
  private static final int LONGEST_SHARED = 40;

  /// How many leads are kept: a stranger chooses the keys.
  private static final int MOST_LEADS = 4_096;

  /// How long they may be; a longer one is not usual.
  private static final int LONGEST_LEAD = 512;

  /// How many of them are tried.
  private static final int MOST_OTHERS = 8;

  private final Fields fields;
  private final Texts texts = new Texts();
  private Lead root = Lead.root();
  private int leads;

  /// Whether the string that [#closing] went through has a backslash.
  private boolean escaped;

  JsonBytes(Fields fields) {
    this.fields = fields;
  }

  /// Forgets which values are wanted.
  void forget() {
    root = Lead.root();
    leads = 0;
  }

  /// Adds the values of the object that fills `[from, to)`.
  ///
  /// @return whether it is known to be one; if not, some of its values may have been added
  boolean read(byte[] b, int from, int to) {
    int end = objectEnd(root, b, from, to, 1);
    return end != UNKNOWN && blank(b, end, to) == to;
  }

  /// Adds the values of the object that fills the line which begins at `from`. Nothing of what this
  /// knows has a line end within: so that of the line need not be known.
  ///
  /// @return where the next line begins; or that it is not known, as in [#read]
  int readLine(byte[] b, int from, int to) {
    int end = objectEnd(root, b, from, to, 1);
    if (end == UNKNOWN) {
      return UNKNOWN;
    }
    end = blank(b, end, to);
    if (end + 1 < to && b[end] == '\r') {
      end++;
    }
    return end < to && b[end] == '\n' ? end + 1 : UNKNOWN;
  }

  /// Where the object ends that begins at `from`, and whose members come behind `first`.
  ///
  /// @param depth 1 for the object that has the wanted values
  private int objectEnd(Lead first, byte[] b, int from, int to, int depth) {
    var lead = first;
    int at = from;
    while (true) {
      lead = next(lead, b, at, to, depth);
      if (lead == null) {
        return at == from ? emptyEnd(b, from, to) : UNKNOWN;
      }
      at = memberEnd(lead, b, at, to, depth);
      if (at == UNKNOWN) {
        return UNKNOWN;
      }
      if (at < to && b[at] != ',') {
        int end = blank(b, at, to);
        if (end < to && b[end] == '}') {
          return end + 1;
        }
      }
    }
  }

  private static int emptyEnd(byte[] b, int from, int to) {
    int at = blank(b, from, to);
    if (at == to || b[at] != '{') {
      return UNKNOWN;
    }
    at = blank(b, at + 1, to);
    return at < to && b[at] == '}' ? at + 1 : UNKNOWN;
  }

  /// What stands at `at`, behind `last` and its value; null if that is not the beginning of a
  /// member.
  private @Nullable Lead next(Lead last, byte[] b, int at, int to, int depth) {
    Lead before = null;
    for (var lead = last.next; lead != null; lead = lead.other) {
      if (lead.isAt(b, at, to)) {
        if (before != null) {
          before.other = lead.other;
          lead.other = last.next;
          last.next = lead;
        }
        return lead;
      }
      before = lead;
    }
    return learn(last, b, at, to, depth);
  }

  private @Nullable Lead learn(Lead last, byte[] b, int from, int to, int depth) {
    int at = blank(b, from, to);
    if (at == to || b[at] != (last.isRoot() ? '{' : ',')) {
      return null;
    }
    at = blank(b, at + 1, to);
    if (at == to || b[at] != '"') {
      return null;
    }
    int key = at + 1;
    int keyEnd = closing(b, key, to);
    if (keyEnd == UNKNOWN || escaped) {
      return null;
    }
    int value = afterColon(b, keyEnd + 1, to);
    if (value == UNKNOWN || value - from > LONGEST_LEAD) {
      return null;
    }
    var name = depth == 1 ? Bytes.text(b, key, keyEnd) : null;
    var learned = new Lead(b, from, value, name != null && fields.wants(name) ? name : null);
    if (++leads > MOST_LEADS) {
      forget(); // those that this line still adds hang on none
    }
    last.precede(learned);
    return learned;
  }

  /// Adds the value that `lead`, at `from`, leads to, if it is wanted, and returns where it ends.
  private int memberEnd(Lead lead, byte[] b, int from, int to, int depth) {
    int at = from + lead.length;
    int end = valueEnd(lead, b, at, to, depth);
    if (lead.wanted != null && end != UNKNOWN) {
      add(lead.wanted, lead.mayBeTime, b, at, end);
    }
    return end;
  }

  private void add(String key, boolean mayBeTime, byte[] b, int at, int end) {
    switch (b[at]) {
      case '{', '[' -> fields.put(key, new Json(Bytes.text(b, at, end)), null);
      case '"' -> {
        var text = text(b, at + 1, end - 1, escaped);
        fields.put(key, text, text);
      }
      case 't' -> fields.put(key, true, null);
      case 'f' -> fields.put(key, false, null);
      case 'n' -> fields.put(key, null, null);
      default -> {
        var text = mayBeTime ? Bytes.text(b, at, end) : null;
        fields.put(key, number(b, at, end), text);
      }
    }
  }

  private String text(byte[] b, int from, int to, boolean hasEscapes) {
    if (hasEscapes) {
      return unescaped(Bytes.text(b, from, to));
    }
    return to - from <= LONGEST_SHARED ? texts.get(b, from, to) : Bytes.text(b, from, to);
  }

  private static Object number(byte[] b, int from, int to) {
    long value = Bytes.digits(b, from, to);
    if (value >= 0) {
      return value;
    }
    var text = Bytes.text(b, from, to);
    for (int i = from; i < to; i++) {
      if (b[i] == '.' || (b[i] | 0x20) == 'e') {
        return Numbers.decimal(text);
      }
    }
    return Numbers.integer(text);
  }

  /// Where the value ends that begins at `at`.
  ///
  /// @param lead the lead to it, or to the array that it is in
  private int valueEnd(Lead lead, byte[] b, int at, int to, int depth) {
    return switch (b[at]) {
      case '"' -> {
        int close = closing(b, at + 1, to);
        yield close == UNKNOWN ? UNKNOWN : close + 1;
      }
      case '{' -> depth == DEEPEST ? UNKNOWN : objectEnd(lead.members(), b, at, to, depth + 1);
      case '[' -> depth == DEEPEST ? UNKNOWN : arrayEnd(lead, b, at, to, depth + 1);
      case 't' -> literalEnd(b, at, to, "true");
      case 'f' -> literalEnd(b, at, to, "false");
      case 'n' -> literalEnd(b, at, to, "null");
      default -> numberEnd(b, at, to);
    };
  }

  private int arrayEnd(Lead lead, byte[] b, int from, int to, int depth) {
    int at = blank(b, from + 1, to);
    if (at < to && b[at] == ']') {
      return at + 1;
    }
    while (at < to) {
      at = valueEnd(lead, b, at, to, depth);
      if (at == UNKNOWN) {
        return UNKNOWN;
      }
      at = blank(b, at, to);
      if (at < to && b[at] == ']') {
        return at + 1;
      }
      if (at == to || b[at] != ',') {
        return UNKNOWN;
      }
      at = blank(b, at + 1, to);
    }
    return UNKNOWN;
  }

  private static int literalEnd(byte[] b, int at, int to, String literal) {
    return Bytes.startsWith(b, at, to, literal) ? at + literal.length() : UNKNOWN;
  }

  private static int numberEnd(byte[] b, int at, int to) {
    int first = b[at] == '-' ? at + 1 : at;
    int end = Bytes.digitsEnd(b, first, to);
    if (end == first || (b[first] == '0' && end > first + 1)) {
      return UNKNOWN;
    }
    if (end < to && b[end] == '.') {
      int fraction = end + 1;
      end = Bytes.digitsEnd(b, fraction, to);
      if (end == fraction) {
        return UNKNOWN;
      }
    }
    if (end < to && (b[end] | 0x20) == 'e') {
      int exponent = end + 1;
      if (exponent < to && (b[exponent] == '+' || b[exponent] == '-')) {
        exponent++;
      }
      end = Bytes.digitsEnd(b, exponent, to);
      if (end == exponent) {
        return UNKNOWN;
      }
    }
    return end;
  }

  private static int afterColon(byte[] b, int from, int to) {
    int colon = blank(b, from, to);
    if (colon == to || b[colon] != ':') {
      return UNKNOWN;
    }
    int value = blank(b, colon + 1, to);
    return value == to ? UNKNOWN : value;
  }

  private static int blank(byte[] b, int from, int to) {
    int at = from;
    while (at < to && (b[at] == ' ' || b[at] == '\t')) {
      at++;
    }
    return at;
  }

  /// Where the quote stands that closes the string which begins at `from`.
  private int closing(byte[] b, int from, int to) {
    escaped = false;
    int at = Bytes.stringEnd(b, from, to);
    while (at < to && b[at] == '\\') {
      escaped = true;
      at = afterEscape(b, at, to);
      at = at == UNKNOWN ? to : Bytes.stringEnd(b, at, to);
    }
    return at < to && b[at] == '"' ? at : UNKNOWN;
  }

  private static int afterEscape(byte[] b, int at, int to) {
    if (at + 1 == to) {
      return UNKNOWN;
    }
    return switch (b[at + 1]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
      case 'u' -> at + 6 <= to && isHex(b, at + 2, at + 6) ? at + 6 : UNKNOWN;
      default -> UNKNOWN;
    };
  }

  private static boolean isHex(byte[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.digit(b[i], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static String unescaped(String text) {
    var plain = new StringBuilder(text.length());
    int from = 0;
    for (int at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', from)) {
      plain.append(text, from, at);
      char c = text.charAt(at + 1);
      from = at + 2;
      switch (c) {
        case 'b' -> plain.append('\b');
        case 'f' -> plain.append('\f');
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        case 't' -> plain.append('\t');
        case 'u' -> {
          plain.append((char) Integer.parseInt(text, at + 2, at + 6, 16));
          from = at + 6;
        }
        default -> plain.append(c);
      }
    }
    return Bytes.wellFormed(plain.append(text, from, text.length()).toString());
  }

  /// What stands before a value, from the end of the value before it on: `{"time":` or `, "level":
  /// `. Leads are a tree: behind each there are some of those that came behind its value, the last
  /// one first.
  private static final class Lead {
    final int length;

    /// The key, if its value is wanted.
    final @Nullable String wanted;

    final boolean mayBeTime;
    @Nullable Lead next;

    /// What may stand instead of this.
    @Nullable Lead other;

    /// Where the leads within the value begin, if it is an object or an array of them.
    private @Nullable Lead members;

    /// The bytes; of the last word those that `mask` has.
    private final long[] words;

    private final long mask;

    Lead(byte[] b, int from, int to, @Nullable String wanted) {
      length = to - from;
      this.wanted = wanted;
      mayBeTime = wanted != null && Fields.mayBeTime(wanted);
      int count = (length + 7) / 8;
      byte[] padded = Arrays.copyOf(Arrays.copyOfRange(b, from, to), 8 * count);
      words = new long[count];
      for (int i = 0; i < count; i++) {
        words[i] = Bytes.word(padded, 8 * i);
      }
      mask = -1L >>> (8 * (8 * count - length));
    }

    /// The one before the first value of all.
    static Lead root() {
      return new Lead(new byte[0], 0, 0, null);
    }

    boolean isRoot() {
      return length == 0;
    }

    Lead members() {
      if (members == null) {
        members = root();
      }
      return members;
    }

    /// Puts a lead before all that may come behind this one's value, and forgets the last of them
    /// if they are too many to try.
    void precede(Lead one) {
      one.other = next;
      next = one;
      var last = one;
      for (int i = 1; i < MOST_OTHERS && last.other != null; i++) {
        last = last.other;
      }
      last.other = null;
    }

    boolean isAt(byte[] b, int at, int to) {
      int last = words.length - 1;
      if (at + length >= to || at + 8 * last + 8 > b.length) {
        return false; // no value follows; or too near the end to look: then it is learned anew
      }
      for (int i = 0; i < last; i++) {
        if (Bytes.word(b, at + 8 * i) != words[i]) {
          return false;
        }
      }
      return (Bytes.word(b, at + 8 * last) & mask) == words[last];
    }
  }
}
