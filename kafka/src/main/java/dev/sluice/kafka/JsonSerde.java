package dev.sluice.kafka;

import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// Objects as JSON in UTF-8. Needs `tools.jackson.core:jackson-databind`, which this module does
/// not bring along. Properties that the type has not are passed over, so that a newer program may
/// add some.
public final class JsonSerde {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private JsonSerde() {}

  /// For objects of `type`, a record as a rule.
  public static <T> Serde<T> of(Class<T> type) {
    return Serdes.serdeFrom(
        (topic, value) -> MAPPER.writeValueAsBytes(value),
        (topic, bytes) -> MAPPER.readValue(bytes, type));
  }
}
