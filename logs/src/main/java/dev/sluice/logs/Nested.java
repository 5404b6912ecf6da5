package dev.sluice.logs;

import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads values out of [Json] for expressions: a `String`, `Long`, `Double`, `Boolean`, a `Map` or
/// a `List`. Of a key that stands twice in an object, the last counts.
final class Nested {
  private static final JsonFactory JSON = new JsonFactory();

  private Nested() {}

  /// All of it, as maps and lists; CEL's null stands for nulls within.
  static Object all(Json json) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), json.text())) {
      parser.nextToken();
      return read(parser);
    }
  }

  /// The value at the end of `path`, or null if there is none or it is null. What is beside the
  /// path is skipped.
  static @Nullable Object at(Json json, List<String> path) {
    try (var parser = JSON.createParser(ObjectReadContext.empty(), json.text())) {
      parser.nextToken();
      return find(parser, path);
    }
  }

  private static @Nullable Object find(JsonParser parser, List<String> path) {
    if (path.isEmpty()) {
      var value = read(parser);
      return value == NullValue.NULL_VALUE ? null : value;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    Object found = null;
    for (var name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      if (name.equals(path.getFirst())) {
        found = find(parser, path.subList(1, path.size()));
      } else {
        parser.skipChildren();
      }
    }
    return found;
  }

  private static Object read(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
          parser.nextToken();
          map.put(name, read(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(read(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> NullValue.NULL_VALUE;
      default -> parser.getString();
    };
  }

  private static Number integer(JsonParser parser) {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? parser.getDoubleValue()
        : (Number) parser.getLongValue();
  }
}
