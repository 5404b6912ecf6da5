package dev.sluice.logs;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.sluice.logs.KnownFields.Place;
import dev.sluice.logs.Verdict.Failure;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// What a CEL expression makes of a record: a value that a record can hold.
///
/// @param source the expression
/// @param fields the fields that it names
/// @param type what its values are; null if that is only known of each value
record Computed(Source source, KnownFields fields, Column.@Nullable Type type) {

  /// Gives a value as records or CEL have it, null, or a [Failure].
  interface Source {
    @Nullable Object value(LogRecord logRecord, Place[] places);
  }

  /// The value for `record`: one that a record can hold, null, or a [Failure].
  @Nullable Object value(LogRecord logRecord) {
    try {
      return held(source.value(logRecord, fields.places(logRecord.shape())));
    } catch (JacksonException e) { // nested or long beyond what Jackson reads
      return new Failure("a JSON value cannot be read");
    }
  }

  /// A value of CEL as a record holds it: lists and maps as JSON, times as ISO-8601.
  static @Nullable Object held(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case NullValue _ -> null;
      case Failure failure -> failure;
      case String text -> text;
      case Long number -> number;
      case Double number -> number;
      case Boolean truth -> truth;
      case Json json -> json;
      case Optional<?> optional -> held(optional.orElse(null));
      case UnsignedLong number -> Numbers.integer(number.toString());
      case CelByteString bytes -> Base64.getEncoder().encodeToString(bytes.toByteArray());
      case List<?> _, Map<?, ?> _ -> new Json(json(new JsonBuffer(), value).toString());
      default -> value.toString();
    };
  }

  private static JsonBuffer json(JsonBuffer json, @Nullable Object value) {
    switch (value) {
      case List<?> list -> {
        char before = '[';
        for (var element : list) {
          json(json.raw(before), element);
          before = ',';
        }
        if (list.isEmpty()) {
          json.raw('[');
        }
        json.raw(']');
      }
      case Map<?, ?> map -> {
        char before = '{';
        for (var entry : map.entrySet()) {
          json.raw(before).string(String.valueOf(held(entry.getKey()))).raw(':');
          json(json, entry.getValue());
          before = ',';
        }
        if (map.isEmpty()) {
          json.raw('{');
        }
        json.raw('}');
      }
      case null, default -> json.value(held(value));
    }
    return json;
  }
}
