package dev.sluice.logs;

import com.google.re2j.Matcher;
import org.jspecify.annotations.Nullable;

/// Parses lines with a pattern of the user's, which must be found somewhere in each. Plain numbers
/// (`7`, `-0.5`, not `007`) are numbers unless the pattern says that they are text.
final class PatternParser implements LineParser {
  private final Grok.Compiled pattern;
  private final Matcher matcher;
  private final Fields fields;

  PatternParser(LogFormat format, Grok.Compiled pattern, Assumptions assumptions) {
    this.pattern = pattern;
    matcher = pattern.pattern().matcher("");
    fields = new Fields(format, assumptions);
  }

  @Override
  public Parsed parse(String source, long line, byte[] b, int from, int to) {
    matcher.reset(Bytes.text(b, from, to));
    if (!matcher.find()) {
      return new Malformed(
          "no-match", "the pattern does not match: %s", Bytes.excerpt(b, from, to));
    }
    fields.begin();
    for (var field : pattern.fields()) {
      var text = matcher.group(field.group());
      fields.put(field.name(), value(field.kind(), text), text);
    }
    return fields.record(source, line);
  }

  private static @Nullable Object value(Grok.Kind kind, @Nullable String text) {
    if (text == null || kind == Grok.Kind.TEXT) {
      return text;
    }
    if (text.isEmpty() || text.length() > 40) {
      return text;
    }
    char c = text.charAt(0);
    if (c != '-' && c != '+' && (c < '0' || c > '9')) {
      return text;
    }
    if (kind != Grok.Kind.ANY) {
      return number(kind, text);
    }
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    var number = Numbers.plain(bytes, 0, bytes.length);
    return number == null ? text : number;
  }

  private static Object number(Grok.Kind kind, String text) {
    try {
      return kind == Grok.Kind.INTEGER ? (Object) Long.valueOf(text) : Double.valueOf(text);
    } catch (NumberFormatException notANumber) {
      return text;
    }
  }
}
