package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecodedTest {
  private static final String TEXT =
      "plain, \u00fcmlaut, \u20ac, \u65e5\u672c, \ud83d\ude00\n".repeat(20_000);

  @Test
  void utf_16_is_known_by_its_mark() throws Exception {
    assertThat(recode(("\ufeff" + TEXT).getBytes(StandardCharsets.UTF_16LE), null)).isEqualTo(TEXT);
    assertThat(recode(("\ufeff" + TEXT).getBytes(StandardCharsets.UTF_16BE), null)).isEqualTo(TEXT);
  }

  @Test
  void utf_16_without_a_mark_is_what_the_user_says() throws Exception {
    assertThat(recode(TEXT.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE))
        .isEqualTo(TEXT);
  }

  @Test
  void latin_1_is_what_the_user_says() throws Exception {
    assertThat(recode(new byte[] {'a', (byte) 0xfc, (byte) 0xff}, StandardCharsets.ISO_8859_1))
        .isEqualTo("a\u00fc\u00ff");
  }

  @Test
  void utf_8_is_not_touched() throws Exception {
    byte[] bytes = {'a', (byte) 0xff, 'b'};

    assertThat(Recoded.of(new ByteArrayInputStream(bytes), null).readAllBytes()).isEqualTo(bytes);
    assertThat(Recoded.of(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8).readAllBytes())
        .isEqualTo(bytes);
    assertThat(recode(new byte[0], null)).isEmpty();
    assertThat(recode(new byte[] {'x'}, null)).isEqualTo("x");
  }

  @Test
  void what_is_malformed_is_marked() throws Exception {
    byte[] halfPair = {0x00, 'a', (byte) 0xdc, 0x00, 0x00, 'b'};

    assertThat(recode(halfPair, StandardCharsets.UTF_16BE)).isEqualTo("a\ufffdb");
    assertThat(recode(new byte[] {0x00, 'a', 0x00}, StandardCharsets.UTF_16BE))
        .isEqualTo("a\ufffd");
  }

  @Test
  void bytes_may_come_one_by_one_or_not_at_all_for_a_while() throws Exception {
    byte[] bytes = ("\ufeff" + TEXT.substring(0, 500)).getBytes(StandardCharsets.UTF_16LE);
    var hesitant =
        new InputStream() {
          private int at;
          private boolean pause;

          @Override
          public int read() {
            return at < bytes.length ? bytes[at++] & 0xff : -1;
          }

          @Override
          public int read(byte[] into, int from, int length) {
            pause = !pause;
            if (pause) {
              return 0;
            }
            int b = read();
            if (b < 0) {
              return -1;
            }
            into[from] = (byte) b;
            return 1;
          }
        };

    assertThat(new String(Recoded.of(hesitant, null).readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(TEXT.substring(0, 500));
  }

  private static String recode(byte[] bytes, @Nullable Charset given) throws IOException {
    return new String(
        Recoded.of(new ByteArrayInputStream(bytes), given).readAllBytes(), StandardCharsets.UTF_8);
  }
}
