package dev.sluice.logs;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/// Parses one JSON object on each line. Its keys are the columns; a value that is an object or an
/// array is kept as its text.
///
/// Strict as RFC 8259 is: a control character in a string must be escaped, and nothing follows the
/// object. A number that neither a `Long` nor a `Double` holds exactly is kept as text.
///
/// [JsonBytes] reads what is usual. All else goes to Jackson, which alone says what is no JSON, and
/// why.
final class JsonLineParser implements LineParser {
  private static final int DEEPEST = 500;

  /// How Jackson begins to tell of a value that ends too early.
  private static final String AT_END = "Unexpected end-of-input";

  // A line is bounded by the framer, so of the constraints only that of the depth is needed; it
  // keeps what reads the nested values later from recursing too deep.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .recyclerPool(JsonRecyclerPools.threadLocalPool()) // no thread waits for another
          // Fields knows the usual keys. Jackson's table of them would be copied for each line that
          // has a new one.
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .build();

  private final Fields fields;
  private final JsonBytes usual;
  private char[] chars = new char[4_096];
  private int nextLine;

  JsonLineParser(Assumptions assumptions) {
    fields = new Fields(LogFormat.JSON, assumptions);
    usual = new JsonBytes(fields);
  }

  @Override
  public void want(Wanted wanted) {
    fields.want(wanted);
    usual.forget();
  }

  @Override
  public Parsed parse(String source, long line, byte[] bytes, int from, int to) {
    fields.begin();
    return usual.read(bytes, from, to)
        ? fields.record(source, line)
        : parseAny(source, line, bytes, from, to);
  }

  @Override
  public @Nullable LogRecord parseToItsEnd(
      String source, long line, byte[] bytes, int from, int to) {
    fields.begin();
    nextLine = usual.readLine(bytes, from, to);
    return nextLine == JsonBytes.UNKNOWN ? null : fields.record(source, line);
  }

  @Override
  public int nextLine() {
    return nextLine;
  }

  /// The same without [JsonBytes]: its yardstick.
  Parsed parseAny(String source, long line, byte[] bytes, int from, int to) {
    int start = from;
    while (start < to && (bytes[start] == ' ' || bytes[start] == '\t')) {
      start++;
    }
    if (start == to || bytes[start] != '{') {
      return new Malformed(
          "not-an-object",
          "not a JSON object: %s (expected { at the start)",
          Bytes.excerpt(bytes, from, to));
    }
    // Decoded here, since Jackson would refuse some invalid UTF-8 and let some pass.
    return parse(source, line, Bytes.text(bytes, start, to));
  }

  private Parsed parse(String source, long line, String text) {
    int length = text.length();
    if (chars.length < length) {
      chars = new char[length];
    }
    text.getChars(0, length, chars, 0);
    boolean escapes = text.indexOf('\\') >= 0;
    fields.begin();
    try (var json = JSON.createParser(ObjectReadContext.empty(), chars, 0, length)) {
      json.nextToken();
      for (var key = json.nextName(); key != null; key = json.nextName()) {
        value(key, json, text, escapes);
      }
      var rest = text.substring((int) json.currentLocation().getCharOffset());
      if (!rest.isBlank()) {
        return new Malformed(
            "trailing-text",
            "text after the object: %s (expected one object on a line)",
            Bytes.excerpt(rest));
      }
      return fields.record(source, line);
    } catch (StreamConstraintsException e) {
      return new Malformed(
          "too-deep", "more than %d arrays and objects within each other", DEEPEST);
    } catch (JacksonException e) {
      return malformed(e, text);
    }
  }

  private void value(String key, JsonParser json, String line, boolean escapes) {
    var token = json.nextToken();
    if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
      int start = (int) json.currentTokenLocation().getCharOffset();
      skip(json);
      int end = (int) json.currentLocation().getCharOffset();
      if (fields.wants(key)) {
        fields.put(key, new Json(line.substring(start, end)), null);
      }
      return;
    }
    if (!fields.wants(key)) {
      json.finishToken(); // which may find what is wrong with it
      return;
    }
    switch (token) {
      case VALUE_STRING -> {
        var text = json.getString();
        fields.put(key, escapes ? Bytes.wellFormed(text) : text, text);
      }
      case VALUE_NUMBER_INT -> {
        var text = json.getString();
        fields.put(key, Numbers.integer(text), text);
      }
      case VALUE_NUMBER_FLOAT -> {
        var text = json.getString();
        fields.put(key, Numbers.decimal(text), text);
      }
      case VALUE_TRUE -> fields.put(key, true, null);
      case VALUE_FALSE -> fields.put(key, false, null);
      case null, default -> fields.put(key, null, null);
    }
  }

  private static void skip(JsonParser json) {
    int depth = 1;
    while (depth > 0) {
      @Nullable JsonToken token = json.nextToken();
      if (token == null) {
        throw new UnexpectedEndOfInputException(json, token, AT_END);
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }
  }

  private static Malformed malformed(JacksonException e, String text) {
    if (e instanceof UnexpectedEndOfInputException || e.getOriginalMessage().startsWith(AT_END)) {
      return new Malformed(
          "truncated",
          "the line ends within its object, with %s (expected } at the end)",
          Bytes.excerpt(text.substring(Math.max(0, text.length() - 40))));
    }
    var location = e.getLocation();
    int at = location == null ? 0 : Math.clamp(location.getColumnNr() - 1, 0, text.length());
    return new Malformed(
        "bad-json",
        "not JSON at column %d: %s: %s",
        at + 1,
        Bytes.excerpt(text.substring(Math.max(0, at - 20))),
        Bytes.excerpt(e.getOriginalMessage()));
  }
}
