package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecordFramerTest {
  private static final String HEAD = "2025-11-21 19:00:00,123 INFO [main] a.B - ";

  /// A record or a rejected unit, with its place.
  private record Unit(long line, long offset, String text, String reason) {}

  private static LineFramer framer(InputStream in, int lines, int bytes) {
    var framer = new LineFramer("app.log", in, lines, bytes);
    framer.format(LogFormat.APP);
    return framer;
  }

  private static LineFramer framer(String text) {
    return framer(new ByteArrayInputStream(text.getBytes(UTF_8)), 1_024, 65_536);
  }

  private static List<Unit> units(Block block) {
    var units = new ArrayList<Unit>();
    for (var r : block.rejected()) {
      units.add(new Unit(r.line(), r.offset(), new String(r.bytes(), UTF_8), r.reason()));
    }
    for (int i = 0; i < block.count(); i++) {
      int from = block.starts()[i];
      var text = new String(block.bytes(), from, block.ends()[i] - from, UTF_8);
      units.add(new Unit(block.line(i), block.offset(i), text, ""));
    }
    return units;
  }

  private static List<Unit> drain(LineFramer framer) throws IOException {
    var units = new ArrayList<Unit>();
    for (var block = framer.next(); block != null; block = framer.next()) {
      units.addAll(units(block));
    }
    return units;
  }

  @Test
  void lines_that_begin_no_record_belong_to_the_one_before() throws Exception {
    var units = drain(framer(HEAD + "one\n more\r\n\nlast\n" + HEAD + "two"));

    assertThat(units)
        .containsExactly(
            new Unit(1, 0, HEAD + "one\n more\n\nlast", ""),
            new Unit(5, HEAD.length() + 17L, HEAD + "two", ""));
  }

  @Test
  void blank_lines_between_records_are_units_of_their_own() throws Exception {
    var units = drain(framer("\n" + HEAD + "one\n\n \t\n" + HEAD + "two\n\n"));

    assertThat(units).extracting(Unit::line).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(units)
        .extracting(Unit::text)
        .containsExactly("", HEAD + "one", "", "", HEAD + "two", "");
  }

  @Test
  void the_last_record_is_held_back_until_it_has_ended() throws Exception {
    var framer = framer(HEAD + "one\n" + HEAD + "two\n more\n");

    var first = Objects.requireNonNull(framer.next());
    assertThat(units(first)).extracting(Unit::line).containsExactly(1L);
    assertThat(first.size()).isEqualTo(HEAD.length() + 4);
    assertThat(first.physicalLines()).isEqualTo(1);
    assertThat(first.offset() + first.bytes().length).isEqualTo(HEAD.length() + 4);

    var second = Objects.requireNonNull(framer.next());
    assertThat(units(second)).extracting(Unit::text).containsExactly(HEAD + "two\n more");
    assertThat(second.physicalLines()).isEqualTo(2);
    assertThat(framer.next()).isNull();
  }

  @Test
  void a_source_that_is_quiet_for_a_while_gives_away_what_was_held_back() throws Exception {
    var framer =
        framer(
            pausing(HEAD + "one\n" + HEAD + "two\n", " more\n" + HEAD + "three\n"), 1_024, 65_536);

    assertThat(units(Objects.requireNonNull(framer.next())))
        .extracting(Unit::line)
        .containsExactly(1L);
    assertThat(units(Objects.requireNonNull(framer.next())))
        .extracting(Unit::text)
        .containsExactly(HEAD + "two");
    assertThat(drain(framer))
        .extracting(Unit::text)
        .containsExactly(" more", HEAD + "three"); // it was too early, and that is seen
  }

  /// A stream of which nothing comes for a while after each part, as of a followed file.
  private static InputStream pausing(String... parts) {
    var left = new ArrayDeque<InputStream>();
    for (var part : parts) {
      left.add(new ByteArrayInputStream(part.getBytes(UTF_8)));
    }
    return new InputStream() {
      @Override
      public int read() {
        throw new UnsupportedOperationException("read by the array");
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        var part = left.peek();
        if (part == null) {
          return -1;
        }
        int count = part.read(into, from, length);
        if (count < 0) {
          left.remove();
        }
        return Math.max(0, count);
      }
    };
  }

  @Test
  void a_record_of_too_many_lines_is_cut_and_the_rest_is_one_rejected_unit() throws Exception {
    var text = HEAD + "one\n" + "\tat x\n".repeat(1_500) + HEAD + "two\n";

    var units = drain(framer(text));

    assertThat(units).hasSize(3);
    var record = units.stream().filter(unit -> unit.line() == 1).findFirst().orElseThrow();
    assertThat(record.text().lines()).hasSize(1_000);
    var rest = units.stream().filter(unit -> !unit.reason().isEmpty()).findFirst().orElseThrow();
    assertThat(rest.reason()).isEqualTo("too-long");
    assertThat(rest.line()).isEqualTo(1_001);
    assertThat(rest.offset()).isEqualTo(HEAD.length() + 4 + 999 * 6);
    assertThat(rest.text().lines()).hasSize(501);
    assertThat(units).anyMatch(unit -> unit.line() == 1_502 && unit.text().equals(HEAD + "two"));
  }

  @Test
  void a_record_of_too_many_bytes_is_cut() throws Exception {
    var line = "x".repeat(99_999) + "\n";

    var units = drain(framer(HEAD + "one\n" + line.repeat(12) + HEAD + "two\n"));

    assertThat(units).hasSize(3);
    assertThat(units).anyMatch(unit -> unit.line() == 1 && unit.text().length() > 1_000_000);
    assertThat(units).anyMatch(unit -> unit.reason().equals("too-long") && unit.line() == 12);
  }

  @Test
  void a_stream_of_nothing_but_continuations_takes_little_memory() throws Exception {
    long size = 64L << 20;
    byte[] line = "\tat com.example.Main.main(Main.java:7)\n".getBytes(UTF_8);
    var given = new AtomicLong();
    var endless =
        new InputStream() {
          @Override
          public int read() {
            throw new UnsupportedOperationException("the framer reads many bytes at a time");
          }

          @Override
          public int read(byte[] into, int from, int length) {
            if (given.get() >= size) {
              return -1;
            }
            for (int i = 0; i < length; i++) {
              into[from + i] = line[(int) ((given.get() + i) % line.length)];
            }
            given.addAndGet(length);
            return length;
          }
        };
    var framer = framer(endless, 1_024, 65_536);

    long accounted = 0;
    int blocks = 0;
    for (var block = framer.next(); block != null; block = framer.next()) {
      assertThat(block.bytes().length).isLessThan(2 * RecordFramer.MOST_BYTES);
      block.rejected().forEach(r -> assertThat(r.bytes().length).isEqualTo(Rejected.KEPT_BYTES));
      accounted += block.size();
      blocks++;
    }

    assertThat(accounted).isEqualTo(given.get());
    assertThat(blocks).isLessThan(3);
  }

  @Test
  void a_line_that_is_too_long_ends_the_record_before_it() throws Exception {
    var units = drain(framer(HEAD + "one\n" + "x".repeat(2 << 20) + "\n more\n" + HEAD + "two\n"));

    assertThat(units).hasSize(4);
    assertThat(units).anyMatch(unit -> unit.line() == 1 && unit.text().equals(HEAD + "one"));
    assertThat(units).anyMatch(unit -> unit.line() == 2 && unit.reason().equals("too-long"));
    assertThat(units).anyMatch(unit -> unit.line() == 3 && unit.text().equals(" more"));
    assertThat(units).anyMatch(unit -> unit.line() == 4 && unit.text().equals(HEAD + "two"));
  }

  @Test
  void a_damaged_stream_gives_what_it_had_and_then_says_so() throws Exception {
    var in =
        new SequenceInputStream(
            new ByteArrayInputStream((HEAD + "one\n more\nhal").getBytes(UTF_8)),
            failing(new EOFException("cut off")));

    var units = drain(framer(in, 1_024, 65_536));

    assertThat(units).anyMatch(unit -> unit.text().equals(HEAD + "one\n more"));
    assertThat(units).anyMatch(unit -> unit.line() == 3 && unit.reason().equals("undecodable"));
  }

  @Test
  void a_failure_comes_after_the_records_before_it() throws Exception {
    var in =
        new SequenceInputStream(
            new ByteArrayInputStream((HEAD + "one\n more\n").getBytes(UTF_8)),
            failing(new IOException("unplugged")));
    var framer = framer(in, 1_024, 65_536);

    assertThat(units(Objects.requireNonNull(framer.next())))
        .extracting(Unit::text)
        .containsExactly(HEAD + "one\n more");
    assertThatThrownBy(framer::next).isInstanceOf(IOException.class).hasMessage("unplugged");
  }

  private static InputStream failing(IOException why) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw why;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        throw why;
      }
    };
  }

  @Test
  void a_record_is_never_in_two_blocks_however_small_they_are() throws Exception {
    var text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append(HEAD).append(i).append('\n').append(" more\n".repeat(i % 7));
    }
    byte[] log = text.toString().getBytes(UTF_8);
    var whole = drain(framer(text.toString()));

    for (int lines = 1; lines < 20; lines++) {
      assertThat(drain(framer(new ByteArrayInputStream(log), lines, 1 + 97 * lines)))
          .isEqualTo(whole);
    }
  }

  @Test
  void where_a_block_ends_a_new_reader_may_begin() throws Exception {
    var text = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      text.append(HEAD).append(i).append('\n').append(" more\n".repeat(i % 4));
    }
    byte[] log = text.toString().getBytes(UTF_8);
    var whole = drain(framer(text.toString()));

    var framer = framer(new ByteArrayInputStream(log), 3, 100);
    int seen = 0;
    for (var block = framer.next(); block != null; block = framer.next()) {
      seen += block.count();
      long end = block.offset() + block.bytes().length;
      var rest = new String(log, (int) end, (int) (log.length - end), UTF_8);
      assertThat(drain(framer(rest)))
          .extracting(Unit::text)
          .isEqualTo(whole.subList(seen, whole.size()).stream().map(Unit::text).toList());
    }
  }

  @Test
  void lines_of_single_line_formats_are_framed_as_ever() throws Exception {
    var framer = new LineFramer("a", new ByteArrayInputStream("a\n b\n".getBytes(UTF_8)));
    framer.format(LogFormat.PLAIN);

    var block = Objects.requireNonNull(framer.next());

    assertThat(block.places()).isNull();
    assertThat(block.line(1)).isEqualTo(2);
    assertThat(block.offset(1)).isEqualTo(2);
  }
}
