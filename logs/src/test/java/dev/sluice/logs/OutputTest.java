package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTest {
  @TempDir private Path dir;

  /// The text of a file that is compressed as its name says.
  static String unpacked(Path file) throws IOException {
    try (var in = Files.newInputStream(file);
        var text =
            switch (Packing.of(file)) {
              case NONE -> in;
              case GZIP -> new GZIPInputStream(in);
              case ZSTD -> new ZstdInputStreamNoFinalizer(in);
            }) {
      return new String(text.readAllBytes(), UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out.gz", "out.zst", "out"})
  void each_commit_can_be_read_and_a_rollback_leaves_nothing(String name) throws Exception {
    var file = dir.resolve(name);
    try (var output = Output.open("x", spec(file, 0))) {
      output.write("first\n".repeat(50_000).getBytes(UTF_8));
      output.commit();
      assertThat(unpacked(file)).isEqualTo("first\n".repeat(50_000));

      output.write("never\n".repeat(50_000).getBytes(UTF_8));
      output.rollback();
      output.write("second\n".getBytes(UTF_8));
      output.commit();
      output.write("nor this\n".getBytes(UTF_8));
    }

    assertThat(unpacked(file)).isEqualTo("first\n".repeat(50_000) + "second\n");
  }

  @ParameterizedTest
  @CsvSource({"out, out.1, out.2, out.3", "o.csv.gz, o.csv.1.gz, o.csv.2.gz, o.csv.3.gz"})
  void parts_have_numbers_before_the_suffix(String name, String one, String two, String three)
      throws Exception {
    try (var output = Output.open("x", spec(dir.resolve(name), 10))) {
      part(output, "aaaaaaaaaaaa");
      part(output, "bbbbbbbbbbbb");
      part(output, "cc");
    }

    assertThat(unpacked(dir.resolve(one))).isEqualTo("aaaaaaaaaaaa");
    assertThat(unpacked(dir.resolve(two))).isEqualTo("bbbbbbbbbbbb");
    assertThat(unpacked(dir.resolve(three))).isEqualTo("cc");
    assertThat(dir.toFile().list()).containsExactlyInAnyOrder(one, two, three);
  }

  private static void part(Output output, String text) throws IOException {
    if (output.isFull()) {
      output.nextPart();
    }
    output.write(text.getBytes(UTF_8));
    output.commit();
  }

  @Test
  void a_rollback_takes_parts_back_too() throws Exception {
    try (var output = Output.open("x", spec(dir.resolve("out"), 4))) {
      part(output, "kept");
      output.nextPart();
      output.write("gone".getBytes(UTF_8));
      output.nextPart();
      output.write("gone".getBytes(UTF_8));
      output.flush();
      output.rollback();
      assertThat(dir.toFile().list()).containsExactly("out.1");

      part(output, "next");
    }

    assertThat(dir.resolve("out.1")).hasContent("kept");
    assertThat(dir.resolve("out.2")).hasContent("next");
  }

  @Test
  void parts_of_an_earlier_run_do_not_stay() throws Exception {
    for (int i = 1; i <= 5; i++) {
      Files.writeString(dir.resolve("out." + i), "old");
    }
    try (var output = Output.open("x", spec(dir.resolve("out"), 100))) {
      output.write("new".getBytes(UTF_8));
      output.commit();
    }

    assertThat(dir.toFile().list()).containsExactly("out.1");
    assertThat(dir.resolve("out.1")).hasContent("new");
  }

  @Test
  void it_goes_on_at_a_state_and_drops_what_came_after() throws Exception {
    Files.writeString(dir.resolve("out.1"), "one");
    Files.writeString(dir.resolve("out.2"), "two, and more");
    Files.writeString(dir.resolve("out.3"), "three");
    try (var output = Output.resume("x", spec(dir.resolve("out"), 100), new Output.State(2, 3))) {
      output.write("!".getBytes(UTF_8));
      output.commit();
    }

    assertThat(dir.resolve("out.1")).hasContent("one");
    assertThat(dir.resolve("out.2")).hasContent("two!");
    assertThat(dir.resolve("out.3")).doesNotExist();
  }

  @Test
  void a_file_that_is_shorter_than_its_state_is_refused() throws Exception {
    Files.writeString(dir.resolve("out"), "12345");

    assertThatThrownBy(
            () -> Output.resume("csv:out", spec(dir.resolve("out"), 0), new Output.State(0, 6)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot go on with csv:out")
        .hasMessageContaining("has 5 bytes, but the checkpoint says 6");
    assertThat(dir.resolve("out")).hasContent("12345");
  }

  @Test
  void parts_are_known_by_their_names() {
    var spec = spec(dir.resolve("o.csv.gz"), 10);

    assertThat(spec.isPart(dir.resolve("o.csv.12.gz"))).isTrue();
    assertThat(spec.isPart(dir.resolve("o.csv.gz"))).isFalse();
    assertThat(spec.isPart(dir.resolve("o.csv.x.gz"))).isFalse();
    assertThat(spec.isPart(dir.resolve("sub").resolve("o.csv.1.gz"))).isFalse();
    assertThat(spec(dir.resolve("o.csv"), 0).isPart(dir.resolve("o.csv.1"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1GB, 1000000000",
    "1GiB, 1073741824",
    "500kB, 500000",
    "1.5MiB, 1572864",
    "12, 12",
    "7b, 7"
  })
  void sizes_are_read_as_people_write_them(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  private static FileSpec spec(Path file, long rotate) {
    return new FileSpec(file, Packing.of(file), rotate);
  }
}
