package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is promised of [Gunzip], against what [GZIPInputStream] does, and [Deflater] writes.
@Timeout(60)
class GunzipTest {
  private static final byte[] SHORT = "one line\nand another\n".getBytes(UTF_8);

  /// What was read, and what was thrown then.
  private record Outcome(byte[] bytes, @Nullable IOException failure) {
    @Nullable Class<?> kind() {
      return failure == null ? null : failure.getClass();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6, 9})
  void what_was_deflated_comes_back(int level) throws Exception {
    var random = new Random(level);
    for (int strategy : new int[] {0, Deflater.FILTERED, Deflater.HUFFMAN_ONLY}) {
      for (byte[] text : texts()) {
        byte[] gzip = member(text, level, strategy);

        assertThat(read(new Gunzip(pieces(gzip, random, 100_000)), random, 100_000).bytes())
            .isEqualTo(text);
      }
    }
  }

  private static List<byte[]> texts() throws IOException {
    var random = new Random(5);
    var texts = new ArrayList<byte[]>();
    texts.add(new byte[0]);
    texts.add(new byte[] {'x'});
    texts.add(random(random, 300_000));
    texts.add(new byte[700_000]);
    texts.add(skewed(random, 200_000));
    texts.add(log(4_000));
    return texts;
  }

  @Test
  void bytes_may_come_and_be_taken_one_by_one() throws Exception {
    var random = new Random(1);
    byte[] text = join(log(500), random(random, 5_000), skewed(random, 40_000));
    for (int level : new int[] {0, 1, 9}) {
      byte[] gzip = member(text, level, 0);

      var out = new ByteArrayOutputStream();
      try (var in = new Gunzip(pieces(gzip, random, 1))) {
        for (int next = in.read(); next >= 0; next = in.read()) {
          out.write(next);
        }
        assertThat(in.read()).isEqualTo(-1);
      }
      assertThat(out.toByteArray()).isEqualTo(text);
      assertThat(read(new Gunzip(pieces(gzip, random, 1)), random, 60_000).bytes()).isEqualTo(text);
      assertThat(read(new Gunzip(pieces(gzip, random, 60_000)), random, 5).bytes()).isEqualTo(text);
    }
  }

  @Test
  void a_match_may_have_any_length_and_distance() throws Exception {
    var random = new Random(2);
    var bits = new Bits().fixedBlock();
    byte[] text = new byte[2_500_000];
    int end = 0;
    for (int i = 0; i < 40; i++) {
      end = literal(bits, text, end, random.nextInt(256));
    }
    for (int distance = 1; distance <= 40; distance++) {
      for (int length = 3; length <= 258; length++) {
        end = match(bits, text, end, length, distance);
        end = literal(bits, text, end, random.nextInt(256)); // lest all repeat the same
      }
    }
    for (int distance = 1; distance <= 32_768; distance += 1 + random.nextInt(10)) {
      end = match(bits, text, end, 3 + random.nextInt(256), distance);
    }
    end = match(bits, text, end, 258, 32_768);
    text = Arrays.copyOf(text, end);

    byte[] gzip = wrap(bits.end().bytes(), text);
    assertThat(read(new Gunzip(pieces(gzip, random, 70_000)), random, 70_000).bytes())
        .isEqualTo(text);
    assertThat(read(new Gunzip(pieces(gzip, random, 30)), random, 300).bytes()).isEqualTo(text);
    assertThat(read(new GZIPInputStream(new ByteArrayInputStream(gzip)), random, 70_000).bytes())
        .isEqualTo(text);
  }

  private static int literal(Bits bits, byte[] text, int at, int value) {
    bits.literal(value);
    text[at] = (byte) value;
    return at + 1;
  }

  private static int match(Bits bits, byte[] text, int at, int length, int distance) {
    bits.match(length, distance);
    for (int i = at; i < at + length; i++) {
      text[i] = text[i - distance];
    }
    return at + length;
  }

