package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every sample is recognised, parsed and typed as its truth has it, however its lines fall into
/// blocks.
class CorpusTest {
  static Stream<CorpusSample> samples() {
    return CorpusSample.all().stream();
  }

  @Test
  void there_are_at_least_sixty_samples_of_all_formats() {
    var samples = CorpusSample.all();

    assertThat(samples).hasSizeGreaterThanOrEqualTo(60);
    assertThat(samples).extracting(CorpusSample::name).doesNotHaveDuplicates();
    for (var format : LogFormat.values()) {
      assertThat(samples)
          .as(format.id())
          .anyMatch(sample -> sample.form().matches(format.id() + "($|[ :].*)"));
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_sample_is_what_its_truth_says(CorpusSample sample) throws Exception {
    var reading = read(sample, 1_024, 256 * 1_024);
    reading.check(sample.log());

    if (!sample.named()) {
      assertThat(reading.detection().what()).isEqualTo(sample.form());
    }
    assertThat(reading.rejected())
        .extracting(fault -> new CorpusSample.Fault(fault.line(), fault.reason()))
        .isEqualTo(sample.faults());
    assertThat(reading.records()).hasSameSizeAs(sample.records());
    for (int i = 0; i < sample.records().size(); i++) {
      var expected = sample.records().get(i);
      var found = reading.records().get(i);
      assertThat(found.line()).as("line of record %d", i + 1).isEqualTo(expected.line());
      assertThat(found.time()).as("time of line %d", found.line()).isEqualTo(expected.time());
      var values = new LinkedHashMap<>(Lines.values(found));
      if (expected.more()) {
        values.keySet().retainAll(expected.values().keySet());
      }
      assertThat(values).as("line %d", found.line()).isEqualTo(expected.values());
      typed(found);
    }
    assertThat(reading.skipped()).as("skipped").isEqualTo(sample.skipped());
    assertThat(reading.filtered()).as("filtered").isEqualTo(sample.filtered());
  }

  /// A column of a type has values of that type only.
  private static void typed(LogRecord found) {
    var columns = found.shape().columns();
    assertThat(found.values()).hasSameSizeAs(columns);
    for (int i = 0; i < columns.size(); i++) {
      var value = found.values()[i];
      var type = Fields.typeOf(value);
      boolean fits =
          type == null
              || type == columns.get(i).type()
              || Fields.wider(type, columns.get(i).type()) == columns.get(i).type();
      assertThat(fits).as("%s in %s", value, columns.get(i)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void blocks_of_any_size_hold_the_same(CorpusSample sample) throws Exception {
    var whole = read(sample, 1_024, 256 * 1_024);

    for (int lines : List.of(1, 2, 3, 7)) {
      for (int bytes : List.of(1, 100, 4_096)) {
        var pieces = read(sample, lines, bytes);

        pieces.check(sample.log());
        assertThat(pieces.records())
            .as("%d lines, %d bytes", lines, bytes)
            .usingRecursiveComparison()
            .ignoringFields("shape")
            .isEqualTo(whole.records());
        assertThat(pieces.rejected()).usingRecursiveComparison().isEqualTo(whole.rejected());
        assertThat(pieces.filtered()).isEqualTo(whole.filtered());
        assertThat(pieces.skipped()).isEqualTo(whole.skipped());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void line_ends_of_windows_change_nothing(CorpusSample sample) throws Exception {
    if (sample.form().equals("journal")) {
      return; // lengths are told there
    }
    var log = new String(sample.log(), java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] windows =
        log.replace("\r\n", "\n")
            .replace("\n", "\r\n")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    var whole = read(sample, 1_024, 256 * 1_024);
    var reading =
        Reading.of(
            new ByteArrayInputStream(windows),
            sample.named() ? sample.form() : null,
            1_024,
            256 * 1_024);

    reading.check(windows);
    assertThat(reading.detection().what()).isEqualTo(whole.detection().what());
    assertThat(reading.records())
        .usingRecursiveComparison()
        .ignoringFields("shape")
        .isEqualTo(whole.records());
  }

  private static Reading read(CorpusSample sample, int lines, int bytes) throws IOException {
    return Reading.of(
        new ByteArrayInputStream(sample.log()),
        sample.named() ? sample.form() : null,
        lines,
        bytes);
  }
}
