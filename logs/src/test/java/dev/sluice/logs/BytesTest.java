package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class BytesTest {
  /// As one would write it.
  private static int first(byte[] bytes, int from, int to, IntPredicate wanted) {
    for (int i = from; i < to; i++) {
      if (wanted.test(bytes[i])) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void searches_find_what_a_simple_loop_finds_at_any_place_and_length() {
    var random = new Random(5);
    var odd = new byte[] {'\n', '"', '\\', ',', '\r', 0, 0x1f, 0x20, 0x7f, -128, -1, '#'};
    for (int round = 0; round < 100_000; round++) {
      byte[] bytes = new byte[random.nextInt(90)];
      int frequency = 1 + random.nextInt(60);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = random.nextInt(frequency) == 0 ? odd[random.nextInt(odd.length)] : (byte) 'x';
      }
      int from = random.nextInt(bytes.length + 1);
      int to = from + random.nextInt(bytes.length - from + 1);

      assertThat(Bytes.indexOf(bytes, from, to, '\n'))
          .isEqualTo(first(bytes, from, to, b -> b == '\n'));
      assertThat(Bytes.indexOfEither(bytes, from, to, '"', '\\'))
          .isEqualTo(first(bytes, from, to, b -> b == '"' || b == '\\'));
      boolean nul = first(bytes, from, to, b -> b == 0) >= 0;
      assertThat(Bytes.lineEnds(bytes, from, to)).isEqualTo(nul ? -1 : lineEnds(bytes, from, to));
      int stringEnd = first(bytes, from, to, b -> b == '"' || b == '\\' || (b >= 0 && b < 0x20));
      assertThat(Bytes.stringEnd(bytes, from, to)).isEqualTo(stringEnd < 0 ? to : stringEnd);
      assertThat(Bytes.hasCsvSpecial(bytes, from, to))
          .isEqualTo(
              first(bytes, from, to, b -> b == '"' || b == ',' || b == '\n' || b == '\r') >= 0);
      if (from <= bytes.length - 8) {
        assertThat(Bytes.isPlainAscii(bytes, from))
            .isEqualTo(first(bytes, from, from + 8, b -> b < 0x20 || b == 0x7f) < 0);
      }
      assertThat(Bytes.isAscii(bytes, from, to)).isEqualTo(first(bytes, from, to, b -> b < 0) < 0);
    }
  }

  private static int lineEnds(byte[] bytes, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += bytes[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  @Test
  void digits_end_where_a_simple_loop_says() {
    var random = new Random(7);
    var odd = new byte[] {'/', ':', '.', 'e', 0, -80, -71, '0' + 64, ' '};
    for (int round = 0; round < 100_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      int frequency = 1 + random.nextInt(30);
      for (int i = 0; i < bytes.length; i++) {
        boolean digit = random.nextInt(frequency) > 0;
        bytes[i] = digit ? (byte) ('0' + random.nextInt(10)) : odd[random.nextInt(odd.length)];
      }
      int from = random.nextInt(bytes.length + 1);
      int to = from + random.nextInt(bytes.length - from + 1);
      int other = first(bytes, from, to, b -> b < '0' || b > '9');

      assertThat(Bytes.digitsEnd(bytes, from, to)).isEqualTo(other < 0 ? to : other);
    }
  }

  @Test
  void digits_are_written_as_read() {
    var random = new Random(1);
    byte[] bytes = new byte[30];
    for (int i = 0; i < 10_000; i++) {
      long number = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
      int end = Bytes.putDigits(bytes, 3, number);
      assertThat(new String(bytes, 3, end - 3, UTF_8)).isEqualTo(Long.toString(number));
    }
    assertThat(Bytes.putDigits(bytes, 0, Long.MAX_VALUE)).isEqualTo(19);
    assertThat(Bytes.putDigits(bytes, 0, 0)).isEqualTo(1);
  }
}
