package dev.sluice.logs;

import static dev.sluice.logs.TargetFixtures.blocks;
import static dev.sluice.logs.TargetFixtures.json;
import static dev.sluice.logs.TargetFixtures.rejected;
import static dev.sluice.logs.TargetFixtures.rejects;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectedFileTest {
  @TempDir private Path dir;
  private Path file = Path.of("");

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("rejected.ndjson");
  }

  @Test
  void a_rejected_line_is_kept_with_its_place_and_reason() throws Exception {
    write(
        new Rejected(
            "a.log", 7, 123, "no-quote", "no closing \"", "GET \"/x\t".getBytes(UTF_8), 8));

    assertThat(file)
        .hasContent(
            "{\"source\":\"a.log\",\"line\":7,\"offset\":123,\"reason\":\"no-quote\",\"detail\":\"no closing \\\"\","
                + "\"text\":\"GET \\\"/x\\t\",\"truncated\":false}\n");
  }

  @Test
  void bytes_that_are_no_utf_8_are_kept_exactly() throws Exception {
    write(new Rejected("a.log", 7, 0, "r", "d", new byte[] {'a', (byte) 0xFF, 0, 'b'}, 4));

    assertThat(file)
        .content()
        .contains("\"text\":\"a\uFFFD\\u0000b\",\"truncated\":false,\"bytes\":\"Yf8AYg==\"}");
  }

  @Test
  void a_character_cut_in_two_is_no_invalid_one() throws Exception {
    var whole = "äöü".getBytes(UTF_8);

    write(new Rejected("a.log", 7, 0, "r", "d", Arrays.copyOf(whole, 5), whole.length));

    assertThat(file)
        .content()
        .contains("\"text\":\"äö\",\"truncated\":true}")
        .doesNotContain("bytes");
  }

  @Test
  void half_a_character_at_the_end_of_a_whole_line_is_invalid() throws Exception {
    write(new Rejected("a.log", 7, 0, "r", "d", new byte[] {'a', (byte) 0xC3}, 2));

    assertThat(file)
        .content()
        .contains("\"text\":\"a\uFFFD\",\"truncated\":false,\"bytes\":\"YcM=\"}");
  }

  @Test
  void no_file_is_made_and_an_older_one_stays_if_nothing_is_rejected() throws Exception {
    try (var target = new RejectedFile(file)) {
      target.open(List.of(LogFormat.JSON));
      target.write(blocks(json(1, "k", "v")));
    }
    assertThat(file).doesNotExist();

    Files.writeString(file, "older");
    write();
    assertThat(file).hasContent("older");
  }

  @Test
  void an_older_file_is_replaced_by_the_first_rejected_line() throws Exception {
    Files.writeString(file, "older and longer".repeat(100));

    try (var target = new RejectedFile(file)) {
      target.open(List.of(LogFormat.JSON));
      target.write(rejects(rejected("a.log", 1, "r", "one")));
      target.write(rejects(rejected("a.log", 2, "r", "two")));
    }

    assertThat(Files.readAllLines(file))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"text\":\"one\""),
            line -> assertThat(line).contains("\"text\":\"two\""));
  }

  @Test
  void a_place_where_no_file_can_be_is_named_before_anything_is_read() {
    assertThatThrownBy(() -> new RejectedFile(dir.resolve("no/r.ndjson")).open(List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no directory " + dir.resolve("no"));
  }

  private void write(Rejected... rejected) throws IOException {
    try (var target = new RejectedFile(file)) {
      target.open(List.of(LogFormat.JSON));
      target.write(rejects(rejected));
    }
  }
}
