package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineFramerTest {
  private static final int MIB = 1 << 20;

  /// A line or a rejected unit, with its place.
  private record Unit(long line, long offset, String text, String reason, long length) {}

  /// What a stream came to.
  private record Outcome(List<Unit> units, long size, long physicalLines, long skipped) {}

  private static LineFramer framer(InputStream in, int lines, int bytes) {
    var framer = new LineFramer("app.log", in, lines, bytes);
    framer.format(LogFormat.PLAIN);
    return framer;
  }

  private static LineFramer framer(String text) {
    return framer(new ByteArrayInputStream(text.getBytes(UTF_8)), 1_024, 65_536);
  }

  private static Block next(LineFramer framer) throws IOException {
    return Objects.requireNonNull(framer.next());
  }

  private static List<Unit> units(Block block) {
    var units = new ArrayList<Unit>();
    for (var r : block.rejected()) {
      units.add(
          new Unit(r.line(), r.offset(), new String(r.bytes(), UTF_8), r.reason(), r.length()));
    }
    for (int i = 0; i < block.count(); i++) {
      int from = block.starts()[i];
      int length = block.ends()[i] - from;
      units.add(
          new Unit(
              block.firstLine() + i,
              block.offset() + from,
              new String(block.bytes(), from, length, UTF_8),
              "",
              length));
    }
    return units;
  }

  private static Outcome drain(LineFramer framer) throws IOException {
    var units = new ArrayList<Unit>();
    long size = 0;
    long lines = 0;
    long skipped = 0;
    for (var block = framer.next(); block != null; block = framer.next()) {
      units.addAll(units(block));
      size += block.size();
      lines += block.physicalLines();
      skipped += block.skipped();
    }
    assertThat(framer.next()).isNull();
    return new Outcome(units, size, lines, skipped);
  }

  private static List<String> texts(Outcome outcome) {
    return outcome.units().stream().map(Unit::text).toList();
  }

  /// Hands out its bytes in pieces, at most one for each read, then fails or ends.
  private static final class Pieces extends InputStream {
    private final List<byte[]> pieces;
    private final @Nullable IOException end;
    private int reads;
    private int at;

    Pieces(@Nullable IOException end, String... pieces) {
      this.end = end;
      this.pieces = new ArrayList<>();
      for (var piece : pieces) {
        this.pieces.add(piece.getBytes(UTF_8));
      }
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      if (reads == pieces.size()) {
        if (end != null) {
          throw end;
        }
        return -1;
      }
      byte[] piece = pieces.get(reads);
      int n = Math.min(len, piece.length - at);
      System.arraycopy(piece, at, b, off, n);
      at += n;
      if (at == piece.length) {
        reads++;
        at = 0;
      }
      return n;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("the framer reads many bytes at a time");
    }
  }

  @Test
  void lines_have_their_numbers_and_offsets() throws Exception {
    var outcome = drain(framer("one\ntwo\r\n\r\n\nfive"));

    assertThat(outcome.units())
        .containsExactly(
            new Unit(1, 0, "one", "", 3),
            new Unit(2, 4, "two", "", 3),
            new Unit(3, 9, "", "", 0),
            new Unit(4, 11, "", "", 0),
            new Unit(5, 12, "five", "", 4));
    assertThat(outcome.size()).isEqualTo(16);
    assertThat(outcome.physicalLines()).isEqualTo(5);
  }

  @Test
  void an_empty_stream_has_no_block() throws Exception {
    var framer = framer("");

    assertThat(framer.head()).isEmpty();
    assertThat(framer.headIsAll()).isTrue();
    assertThat(framer.next()).isNull();
  }

  @Test
  void a_byte_order_mark_is_skipped_at_the_start_only() throws Exception {
    var outcome = drain(framer("\ufeffone\n\ufefftwo\n"));

    assertThat(outcome.units())
        .containsExactly(new Unit(1, 3, "one", "", 3), new Unit(2, 7, "\ufefftwo", "", 6));
    assertThat(outcome.size()).isEqualTo(14);
    assertThat(drain(framer("\ufeff")).size()).isEqualTo(3);
  }

  @Test
  void nuls_before_a_line_are_skipped_and_within_it_are_not() throws Exception {
    var outcome = drain(framer("\0\0one\na\0b\n\0\0\0three\n\0\n\0\0"));

    assertThat(outcome.units())
        .containsExactly(
            new Unit(1, 2, "one", "", 3),
            new Unit(2, 6, "a\0b", "", 3),
            new Unit(3, 13, "three", "", 5),
            new Unit(4, 20, "", "", 0));
    assertThat(outcome.size()).isEqualTo(23);
    assertThat(outcome.physicalLines()).isEqualTo(4);
    assertThat(outcome.skipped()).isEqualTo(4);
  }

  @Test
  void gigabytes_of_nuls_pass_through() throws Exception {
    long nuls = 3L << 30;
    var zeros =
        new InputStream() {
          private long left = nuls;

          @Override
          public int read() {
            throw new UnsupportedOperationException("the framer reads many bytes at a time");
          }

          @Override
          public int read(byte[] b, int off, int len) {
            int n = (int) Math.min(len, left);
            Arrays.fill(b, off, off + n, (byte) 0);
            left -= n;
            return n == 0 ? -1 : n;
          }
        };
    var lines = new SequenceInputStream(new ByteArrayInputStream("a\n".getBytes(UTF_8)), zeros);
    var all = new SequenceInputStream(lines, new ByteArrayInputStream("b\n".getBytes(UTF_8)));

    var outcome = drain(framer(all, 1_024, 65_536));

    assertThat(outcome.units())
        .containsExactly(new Unit(1, 0, "a", "", 1), new Unit(2, nuls + 2, "b", "", 1));
    assertThat(outcome.size()).isEqualTo(nuls + 4);
    assertThat(outcome.skipped()).isEqualTo(1);
  }

  @Test
  void a_block_ends_at_its_limits() throws Exception {
    var text = "aaa\nbb\nc\ndddddddddd\ne\n".getBytes(UTF_8);

    var byLines = framer(new ByteArrayInputStream(text), 2, 1_000);
    assertThat(units(next(byLines))).extracting(Unit::text).containsExactly("aaa", "bb");
    var byBytes = framer(new ByteArrayInputStream(text), 100, 7);
    assertThat(units(next(byBytes))).extracting(Unit::text).containsExactly("aaa", "bb");
    assertThat(units(next(byBytes))).extracting(Unit::text).containsExactly("c");
    assertThat(units(next(byBytes))).extracting(Unit::text).containsExactly("dddddddddd");
    var last = next(byBytes);
    assertThat(units(last)).containsExactly(new Unit(5, 20, "e", "", 1));
    assertThat(last.bytes()).hasSize(2);
  }

  @Test
  void the_longest_line_is_one_mebibyte() throws Exception {
    var longest = "x".repeat(MIB);
    for (var end : List.of("\n", "\r\n", "")) {
      assertThat(texts(drain(framer("a\n" + longest + end)))).containsExactly("a", longest);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {MIB + 1, MIB + 2, 5 * MIB + 7})
  void a_longer_line_is_rejected_with_its_beginning_and_its_length(int length) throws Exception {
    for (var end : List.of("\n", "\r\n", "")) {
      var text = "a\n\0" + "x".repeat(length) + end + (end.isEmpty() ? "" : "b\n");

      var outcome = drain(framer(text));

      assertThat(outcome.units().subList(0, 2))
          .containsExactly(
              new Unit(1, 0, "a", "", 1), new Unit(2, 3, "x".repeat(65_536), "too-long", length));
      if (!end.isEmpty()) {
        assertThat(outcome.units().subList(2, 3))
            .containsExactly(new Unit(3, 3L + length + end.length(), "b", "", 1));
      }
      assertThat(outcome.size()).isEqualTo(text.length());
      assertThat(outcome.physicalLines()).isEqualTo(end.isEmpty() ? 2 : 3);
      assertThat(outcome.skipped()).isEqualTo(1);
    }
  }

  @Test
  void complete_lines_do_not_wait_for_more() throws Exception {
    var in = new Pieces(null, "on", "e\ntwo\nth", "ree\n");
    var framer = framer(in, 1_024, 65_536);

    assertThat(units(next(framer))).extracting(Unit::text).containsExactly("one", "two");
    assertThat(in.reads).isEqualTo(2);
    assertThat(units(next(framer))).extracting(Unit::text).containsExactly("three");
    assertThat(framer.next()).isNull();
  }

  @Test
  void a_rejected_line_does_not_wait_for_the_next() throws Exception {
    var in = new Pieces(null, "x".repeat(65_000), "x\n", "b\n");
    var framer = framer(in, 1_024, 65_536);
    assertThat(next(framer).count()).isEqualTo(1);
    assertThat(in.reads).isEqualTo(2);

    var pieces = new String[20];
    Arrays.fill(pieces, "x".repeat(60_000));
    pieces[18] = "x\n";
    pieces[19] = "b\n";
    in = new Pieces(null, pieces);
    framer = framer(in, 1_024, 65_536);
    var block = next(framer);
    assertThat(block.count()).isZero();
    assertThat(block.rejected()).hasSize(1);
    assertThat(in.reads).isEqualTo(19);
  }

  @Test
  void the_head_shows_what_the_first_line_came_with_and_takes_nothing() throws Exception {
    var in = new Pieces(null, "\0\0", "\0on", "e\ntw", "o\n");
    var framer = framer(in, 1_024, 65_536);

    assertThat(framer.head()).asString(UTF_8).isEqualTo("one\ntw");
    assertThat(framer.headIsAll()).isFalse();
    assertThat(in.reads).isEqualTo(3);
    var outcome = drain(framer);

    assertThat(texts(outcome)).containsExactly("one", "two");
    assertThat(outcome.size()).isEqualTo(11);
    assertThat(outcome.skipped()).isEqualTo(1);
  }

  @Test
  void the_head_is_64_kibibytes_at_most() throws Exception {
    var framer = framer("x".repeat(200_000));

    assertThat(framer.head()).hasSize(65_536);
    assertThat(framer.headIsAll()).isFalse();
    assertThat(drain(framer).size()).isEqualTo(200_000);
    var small = framer("x\ny");
    assertThat(small.head()).asString(UTF_8).isEqualTo("x\ny");
  }

  @Test
  void a_broken_compressed_stream_gives_its_lines_and_one_undecodable_unit() throws Exception {
    for (var failure : List.of(new ZipException("bad \u001b[2Jblock"), new EOFException("cut"))) {
      var outcome = drain(framer(new Pieces(failure, "one\ntw", "o\nthr"), 1_024, 65_536));

      assertThat(outcome.units())
          .containsExactly(
              new Unit(1, 0, "one", "", 3),
              new Unit(2, 4, "two", "", 3),
              new Unit(3, 8, "thr", "undecodable", 3));
      assertThat(outcome.size()).isEqualTo(11);
      assertThat(outcome.physicalLines()).isEqualTo(3);
    }
  }

  @Test
  void a_stream_that_breaks_between_lines_has_an_empty_undecodable_unit() throws Exception {
    var framer = framer(new Pieces(new EOFException(), "one\n"), 1_024, 65_536);

    assertThat(next(framer).count()).isEqualTo(1);
    var block = next(framer);

    assertThat(units(block)).containsExactly(new Unit(2, 4, "", "undecodable", 0));
    assertThat(block.physicalLines()).isZero();
    assertThat(framer.next()).isNull();
  }

  @Test
  void a_long_line_that_breaks_off_is_undecodable() throws Exception {
    var pieces = new String[30];
    Arrays.fill(pieces, "x".repeat(60_000));

    var outcome = drain(framer(new Pieces(new EOFException("cut"), pieces), 1_024, 65_536));

    assertThat(outcome.units())
        .containsExactly(new Unit(1, 0, "x".repeat(65_536), "undecodable", 1_800_000));
    assertThat(outcome.size()).isEqualTo(1_800_000);
    assertThat(outcome.physicalLines()).isEqualTo(1);
  }

  @Test
  void a_gzip_file_that_was_cut_off_keeps_what_can_be_read() throws Exception {
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      new LogGenerator(LogFormat.COMBINED, 1, 0).lines(5_000, out);
    }
    byte[] whole = gzip.toByteArray();
    var cut = new ByteArrayInputStream(whole, 0, whole.length / 2);

    var outcome = drain(framer(new GZIPInputStream(cut, 8_192), 1_024, 65_536));

    assertThat(outcome.units()).hasSizeBetween(1_000, 4_000);
    assertThat(outcome.units().getLast().reason()).isEqualTo("undecodable");
    assertThat(outcome.units()).filteredOn(unit -> !unit.reason().isEmpty()).hasSize(1);
  }

  @Test
  void an_interrupted_read_gives_the_complete_lines_and_ends() throws Exception {
    for (var failure : List.of(new ClosedByInterruptException(), new InterruptedIOException())) {
      var outcome = drain(framer(new Pieces(failure, "one\ntwo\nthr"), 1_024, 65_536));

      assertThat(texts(outcome)).containsExactly("one", "two");
      assertThat(outcome.size()).isEqualTo(8);
    }
  }

  @Test
  void another_failure_is_thrown_after_the_complete_lines() throws Exception {
    var failure = new IOException("disk on fire");
    var framer = framer(new Pieces(failure, "one\ntwo\nthr"), 1_024, 65_536);
    framer.head();

    assertThat(next(framer).count()).isEqualTo(2);
    assertThatThrownBy(framer::next).isSameAs(failure);
  }

  @Test
  void a_block_needs_a_format() {
    var framer = new LineFramer("app.log", new ByteArrayInputStream(new byte[] {'a'}));

    assertThatThrownBy(framer::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the format of app.log is not set");
  }

  @Test
  void a_block_has_room_for_something() {
    var in = new ByteArrayInputStream(new byte[0]);

    assertThatThrownBy(() -> new LineFramer("a", in, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LineFramer("a", in, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// The rules, one byte at a time.
  private static Outcome naive(byte[] b, boolean broken) {
    var units = new ArrayList<Unit>();
    int at =
        b.length >= 3 && b[0] == (byte) 0xef && b[1] == (byte) 0xbb && b[2] == (byte) 0xbf ? 3 : 0;
    long line = 1;
    long skipped = 0;
    while (true) {
      int from = at;
      while (from < b.length && b[from] == 0) {
        from++;
      }
      skipped += from > at ? 1 : 0;
      if (from == b.length) {
        if (broken) {
          units.add(new Unit(line, from, "", "undecodable", 0));
        }
        return new Outcome(units, b.length, line - 1, skipped);
      }
      int end = from;
      while (end < b.length && b[end] != '\n') {
        end++;
      }
      boolean whole = end < b.length;
      int to = whole && end > from && b[end - 1] == '\r' ? end - 1 : end;
      var reason = !whole && broken ? "undecodable" : to - from > MIB ? "too-long" : "";
      int kept = reason.isEmpty() ? to - from : Math.min(to - from, 65_536);
      units.add(new Unit(line, from, new String(b, from, kept, UTF_8), reason, to - from));
      line++;
      if (!whole) {
        return new Outcome(units, b.length, line - 1, skipped);
      }
      at = end + 1;
    }
  }

  private static byte[] randomBytes(Random random, boolean large) {
    var out = new ByteArrayOutputStream();
    if (random.nextInt(4) == 0) {
      out.write(0xef);
      out.write(0xbb);
      if (random.nextInt(4) > 0) {
        out.write(0xbf);
      }
    }
    int lines = random.nextInt(large ? 6 : 40);
    for (int i = 0; i < lines; i++) {
      if (random.nextInt(5) == 0) {
        out.writeBytes(new byte[random.nextInt(large ? 300_000 : 20)]);
      }
      int length =
          large
              ? random.nextInt(3) == 0 ? MIB - 3 + random.nextInt(7) : random.nextInt(2 * MIB)
              : random.nextInt(30);
      for (int j = 0; j < length; j++) {
        out.write(large ? 'x' : "ab\0\r\u00e9".charAt(random.nextInt(5)));
      }
      switch (random.nextInt(8)) {
        case 0, 1 -> out.writeBytes("\r\n".getBytes(UTF_8));
        case 2 -> {
          if (i < lines - 1) {
            out.write('\n');
          }
        }
        default -> out.write('\n');
      }
    }
    return out.toByteArray();
  }

  private static InputStream inPieces(byte[] bytes, Random random, int most, boolean broken) {
    return new InputStream() {
      private int at;

      @Override
      public int read() {
        throw new UnsupportedOperationException("the framer reads many bytes at a time");
      }

      @Override
      public int read(byte[] b, int off, int len) throws IOException {
        if (at == bytes.length) {
          if (broken) {
            throw new EOFException("cut");
          }
          return -1;
        }
        int n = Math.min(Math.min(len, 1 + random.nextInt(most)), bytes.length - at);
        System.arraycopy(bytes, at, b, off, n);
        at += n;
        return n;
      }
    };
  }

  @Test
  void any_bytes_in_any_pieces_come_out_as_the_rules_say() throws Exception {
    for (long seed = 0; seed < 3_000; seed++) {
      var random = new Random(seed);
      boolean large = seed % 300 == 0;
      boolean broken = random.nextInt(4) == 0;
      byte[] bytes = randomBytes(random, large);
      var in = inPieces(bytes, random, large ? 400_000 : 1 + random.nextInt(60), broken);
      var framer = framer(in, 1 + random.nextInt(10), 1 + random.nextInt(large ? MIB : 60));
      if (random.nextBoolean()) {
        framer.head();
      }

      var outcome = drain(framer);

      assertThat(outcome).as("seed %d", seed).isEqualTo(naive(bytes, broken));
    }
  }

  @Test
  void memory_of_a_block_that_is_done_with_becomes_another_blocks() throws Exception {
    var text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      text.append("line ").append(i).append(" ".repeat(i % 7)).append('\n');
    }
    var framer =
        new LineFramer("a.log", new ByteArrayInputStream(text.toString().getBytes(UTF_8)), 10, 128);
    framer.format(LogFormat.PLAIN);
    var seen = new StringBuilder();
    var memory = Collections.newSetFromMap(new IdentityHashMap<byte[], Boolean>());
    for (var block = framer.next(); block != null; block = framer.next()) {
      for (int i = 0; i < block.count(); i++) {
        int from = block.starts()[i];
        seen.append(new String(block.bytes(), from, block.ends()[i] - from, UTF_8)).append('\n');
      }
      memory.add(block.bytes());
      framer.recycle(block);
    }

    assertThat(seen).hasToString(text.toString());
    assertThat(memory).hasSizeLessThan(4);
  }

  private static Block uncut(String text, int lines, int bytes) throws IOException {
    var framer =
        new LineFramer("app.log", new ByteArrayInputStream(text.getBytes(UTF_8)), lines, bytes);
    framer.mayBeUncut();
    framer.format(LogFormat.JSON);
    return next(framer);
  }

  @Test
  void lines_that_their_parser_finds_are_only_counted() throws Exception {
    var block = uncut("{\"a\":1}\r\n\n{}\n{\"a\":", 10, 100);

    assertThat(block.isCut()).isFalse();
    assertThat(block.count()).isEqualTo(3);
    assertThat(block.physicalLines()).isEqualTo(3);
    assertThat(block.size()).isEqualTo(13);
  }

  @Test
  void an_uncut_block_ends_with_the_last_line_that_it_has_room_for() throws Exception {
    var block = uncut("{\"a\":1}\n".repeat(100), 90, 100);

    assertThat(block.isCut()).isFalse();
    assertThat(block.count()).isEqualTo(12);
    assertThat(block.size()).isEqualTo(96);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}\n\0\0{}\n", // NULs before a line are none of it
        "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", // very short ones are many
        "{\"a\":\"a long line, which has more than a block\"}\n",
        "{\"a\":1}" // ends with the stream
      })
  void what_is_not_usual_is_cut(String text) throws Exception {
    assertThat(uncut(text, 2, 30).isCut()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGFMT", "COMBINED"})
  void other_parsers_get_lines_that_are_cut(String format) throws Exception {
    var framer =
        new LineFramer("app.log", new ByteArrayInputStream("a\nb\n".getBytes(UTF_8)), 10, 100);
    framer.mayBeUncut();
    framer.format(LogFormat.valueOf(format));

    assertThat(next(framer).isCut()).isTrue();
  }
}
