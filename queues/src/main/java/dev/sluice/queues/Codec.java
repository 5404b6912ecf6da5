package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/// How items become bytes and again items. What cannot be read again becomes a dead letter, with
/// its bytes kept.
///
/// @param <T> what it is for
public interface Codec<T> {

  /// The bytes of `value`; the queue keeps the array.
  byte[] encode(T value) throws Exception;

  /// The value of `bytes`, which [#encode] made, perhaps in another version of the program.
  ///
  /// @throws Exception if they are none: the item is then a dead letter
  T decode(byte[] bytes) throws Exception;

  /// Bytes as they are.
  static Codec<byte[]> bytes() {
    return new Codec<>() {
      @Override
      public byte[] encode(byte[] value) {
        return value.clone();
      }

      @Override
      public byte[] decode(byte[] bytes) {
        return bytes;
      }
    };
  }

  /// Text as UTF-8; half of a surrogate pair is refused, since it could not be read again.
  static Codec<String> text() {
    return new Codec<>() {
      @Override
      public byte[] encode(String value) throws Exception {
        var bytes = UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(value));
        var exact = new byte[bytes.remaining()];
        bytes.get(exact);
        return exact;
      }

      @Override
      public String decode(byte[] bytes) throws Exception {
        return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      }
    };
  }

  /// Objects of `type`, a record as a rule, as JSON. Needs `tools.jackson.core:jackson-databind`,
  /// which this module does not bring along. Properties that the record has not are passed over, so
  /// that a newer program may add some.
  static <T> Codec<T> json(Class<T> type) {
    return new JsonCodec<>(type);
  }
}
