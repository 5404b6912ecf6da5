package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Damaged logs of all formats: nothing fails, nothing hangs, nothing is lost.
///
/// Each round takes the lines of a sample, often those of two, damages them, and reads them as what
/// they look like or as what they are not. `-Psoak` reads a million lines.
class FormatsFuzzTest {
  private static final long LINES = Long.getLong("sluice.soak.lines", 20_000);
  private static final long SEED = Long.getLong("sluice.seed", 20261121);

  /// However a log is damaged, one of a few hundred lines takes no time worth the name.
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(20);

  private static final List<String> NAMES =
      Arrays.stream(LogFormat.values())
          .map(format ->
              switch (format) {
                case GROK -> "grok:%{IPORHOST:host}.*?%{NUMBER:n} %{GREEDYDATA:rest}";
                case REGEX -> "regex:^(?<head>[^ ]*) (?<n>\\d+)?.*\"(?<quoted>[^\"]*)\"";
                default -> format.id();
              })
          .toList();

  private final Random random = new Random(SEED);

  @Test
  @Timeout(value = 90, unit = TimeUnit.MINUTES)
  void damaged_logs_lose_nothing_and_stop_nothing() throws Exception {
    var samples = CorpusSample.all();
    long lines = 0;
    for (int round = 0; lines < LINES; round++) {
      byte[] log = damaged(samples);
      @Nullable String named =
          random.nextInt(3) > 0 ? null : NAMES.get(random.nextInt(NAMES.size()));
      int blockLines = 1 + random.nextInt(random.nextBoolean() ? 4 : 1_024);
      int blockBytes = 1 + random.nextInt(random.nextBoolean() ? 200 : 256 * 1_024);
      long begun = System.nanoTime();
      try {
        var reading = Reading.of(new ByteArrayInputStream(log), named, blockLines, blockBytes);

        reading.check(log);
        sound(reading, log.length);
        var uncut = Reading.uncut(new ByteArrayInputStream(log), named, blockLines, blockBytes);
        assertThat(uncut.inWords()).isEqualTo(reading.inWords());
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(LONGEST_ROUND);
        lines += Math.max(1, reading.lines());
      } catch (Throwable e) {
        throw new AssertionError(
            "round %d of seed %d, as %s, blocks of %d lines and %d bytes:%n%s"
                .formatted(round, SEED, named, blockLines, blockBytes, new String(log, UTF_8)),
            e);
      }
    }
  }

  private static void sound(Reading reading, int size) {
    for (var record : reading.records()) {
      assertThat(record.values()).hasSameSizeAs(record.shape().columns());
      assertThat(record.line()).isPositive();
      assertThat(record.time() == null || record.time().endsWith("Z")).isTrue();
    }
    for (var fault : reading.rejected()) {
      assertThat(fault.reason()).matches("[a-z0-9-]+");
      assertThat(fault.detail()).isNotBlank().hasSizeLessThan(600).doesNotContain("\n");
      assertThat(fault.bytes()).hasSizeLessThanOrEqualTo(Rejected.KEPT_BYTES);
      assertThat(fault.length()).isBetween((long) fault.bytes().length, (long) size);
      assertThat(fault.line()).isPositive();
      assertThat(fault.offset()).isBetween(0L, (long) size);
    }
  }

  private byte[] damaged(List<CorpusSample> samples) {
    var lines = new ArrayList<byte[]>();
    int sources = 1 + random.nextInt(3);
    for (int i = 0; i < sources; i++) {
      var whole = lines(samples.get(random.nextInt(samples.size())).log());
      int copies = i == 0 ? 1 + random.nextInt(8) : 1;
      for (int copy = 0; copy < copies; copy++) {
        lines.addAll(whole);
      }
    }
    int damages = random.nextInt(1 + lines.size() / 2);
    for (int i = 0; i < damages; i++) {
      damage(lines);
    }
    var log = new ByteArrayOutputStream();
    lines.forEach(log::writeBytes);
    byte[] bytes = log.toByteArray();
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
  }

  private static List<byte[]> lines(byte[] log) {
    var lines = new ArrayList<byte[]>();
    int from = 0;
    for (int i = 0; i < log.length; i++) {
      if (log[i] == '\n') {
        lines.add(Arrays.copyOfRange(log, from, i + 1));
        from = i + 1;
      }
    }
    return lines;
  }

  private void damage(List<byte[]> lines) {
    int at = random.nextInt(lines.size());
    byte[] line = lines.get(at);
    switch (random.nextInt(12)) {
      case 0 -> lines.set(at, Arrays.copyOf(line, random.nextInt(line.length + 1)));
      case 1 ->
          lines.set(at, Arrays.copyOfRange(line, random.nextInt(line.length + 1), line.length));
      case 2 -> lines.set(at, flipped(line));
      case 3 -> lines.add(at, line);
      case 4 -> lines.set(at, lines.get(random.nextInt(lines.size())));
      case 5 -> lines.add(at, noise());
      case 6 -> lines.add(at, new byte[1 + random.nextInt(40)]);
      case 7 -> lines.add(at, "\r\n".getBytes(UTF_8));
      case 8 -> lines.set(at, joined(line, noise()));
      case 9 -> lines.add(at, marks());
      case 10 -> lines.add(at, joined(" \t".getBytes(UTF_8), line));
      default -> {
        if (random.nextInt(100) == 0) {
          byte[] giant = new byte[LineFramer.LONGEST_LINE + random.nextInt(100) - 50];
          Arrays.fill(giant, (byte) 'x');
          lines.add(at, giant);
        } else if (random.nextInt(30) == 0) {
          for (int i = 0; i < RecordFramer.MOST_LINES + 5; i++) {
            lines.add(at, "  more\n".getBytes(UTF_8));
          }
        } else {
          lines.set(at, joined(line, line));
        }
      }
    }
  }

  private byte[] flipped(byte[] line) {
    byte[] copy = line.clone();
    for (int i = 0; i <= random.nextInt(4) && copy.length > 0; i++) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }

  private byte[] noise() {
    byte[] noise = new byte[random.nextInt(60)];
    random.nextBytes(noise);
    return noise;
  }

  /// What formats mind most.
  private byte[] marks() {
    var marks = "\"\\{}[]()<>=:,;|-\t \n#*".toCharArray();
    var text = new StringBuilder();
    for (int i = random.nextInt(20); i >= 0; i--) {
      text.append(marks[random.nextInt(marks.length)]);
    }
    return text.toString().getBytes(UTF_8);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
