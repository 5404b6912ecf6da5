package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// What is promised of each compression.
@Timeout(120)
class CompressionTest {
  private static final String TEXT = "one line\nand another\n".repeat(5_000);

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void each_is_known_by_its_first_bytes(Compression compression) throws Exception {
    byte[] file = compress(compression, TEXT);

    assertThat(Compression.of(file)).isEqualTo(compression);
    assertThat(undo(file)).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @EnumSource
  void an_empty_one_is_empty(Compression compression) throws Exception {
    assertThat(undo(compress(compression, ""))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void several_members_are_one_text(Compression compression) throws Exception {
    byte[] one = compress(compression, "one\n");
    byte[] two = compress(compression, "two\n");

    assertThat(undo(join(one, two))).isEqualTo("one\ntwo\n");
  }

  @ParameterizedTest
  @EnumSource
  void members_are_read_on_from_a_pipe_that_has_nothing_just_now(Compression compression)
      throws Exception {
    var slow =
        new ByteArrayInputStream(
            join(compress(compression, "one\n"), compress(compression, "two\n"))) {
          @Override
          public synchronized int available() {
            return 0;
          }

          @Override
          public synchronized int read(byte[] into, int from, int length) {
            return super.read(into, from, Math.min(length, 1));
          }
        };

    try (var in = Compression.undone(slow)) {
      assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("one\ntwo\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void one_that_is_cut_off_is_broken_after_what_it_still_has(Compression compression)
      throws Exception {
    byte[] file = compress(compression, random(1_000_000));
    byte[] cut = Arrays.copyOf(file, file.length - 20);
    var text = new ByteArrayOutputStream();

    assertThatThrownBy(
            () -> {
              try (var in = Compression.undone(new ByteArrayInputStream(cut))) {
                in.transferTo(text);
              }
            })
        .isInstanceOfAny(ZipException.class, EOFException.class);
    assertThat(text.size()).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void wherever_it_is_damaged_it_is_told_as_damage_or_as_text(Compression compression)
      throws Exception {
    byte[] file = compress(compression, random(20_000));
    var random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = file.clone();
      damaged[6 + random.nextInt(file.length - 6)] ^= (byte) (1 << random.nextInt(8));

      try (var in = Compression.undone(new ByteArrayInputStream(damaged))) {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (ZipException | EOFException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_fails_below_comes_through_as_it_is(Compression compression) throws Exception {
    byte[] file = compress(compression, random(300_000));
    var failure = new IOException("the disk is on fire");
    var failing =
        new InputStream() {
          private int at;

          @Override
          public int read() throws IOException {
            if (at == file.length / 2) {
              throw failure;
            }
            return file[at++] & 0xff;
          }

          @Override
          public int read(byte[] into, int from, int length) throws IOException {
            if (length > 0) {
              into[from] = (byte) read();
            }
            return Math.min(length, 1);
          }
        };

    assertThatThrownBy(
            () -> {
              try (var in = Compression.undone(failing)) {
                in.transferTo(OutputStream.nullOutputStream());
              }
            })
        .isSameAs(failure);
  }

  @ParameterizedTest
  @EnumSource
  void a_source_reads_it(Compression compression) throws Exception {
    var file = Files.write(dir.resolve("app.log"), compress(compression, TEXT));
    var source =
        new LogSource(
            new Inputs.Input("app.log", file, null), Blocks.of(1_024, true, 1), null, false);

    source.detect(null, Lines.UTC);
    long lines = 0;
    try (var cursor = Closing.of(source.open())) {
      for (var work = cursor.next(); work != null; work = cursor.next()) {
        lines += work.block().count();
      }
    }

    assertThat(lines).isEqualTo(10_000);
    assertThat(source.position()).isEqualTo(Files.size(file));
  }

  @Test
  void xz_that_asks_for_more_memory_than_there_is_is_refused() throws Exception {
    var bytes = new ByteArrayOutputStream();
    var options = new LZMA2Options(0);
    options.setDictSize(512 << 20);
    byte[] honest = compress(Compression.XZ, TEXT);
    bytes.write(honest);
    byte[] greedy = bytes.toByteArray();
    greedy[16] = 36; // the dictionary's size, in its own scale: 1 GiB
    fixCrc(greedy);

    assertThatThrownBy(() -> undo(greedy))
        .isInstanceOf(ZipException.class)
        .hasMessageContaining("memory");
  }

  /// Writes the checksum of the block header anew.
  private static void fixCrc(byte[] xz) {
    var crc = new java.util.zip.CRC32();
    int length = 4 * (xz[12] & 0xff);
    crc.update(xz, 12, length);
    for (int i = 0; i < 4; i++) {
      xz[12 + length + i] = (byte) (crc.getValue() >>> (8 * i));
    }
  }

  @Test
  void a_second_xz_waits_until_the_first_is_closed() throws Exception {
    byte[] file = compress(Compression.XZ, TEXT);
    var first = Compression.undone(new ByteArrayInputStream(file));
    assertThat(first.read()).isEqualTo('o');
    var second =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                undo(file);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    while (second.getState() != Thread.State.WAITING) {
      assertThat(second.isAlive()).isTrue();
      Thread.onSpinWait();
    }

    first.close();

    assertThat(second.join(java.time.Duration.ofSeconds(20))).isTrue();
  }

  @Test
  void text_is_left_as_it_is() throws Exception {
    for (var text : new String[] {"", "B", "BZ", "BZh is no bzip2", "(", "plain\n"}) {
      assertThat(undo(text.getBytes(UTF_8))).isEqualTo(text);
    }
  }

  private static String undo(byte[] bytes) throws IOException {
    try (var in = Compression.undone(new ByteArrayInputStream(bytes))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static byte[] join(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  private static String random(int length) {
    var random = new Random(3);
    var text = new StringBuilder(length);
    while (text.length() < length) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  private static byte[] compress(Compression compression, String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out =
        switch (compression) {
          case GZIP -> new GZIPOutputStream(bytes);
          case ZSTD -> new ZstdOutputStream(bytes);
          case XZ -> new XZOutputStream(bytes, new LZMA2Options(1));
          case BZIP2 -> new BZip2CompressorOutputStream(bytes);
        }) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }
}
