package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SyslogFramesTest {
  private static final int LONGEST = SyslogFrames.LONGEST;

  @Test
  void a_message_may_begin_with_its_length() throws Exception {
    assertThat(texts("5 <1>ab6 <1>a\nb")).containsExactly("<1>ab", "<1>a\nb");
  }

  @Test
  void a_message_may_end_with_a_line_feed_or_a_nul() throws Exception {
    assertThat(texts("<1>a\n<1>b\r\n<1>c\0<1>d")).containsExactly("<1>a", "<1>b", "<1>c", "<1>d");
  }

  @Test
  void both_may_come_over_one_connection() throws Exception {
    assertThat(texts("<1>a\n5 <1>bc<1>d\n")).containsExactly("<1>a", "<1>bc", "<1>d");
  }

  @Test
  void a_line_end_within_a_counted_message_is_none_of_the_message() throws Exception {
    assertThat(texts("5 <1>a\n5 <1>b\n")).containsExactly("<1>a", "<1>b");
  }

  @Test
  void digits_that_are_no_length_begin_a_line() throws Exception {
    assertThat(texts("2026-11-21 a\n1234567890123 b\n7"))
        .containsExactly("2026-11-21 a", "1234567890123 b", "7");
  }

  @Test
  void a_message_of_the_longest_length_is_one() throws Exception {
    var longest = "<".repeat(LONGEST);

    assertThat(texts(LONGEST + " " + longest + longest + "\n")).containsExactly(longest, longest);
  }

  @Test
  void a_longer_one_is_rejected_with_its_beginning_and_the_next_is_not() throws Exception {
    for (int over : new int[] {1, 9, 10, 11, 100, 3 * LONGEST}) {
      var longer = "<".repeat(LONGEST + over);
      for (var text : List.of(longer.length() + " " + longer, longer + "\n")) {
        var frames = frames(text + "<1>next\n");

        assertThat(frames).hasSize(2);
        assertThat(frames.getFirst().reason()).isEqualTo("too-long");
        assertThat(frames.getFirst().length()).isEqualTo(longer.length());
        assertThat(frames.getFirst().bytes()).hasSize(LONGEST);
        assertThat(text(frames.getLast())).isEqualTo("<1>next");
      }
    }
  }

  @Test
  void a_counted_message_that_is_cut_off_is_rejected() throws Exception {
    var frames = frames("5 <1>ab50 <1>cut off");

    assertThat(frames).extracting(SyslogFrames.Frame::reason).containsExactly(null, "incomplete");
  }

  @Test
  void whatever_comes_every_byte_is_in_a_message_or_is_framing() throws Exception {
    var random = new Random(11);
    var alphabet = "0123456789 <>\n\0ab";
    for (int i = 0; i < 2_000; i++) {
      var text = new StringBuilder();
      for (int j = random.nextInt(60); j > 0; j--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }

      var together = new StringBuilder();
      frames(text.toString()).forEach(frame -> together.append(text(frame)));

      assertThat(letters(together)).isEqualTo(letters(text));
    }
  }

  private static String letters(CharSequence text) {
    return text.toString().replaceAll("[^ab<>]", "");
  }

  private static List<String> texts(String text) throws Exception {
    return frames(text).stream().map(SyslogFramesTest::text).toList();
  }

  private static String text(SyslogFrames.Frame frame) {
    return new String(frame.bytes(), UTF_8);
  }

  /// Reads in pieces of every length.
  private static List<SyslogFrames.Frame> frames(String text) throws Exception {
    var in =
        new ByteArrayInputStream(text.getBytes(UTF_8)) {
          private final Random random = new Random(5);

          @Override
          public synchronized int read(byte[] into, int from, int length) {
            return super.read(into, from, Math.min(length, 1 + random.nextInt(5_000)));
          }
        };
    var frames = new SyslogFrames(in, _ -> {});
    var all = new ArrayList<SyslogFrames.Frame>();
    for (var frame = frames.next(); frame != null; frame = frames.next()) {
      all.add(frame);
    }
    return all;
  }
}