  @Test
  void codes_may_be_as_long_as_there_are() throws Exception {
    var random = new Random(10);
    int[] literals = new int[286];
    for (int i = 0; i < 10; i++) {
      literals[i] = i + 1;
    }
    literals['a'] = 11; // as many bits as are looked up at once
    literals['b'] = 12;
    literals['c'] = 13;
    literals['d'] = 14;
    literals[256] = 15;
    literals[284] = 15;
    int[] distances = new int[30];
    for (int i = 0; i < 14; i++) {
      distances[i] = i + 1;
    }
    distances[14] = 15;
    distances[29] = 15;
    byte[] history = random(random, 32_768);
    var bits = new Bits().storedBlock(history).codesBlock(literals, distances);
    byte[] text = Arrays.copyOf(history, 4_000_000);
    int end = history.length;
    for (int i = 0; i < 10_000; i++) {
      for (int j = random.nextInt(5); j > 0; j--) {
        int value = random.nextInt(3) == 0 ? 'a' + random.nextInt(4) : 'a';
        bits.symbol(literals, value);
        text[end++] = (byte) value;
      }
      int length = 227 + random.nextInt(31);
      int distance = 32_768 - random.nextInt(8_192);
      bits.symbol(literals, 284).put(length - 227, 5);
      bits.symbol(distances, 29).put(distance - 24_577, 13);
      for (int to = end + length; end < to; end++) {
        text[end] = text[end - distance];
      }
    }
    bits.symbol(literals, 256);
    text = Arrays.copyOf(text, end);

    byte[] gzip = wrap(bits.bytes(), text);
    assertThat(read(new Gunzip(pieces(gzip, random, 70_000)), random, 70_000).bytes())
        .isEqualTo(text);
    assertThat(read(new Gunzip(pieces(gzip, random, 5)), random, 70_000).bytes()).isEqualTo(text);
  }

  @Test
  void members_are_one_text() throws Exception {
    byte[] empty = member(new byte[0], 6, 0);
    byte[] log = log(2_000);
    var parts = new ArrayList<byte[]>();
    for (int i = 0; i < 20_000; i++) {
      parts.add(empty);
    }
    parts.add(member(SHORT, 6, 0));
    parts.add(empty);
    parts.add(member(log, 1, 0));
    parts.add(member(log, 9, 0));
    parts.add(member(SHORT, 0, 0));
    byte[] gzip = join(parts.toArray(byte[][]::new));

    assertThat(read(gzip).bytes()).isEqualTo(join(SHORT, log, log, SHORT));
    assertThat(read(new Gunzip(pieces(gzip, new Random(3), 1)), new Random(3), 50).bytes())
        .isEqualTo(join(SHORT, log, log, SHORT));
  }

  @Test
  void a_member_does_not_go_back_into_the_one_before() throws Exception {
    var bits = new Bits();
    bits.fixedBlock();
    bits.match(3, 1);
    bits.end();
    byte[] gzip = join(member(SHORT, 6, 0), wrap(bits.bytes(), new byte[3]));

    var outcome = read(gzip);

    assertThat(outcome.bytes()).isEqualTo(SHORT);
    assertThat(outcome.failure())
        .isInstanceOf(ZipException.class)
        .hasMessage("a match goes back 1 bytes, where there are 0");
  }

  @Test
  void a_header_may_have_all_that_there_is() throws Exception {
    byte[] member = member(SHORT, 6, 0);
    for (int flags = 0; flags < 256; flags++) {
      byte[] header = header(flags);
      byte[] gzip = join(header, Arrays.copyOfRange(member, 10, member.length));

      assertThat(read(join(gzip, gzip)).bytes())
          .as("flags %x", flags)
          .isEqualTo(join(SHORT, SHORT));

      if ((flags & 2) != 0) {
        gzip[header.length - 1] ^= 1;
        assertThat(read(gzip).failure())
            .isInstanceOf(ZipException.class)
            .hasMessageStartingWith("the header of a gzip member has crc ");
        assertThat(read(join(member, gzip)).bytes()).isEqualTo(SHORT);
      }
    }
  }

