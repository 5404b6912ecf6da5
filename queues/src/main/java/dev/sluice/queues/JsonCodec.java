package dev.sluice.queues;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// JSON by Jackson, in a class of its own: it is loaded only by who asks for it.
final class JsonCodec<T> implements Codec<T> {
  private final ObjectMapper mapper =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private final Class<T> type;

  JsonCodec(Class<T> type) {
    this.type = type;
  }

  @Override
  public byte[] encode(T value) {
    return mapper.writeValueAsBytes(value);
  }

  @Override
  public T decode(byte[] bytes) {
    return mapper.readValue(bytes, type);
  }
}