  private static byte[] header(int flags) {
    var header = new ByteArrayOutputStream();
    header.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 5, 6});
    if ((flags & 4) != 0) {
      header.writeBytes(new byte[] {3, 1});
      header.writeBytes(new byte[259]);
    }
    if ((flags & 8) != 0) {
      header.writeBytes("a.log\0".getBytes(UTF_8));
    }
    if ((flags & 16) != 0) {
      header.writeBytes("a\u00e4 comment\0".getBytes(UTF_8));
    }
    if ((flags & 2) != 0) {
      var crc = new CRC32();
      crc.update(header.toByteArray());
      header.write((int) crc.getValue());
      header.write((int) crc.getValue() >>> 8);
    }
    return header.toByteArray();
  }

  @Test
  void what_is_not_gzip_is_refused() {
    assertThat(read(SHORT).failure())
        .isInstanceOf(ZipException.class)
        .hasMessage("not in gzip format");
    byte[] gzip = member(SHORT, 6, 0);
    gzip[2] = 7;
    assertThat(read(gzip).failure())
        .isInstanceOf(ZipException.class)
        .hasMessage("a gzip member has method 7 (expected 8)");
    assertThat(read(new byte[0]).failure()).isInstanceOf(EOFException.class);
  }

  @Test
  void what_follows_the_last_member_is_passed_over() {
    byte[] member = member(SHORT, 6, 0);
    for (byte[] rest :
        List.of(
            new byte[1_000],
            SHORT,
            new byte[] {0x1f},
            new byte[] {0x1f, (byte) 0x8b, 7, 0, 0, 0, 0, 0, 0, 0},
            Arrays.copyOf(member, 9))) {
      var outcome = read(join(member, rest));

      assertThat(outcome.bytes()).isEqualTo(SHORT);
      assertThat(outcome.failure()).isNull();
    }
  }

  @Test
  void a_wrong_crc_or_size_is_told_after_the_bytes() throws Exception {
    byte[] text = log(1_000);
    byte[] gzip = member(text, 6, 0);
    for (int at = gzip.length - 8; at < gzip.length; at++) {
      byte[] damaged = gzip.clone();
      damaged[at] ^= 0x10;

      var outcome = read(damaged);

      assertThat(outcome.bytes()).isEqualTo(text);
      assertThat(outcome.failure())
          .isInstanceOf(ZipException.class)
          .hasMessageStartingWith(
              at < gzip.length - 4 ? "a gzip member has crc " : "a gzip member has size ");
    }
  }

  @Test
  void each_damage_has_its_name() {
    byte[] zeros = new byte[64];
    damage("a block has a kind that there is not", bits -> bits.put(1, 1).put(3, 2));
    damage(
        "the length of a stored block is wrong",
        bits -> bits.put(1, 1).put(0, 2).put(0, 5).put(5, 16).put(5, 16));
    damage(
        "a block has more symbols than there are",
        bits -> bits.put(1, 1).put(2, 2).put(30, 5).put(0, 5).put(0, 4));
    damage(
        "a block has more symbols than there are",
        bits -> bits.put(1, 1).put(2, 2).put(0, 5).put(30, 5).put(0, 4));
    damage("a code of a block is incomplete", bits -> bits.lengthCodes(1).put(0, 7));
    damage("a code of a block is incomplete", bits -> bits.lengthCodes().bytes(zeros));
    damage(
        "a code of a block has more symbols than there is room for",
        bits -> bits.lengthCodes(1, 1, 1));
    damage("a block repeats a length that there is not", bits -> bits.lengthCodes(1, 1).put(0, 1));
    damage(
        "a block repeats a length that there is not", // 138 zeros, and again, are more than 258
        bits -> bits.lengthCodes(0, 1, 1).put(1, 1).put(127, 7).put(1, 1).put(127, 7));
    damage(
        "a block has no code for its end",
        bits -> bits.lengthCodes(0, 1, 1).put(1, 1).put(127, 7).put(1, 1).put(109, 7));
    damage(
        "a byte or length has a code that there is not",
        bits -> bits.fixedBlock().code(0b11000110, 8).bytes(zeros));
    damage(
        "a byte or length has a code that there is not", // 256 has the code 0, and 1 is none
        bits -> bits.onlyEnd().put(1, 1).bytes(zeros));
    damage(
        "a distance has a code that there is not",
        bits -> bits.fixedBlock().literal('a').code(1, 7).code(30, 5).bytes(zeros));
    damage(
        "a match goes back 3 bytes, where there are 2",
        bits -> bits.fixedBlock().literal('a').literal('a').match(3, 3).bytes(zeros));
    damage(
        "a match goes back 3 bytes, where there are 2",
        bits -> bits.fixedBlock().literal('a').literal('a').match(3, 3));
  }

  private interface Writing {
    Object on(Bits bits);
  }

  private static void damage(String message, Writing writing) {
    var bits = new Bits();
    writing.on(bits);
    byte[] gzip = join(header(0), bits.bytes());

    var outcome = read(gzip);

    assertThat(outcome.failure()).isInstanceOf(ZipException.class).hasMessage(message);
    assertThat(jdk(gzip).failure()).isInstanceOf(ZipException.class);
  }

  @Test
  void a_block_may_have_no_distances_and_a_single_code() {
    var bits = new Bits();
    bits.onlyEnd().put(0, 1);

    var outcome = read(wrap(bits.bytes(), new byte[0]));

    assertThat(outcome.failure()).isNull();
    assertThat(outcome.bytes()).isEmpty();
  }

  @Test
  void wherever_it_is_cut_off_it_has_all_that_came_and_says_so() throws Exception {
    var random = new Random(4);
    byte[] text = join(log(4), random(random, 60));
    for (byte[] gzip :
        List.of(
            member(text, 9, 0),
            member(text, 0, 0),
            member(text, 9, Deflater.HUFFMAN_ONLY),
            member(new byte[5_000], 9, 0),
            join(header(31), Arrays.copyOfRange(member(SHORT, 9, 0), 10, 40)))) {
      for (int length = 0; length < gzip.length; length++) {
        byte[] cut = Arrays.copyOf(gzip, length);

        var outcome = read(new Gunzip(pieces(cut, random, 100)), random, 100);

        assertThat(outcome.failure()).as("%d", length).isInstanceOf(EOFException.class);
        assertThat(outcome.failure()).hasMessage("the compressed data ends too early");
        assertThat(outcome.bytes()).as("%d", length).isEqualTo(jdk(cut).bytes());
      }
    }
  }

  @Test
  void it_never_waits_while_it_has_something_to_give() throws Exception {
    var random = new Random(6);
    var deflater = new Deflater(6, true);
    var gzip = new ByteArrayOutputStream();
    gzip.writeBytes(header(0));
    var texts = new ArrayList<byte[]>();
    var sizes = new ArrayList<Integer>();
    for (byte[] text : List.of(SHORT, new byte[40_000], random(random, 3_000), SHORT, log(1_000))) {
      deflater.setInput(text);
      byte[] some = new byte[100_000];
      int count;
      while ((count = deflater.deflate(some, 0, some.length, Deflater.SYNC_FLUSH)) > 0) {
        gzip.write(some, 0, count);
      }
      texts.add(text);
      sizes.add(gzip.size());
    }
    deflater.end();
    byte[] all = gzip.toByteArray();
    var slow =
        new ByteArrayInputStream(all) {
          int given;

          @Override
          public synchronized int read(byte[] into, int from, int length) {
            int end = sizes.stream().filter(size -> size > pos).findFirst().orElseThrow();
            given++;
            return super.read(into, from, Math.min(length, end - pos));
          }
        };

    var in = new Gunzip(slow);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(in.readNBytes(texts.get(i).length)).isEqualTo(texts.get(i));
      assertThat(slow.given).as("what had to come is what came").isEqualTo(i + 1);
    }
  }

  @Test
  void damaged_streams_end_where_and_as_those_of_java_do() throws Exception {
    var random = new Random(8);
    var streams = new ArrayList<byte[]>();
    for (int level : new int[] {1, 6, 9}) {
      streams.add(member(log(8), level, 0));
      streams.add(member(skewed(random, 1_200), level, Deflater.HUFFMAN_ONLY));
      streams.add(member(join(log(2), random(random, 100), new byte[600]), level, 0));
    }
    streams.add(member(join(SHORT, SHORT), 9, 0)); // fixed codes
    streams.add(member(random(random, 600), 0, 0));
    int failed = 0;
    for (int i = 0; i < 3_000; i++) {
      byte[] gzip = streams.get(i % streams.size()).clone();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        int at = (i & 1) == 0 ? 10 + random.nextInt(70) : random.nextInt(gzip.length);
        at = Math.min(at, gzip.length - 1);
        gzip[at] =
            random.nextBoolean()
                ? (byte) random.nextInt()
                : (byte) (gzip[at] ^ (1 << random.nextInt(8)));
      }
      if (random.nextInt(4) == 0) {
        gzip = Arrays.copyOf(gzip, 1 + random.nextInt(gzip.length));
      }

      var expected = jdk(gzip);
      var outcome = read(new Gunzip(pieces(gzip, random, 3_000)), random, 3_000);

      assertThat(outcome.kind()).as("stream %d", i).isEqualTo(expected.kind());
      assertThat(outcome.bytes()).as("stream %d", i).isEqualTo(expected.bytes());
      failed += outcome.failure() == null ? 0 : 1;
    }
    assertThat(failed).isBetween(2_000, 2_999);
  }

  @Test
  void any_bytes_end_where_and_as_those_of_java_do() {
    var random = new Random(9);
    for (int i = 0; i < 3_000; i++) {
      byte[] gzip = join(header(0), random(random, 1 + random.nextInt(400)));
      gzip[10] = (byte) ((gzip[10] & ~6) | (2 * random.nextInt(3))); // no block of a kind unknown

      var expected = jdk(gzip);
      var outcome = read(gzip);

      assertThat(outcome.kind()).as("stream %d", i).isEqualTo(expected.kind());
      assertThat(outcome.bytes()).as("stream %d", i).isEqualTo(expected.bytes());
    }
  }

  @Test
  void what_has_failed_fails_again() throws Exception {
    byte[] gzip = member(SHORT, 6, 0);
    gzip[gzip.length - 1] ^= 1;
    var in = new Gunzip(new ByteArrayInputStream(gzip));
    assertThat(in.readNBytes(SHORT.length)).isEqualTo(SHORT);

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(in::read).isInstanceOf(ZipException.class).hasMessageContaining("size");
    }
  }

  @Test
  void what_fails_below_comes_after_what_was_there() throws Exception {
    byte[] text = log(3_000);
    byte[] gzip = member(text, 6, 0);
    var failure = new IOException("the disk is on fire");
    byte[] half = Arrays.copyOf(gzip, gzip.length / 2);
    var failing =
        new ByteArrayInputStream(half) {
          @Override
          public synchronized int read(byte[] into, int from, int length) {
            int count = super.read(into, from, length);
            if (count < 0) {
              GunzipTest.<RuntimeException>sneak(failure);
            }
            return count;
          }
        };

    var outcome = read(new Gunzip(failing), new Random(7), 9_000);

    assertThat(outcome.failure()).isSameAs(failure);
    assertThat(outcome.bytes()).isEqualTo(jdk(half).bytes());
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void it_reads_as_any_stream() throws Exception {
    var in = new Gunzip(new ByteArrayInputStream(member(SHORT, 6, 0)));
    var into = new byte[10];

    assertThat(in.read(into, 10, 0)).isZero();
    assertThatThrownBy(() -> in.read(into, 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(in.read(into, 2, 5)).isEqualTo(5);
    assertThat(into).startsWith(0, 0).endsWith(0, 0, 0).containsSequence("one l".getBytes(UTF_8));
    assertThat(in.readAllBytes()).hasSize(SHORT.length - 5);
    assertThat(in.read(into, 0, 10)).isEqualTo(-1);
    assertThat(in.read()).isEqualTo(-1);
  }

  private static Outcome read(byte[] gzip) {
    return read(new Gunzip(new ByteArrayInputStream(gzip)), new Random(0), 8_192);
  }

  private static Outcome read(InputStream in, Random random, int most) {
    var out = new ByteArrayOutputStream();
    try (in) {
      byte[] some = new byte[most];
      while (true) {
        int count = in.read(some, 0, 1 + random.nextInt(most));
        if (count < 0) {
          return new Outcome(out.toByteArray(), null);
        }
        assertThat(count).isPositive();
        out.write(some, 0, count);
      }
    } catch (IOException e) {
      return new Outcome(out.toByteArray(), e);
    }
  }

  /// What Java's reads, byte by byte, so that it has nothing in hand when it fails but the one that
  /// came with the failure.
  private static Outcome jdk(byte[] gzip) {
    var out = new ByteArrayOutputStream();
    try (var in = new Counting(gzip)) {
      byte[] one = new byte[1];
      while (true) {
        long before = in.written();
        try {
          if (in.read(one, 0, 1) < 0) {
            return new Outcome(out.toByteArray(), null);
          }
        } catch (ZipException e) {
          if (in.written() > before) {
            out.write(one[0]);
          }
          throw e;
        }
        out.write(one[0]);
      }
    } catch (IOException e) {
      return new Outcome(out.toByteArray(), e);
    }
  }

  private static final class Counting extends GZIPInputStream {
    Counting(byte[] gzip) throws IOException {
      super(new ByteArrayInputStream(gzip), 512);
    }

    long written() {
      return inf.getBytesWritten();
    }
  }

  private static InputStream pieces(byte[] bytes, Random random, int most) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int from, int length) {
        return super.read(into, from, Math.min(length, 1 + random.nextInt(most)));
      }
    };
  }

  private static byte[] member(byte[] text, int level, int strategy) {
    var deflater = new Deflater(level, true);
    deflater.setStrategy(strategy);
    deflater.setInput(text);
    deflater.finish();
    var deflated = new ByteArrayOutputStream();
    byte[] some = new byte[50_000];
    while (!deflater.finished()) {
      deflated.write(some, 0, deflater.deflate(some));
    }
    deflater.end();
    return wrap(deflated.toByteArray(), text);
  }

  private static byte[] wrap(byte[] deflated, byte[] text) {
    var crc = new CRC32();
    crc.update(text);
    var trailer = new Bits().put((int) crc.getValue(), 32).put(text.length, 32);
    return join(header(0), deflated, trailer.bytes());
  }

  private static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] log(int lines) throws IOException {
    var out = new ByteArrayOutputStream();
    new LogGenerator(LogFormat.COMBINED, 1, 0).lines(lines, out);
    return out.toByteArray();
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /// Bytes of which each is half as frequent as the one before: their codes are as long as there
  /// are.
  private static byte[] skewed(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (3 * Integer.numberOfTrailingZeros(random.nextInt() | 1 << 20));
      if (random.nextInt(300) == 0) {
        bytes[i] = (byte) random.nextInt();
      }
    }
    return bytes;
  }

  /// Writes Deflate by hand.
  private static final class Bits {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int partial;
    private int count;

    /// A number, its lowest bit first.
    Bits put(int value, int bits) {
      for (int i = 0; i < bits; i++) {
        partial |= ((value >>> i) & 1) << count++;
        if (count == 8) {
          out.write(partial);
          partial = 0;
          count = 0;
        }
      }
      return this;
    }

    /// A code, its highest bit first.
    Bits code(int code, int bits) {
      return put(Integer.reverse(code) >>> (32 - bits), bits);
    }

    Bits fixedBlock() {
      return put(1, 1).put(1, 2);
    }

    Bits storedBlock(byte[] bytes) {
      return put(0, 3).bytes(new byte[0]).put(bytes.length, 16).put(~bytes.length, 16).bytes(bytes);
    }

    /// A block with codes of these lengths: each length is told by itself, in four bits.
    Bits codesBlock(int[] literals, int[] distances) {
      put(1, 1).put(2, 2).put(29, 5).put(29, 5).put(15, 4).put(0, 9);
      for (int i = 0; i < 16; i++) {
        put(4, 3);
      }
      for (int length : literals) {
        code(length, 4);
      }
      for (int length : distances) {
        code(length, 4);
      }
      return this;
    }

    /// A symbol of a code that has these lengths.
    Bits symbol(int[] lengths, int symbol) {
      int code = 0;
      for (int i = 0; i < lengths.length; i++) {
        boolean before =
            lengths[i] < lengths[symbol] || (lengths[i] == lengths[symbol] && i < symbol);
        code += before && lengths[i] > 0 ? 1 << (lengths[symbol] - lengths[i]) : 0;
      }
      return code(code, lengths[symbol]);
    }

    Bits literal(int value) {
      return value < 144 ? code(0x30 + value, 8) : code(0x190 + value - 144, 9);
    }

    Bits match(int length, int distance) {
      int symbol = 0;
      int base = 3;
      while (symbol < 27 && base + (1 << lengthExtra(symbol)) <= length) {
        base += 1 << lengthExtra(symbol++);
      }
      if (length == 258) {
        code(0xc5, 8);
      } else {
        int number = 257 + symbol;
        if (number < 280) {
          code(number - 256, 7);
        } else {
          code(0xc0 + number - 280, 8);
        }
        put(length - base, lengthExtra(symbol));
      }
      symbol = 0;
      base = 1;
      while (base + (1 << distanceExtra(symbol)) <= distance) {
        base += 1 << distanceExtra(symbol++);
      }
      return code(symbol, 5).put(distance - base, distanceExtra(symbol));
    }

    private static int lengthExtra(int symbol) {
      return symbol < 8 ? 0 : symbol / 4 - 1;
    }

    private static int distanceExtra(int symbol) {
      return symbol < 4 ? 0 : symbol / 2 - 1;
    }

    Bits end() {
      return code(0, 7);
    }

    /// A block with codes of its own, as far as the lengths of the codes for lengths: of 16, 17,
    /// 18, 0 and so on.
    Bits lengthCodes(int... lengths) {
      put(1, 1).put(2, 2).put(0, 5).put(0, 5).put(15, 4);
      for (int i = 0; i < 19; i++) {
        put(i < lengths.length ? lengths[i] : 0, 3);
      }
      return this;
    }

    /// A block with no codes but one for its end, of one bit.
    Bits onlyEnd() {
      int[] lengths = new int[18];
      lengths[2] = 1; // 18: many zeros
      lengths[3] = 2; // 0
      lengths[17] = 2; // 1
      lengthCodes(lengths);
      put(0, 1).put(127, 7).put(0, 1).put(107, 7); // 256 times no code
      return code(3, 2).code(2, 2); // a code for the end, none for a distance
    }

    Bits bytes(byte[] more) {
      put(0, (8 - count) & 7);
      out.writeBytes(more);
      return this;
    }

    byte[] bytes() {
      bytes(new byte[0]);
      return out.toByteArray();
    }
  }
}
