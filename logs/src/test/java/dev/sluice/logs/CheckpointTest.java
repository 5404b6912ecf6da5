package dev.sluice.logs;

import static dev.sluice.logs.Runs.json;
import static dev.sluice.logs.Runs.upTo;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final String[] ALL = {"sqlite:x.db", "ndjson:x.ndjson", "csv:x.csv"};

  @TempDir private Path dir;
  private Runs runs = new Runs(Path.of(""));

  @BeforeEach
  void work() {
    runs = new Runs(dir);
  }

  private void assertEachOnce(int last) throws Exception {
    var expected = upTo(last);
    assertThat(runs.numbers("x.ndjson")).isEqualTo(expected);
    assertThat(runs.rows("SELECT n FROM logs ORDER BY rowid"))
        .isEqualTo(expected.stream().map(String::valueOf).toList());
    assertThat(
            Files.readAllLines(runs.file("x.csv")).stream()
                .skip(1)
                .map(line -> Integer.valueOf(line.split(",", -1)[3]))
                .toList())
        .isEqualTo(expected);
  }

  // Going on

  @Test
  void a_log_that_has_grown_is_read_on() throws Exception {
    runs.write("a.json", json(1, 3_000));
    var first = runs.resumable("a.json", ALL);
    runs.append("a.json", json(3_001, 5_000));

    var second = runs.resumable("a.json", ALL);

    assertEachOnce(5_000);
    assertThat(first.written()).isEqualTo(3_000);
    assertThat(second.written()).isEqualTo(2_000);
    assertThat(second.sources().getFirst().continuedLine()).isEqualTo(3_001);
    assertThat(second.sources().getFirst().continuedAt()).isEqualTo(json(1, 3_000).length());
    assertThat(runs.rows("SELECT max(line) FROM logs")).containsExactly("5000");
    assertThat(runs.resumed())
        .containsExactly(
            "%s: continued at line 3,001 (byte %,d)"
                .formatted(runs.file("a.json"), json(1, 3_000).length()));
  }

  @Test
  void a_compressed_log_that_has_got_another_member_is_read_on() throws Exception {
    runs.gzip("a.gz", json(1, 3_000));
    runs.resumable("a.gz", ALL);
    runs.gzip("more", json(3_001, 4_000));
    Files.write(
        runs.file("a.gz"), Files.readAllBytes(runs.file("more")), StandardOpenOption.APPEND);

    var second = runs.resumable("a.gz", ALL);

    assertEachOnce(4_000);
    assertThat(second.read()).isEqualTo(1_000);
  }

  @Test
  void a_run_with_nothing_new_writes_nothing() throws Exception {
    runs.write("a.json", json(1, 1_500));
    runs.resumable("a.json", ALL);
    var before = Files.readAllBytes(runs.file("x.csv"));

    var second = runs.resumable("a.json", ALL);

    assertThat(second.read()).isZero();
    assertEachOnce(1_500);
    assertThat(runs.file("x.csv")).hasBinaryContent(before);
  }

  @Test
  void a_target_that_is_new_gets_everything_and_the_others_nothing_twice() throws Exception {
    runs.write("a.json", json(1, 2_500) + "rubbish\n");
    runs.resumable("a.json", "ndjson:x.ndjson");
    assertThat(runs.rejects("rejected.ndjson")).hasSize(1);

    var second = runs.resumable("a.json", ALL);

    assertEachOnce(2_500);
    assertThat(second.written()).isEqualTo(2_500);
    assertThat(second.rejected()).isEqualTo(1);
    assertThat(runs.rejects("rejected.ndjson")).hasSize(1);
  }

  @Test
  void a_database_that_was_deleted_is_filled_again() throws Exception {
    runs.write("a.json", json(1, 100));
    runs.resumable("a.json", ALL);
    Files.delete(runs.file("x.db"));
    runs.append("a.json", json(101, 150));

    runs.resumable("a.json", ALL);

    assertEachOnce(150);
  }

  @Test
  void rejected_lines_go_on_in_their_file() throws Exception {
    runs.write("a.json", json(1, 10) + "one\n" + json(11, 20));
    runs.resumable("a.json", ALL);
    runs.append("a.json", "two\n");

    runs.resumable("a.json", ALL);

    assertEachOnce(20);
    assertThat(runs.rejects("rejected.ndjson"))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"line\":11,", "\"text\":\"one\""),
            line -> assertThat(line).contains("\"line\":22,", "\"text\":\"two\""));
  }

  @Test
  void what_was_written_without_being_recorded_is_cut_off() throws Exception {
    runs.write("a.json", json(1, 1_200));
    runs.resumable("a.json", ALL);
    runs.append("x.ndjson", "{\"n\":1201}\n{\"n\":12");
    runs.append("x.csv", "a.json,1201,");
    runs.append("a.json", json(1_201, 1_300));

    runs.resumable("a.json", ALL);

    assertEachOnce(1_300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ndjson:out.ndjson.gz", "ndjson:out.ndjson.zst"})
  void compressed_outputs_go_on_between_members(String target) throws Exception {
    runs.write("a.json", json(1, 1_200));
    runs.resumable("a.json", target);
    var file = runs.file(target.substring(target.indexOf(':') + 1));
    Files.write(file, new byte[] {0x1f, (byte) 0x8b, 8, 0}, StandardOpenOption.APPEND);
    runs.append("a.json", json(1_201, 1_300));

    runs.resumable("a.json", target);

    assertThat(Runs.numbersIn(OutputTest.unpacked(file))).isEqualTo(upTo(1_300));
  }

  @Test
  void rotated_outputs_go_on_in_their_last_part() throws Exception {
    runs.write("a.json", json(1, 1_000));
    runs.resumable("a.json", "ndjson:o.ndjson?rotate=20kB", "csv:o.csv?rotate=20kB");
    runs.append("a.json", json(1_001, 3_000));

    runs.resumable("a.json", "ndjson:o.ndjson?rotate=20kB", "csv:o.csv?rotate=20kB");

    var all = new StringBuilder();
    int rows = 0;
    for (int part = 1; Files.exists(runs.file("o.ndjson." + part)); part++) {
      all.append(Files.readString(runs.file("o.ndjson." + part)));
    }
    for (int part = 1; Files.exists(runs.file("o.csv." + part)); part++) {
      var lines = Files.readAllLines(runs.file("o.csv." + part));
      assertThat(lines.getFirst()).isEqualTo("source,line,time,n,text,extra");
      rows += lines.size() - 1;
    }
    assertThat(Runs.numbersIn(all.toString())).isEqualTo(upTo(3_000));
    assertThat(rows).isEqualTo(3_000);
  }

  @Test
  void csv_keeps_the_columns_that_it_began_with() throws Exception {
    runs.write("a.json", "{\"time\":\"x\",\"b\":1}\n");
    runs.resumable("a.json", "csv:x.csv");
    runs.append("a.json", "{\"c\":3,\"b\":2,\"time\":\"y\"}\n");

    runs.resumable("a.json", "csv:x.csv");

    var source = runs.file("a.json");
    assertThat(runs.file("x.csv"))
        .hasContent(
            "source,line,time,time_,b,extra\n%s,1,,x,1,\n%s,2,,y,2,\"{\"\"c\"\":3}\"\n"
                .formatted(source, source));
  }

  // Which file is the same

  @Test
  void a_renamed_file_goes_on_under_its_new_name_and_the_new_one_begins() throws Exception {
    runs.write("a.log", json(1, 100));
    runs.resumable("a.log", ALL);
    runs.append("a.log", json(101, 110));
    Files.move(runs.file("a.log"), runs.file("a.log.1"));
    runs.write("a.log", json(111, 120));

    runs.resumable("a.log.1 a.log", "sqlite:x.db");

    assertThat(runs.rows("SELECT count(*), count(DISTINCT n) FROM logs"))
        .containsExactly("120|120");
    assertThat(runs.resumed())
        .anySatisfy(text -> assertThat(text).contains("a.log.1: continued at line 101"))
        .anySatisfy(text -> assertThat(text).contains("a.log: another file than the one"));
  }

  @Test
  void a_replaced_file_is_read_from_its_start() throws Exception {
    runs.write("a.log", json(1, 100));
    runs.resumable("a.log", "sqlite:x.db");
    Files.move(
        runs.write("new", json(1_001, 1_300)),
        runs.file("a.log"),
        StandardCopyOption.REPLACE_EXISTING);

    runs.resumable("a.log", "sqlite:x.db");

    assertThat(runs.rows("SELECT count(*), count(DISTINCT n) FROM logs"))
        .containsExactly("400|400");
  }

  @Test
  void a_file_that_was_cut_off_is_read_from_its_start_and_that_is_said() throws Exception {
    runs.write("a.log", json(1, 2_000));
    runs.resumable("a.log", "sqlite:x.db", "ndjson:x.ndjson");
    runs.write("a.log", json(1, 1_500)); // the same beginning, the same inode, but less

    var second = runs.resumable("a.log", "sqlite:x.db", "ndjson:x.ndjson");

    assertThat(second.written()).isEqualTo(1_500);
    assertThat(runs.rows("SELECT count(*) FROM logs")).containsExactly("3500");
    assertThat(runs.resumed()).singleElement().asString().contains("it was cut off");
  }

  @Test
  void a_file_that_was_cut_off_and_has_grown_past_the_old_place_is_another() throws Exception {
    runs.write("a.log", json(1, 100));
    runs.resumable("a.log", "sqlite:x.db");
    runs.write("a.log", json(5_001, 5_400)); // the same inode

    runs.resumable("a.log", "sqlite:x.db");

    assertThat(runs.rows("SELECT count(*), count(DISTINCT n) FROM logs"))
        .containsExactly("500|500");
  }

  @Test
  void files_with_the_same_beginning_are_told_apart() throws Exception {
    runs.write("a.log", json(1, 100));
    runs.write("b.log", json(1, 200));
    runs.resumable("a.log b.log", "sqlite:x.db");
    runs.append("b.log", json(201, 210));

    var second = runs.resumable("b.log a.log", "sqlite:x.db");

    assertThat(second.written()).isEqualTo(10);
  }

  @Test
  void a_file_with_two_names_is_read_under_each() throws Exception {
    runs.write("a.log", json(1, 50));
    Files.createLink(runs.file("b.log"), runs.file("a.log"));
    runs.resumable("a.log b.log", "sqlite:x.db");
    runs.append("a.log", json(51, 60));

    runs.resumable("b.log a.log", "sqlite:x.db");

    assertThat(runs.rows("SELECT count(*), count(DISTINCT source || n) FROM logs"))
        .containsExactly("120|120");
  }

  @Test
  void a_file_that_was_empty_is_the_same_when_it_has_grown() throws Exception {
    runs.write("a.log", "");
    runs.resumable("a.log", "ndjson:x.ndjson");
    runs.append("a.log", json(1, 5));
    runs.resumable("a.log", "ndjson:x.ndjson");
    runs.append("a.log", json(6, 100));

    runs.resumable("a.log", "ndjson:x.ndjson");

    assertThat(runs.numbers("x.ndjson")).isEqualTo(upTo(100));
  }

  @Test
  void a_format_once_recognised_is_kept() throws Exception {
    runs.write("a.log", json(1, 3));
    runs.resumable("a.log", "ndjson:x.ndjson");
    runs.append("a.log", "just words\n".repeat(200));

    var second = runs.resumable("a.log", "ndjson:x.ndjson");

    assertThat(second.rejected()).isEqualTo(200);
  }

  // Ends that are none

  @Test
  void the_rest_of_a_line_that_was_read_too_early_is_rejected() throws Exception {
    runs.write("a.log", json(1, 5) + "{\"n\":6}");
    runs.resumable("a.log", "ndjson:x.ndjson");
    runs.append("a.log", ",\"and\":\"more\"}\n" + json(7, 9));

    var second = runs.resumable("a.log", "ndjson:x.ndjson");

    assertThat(runs.numbers("x.ndjson")).isEqualTo(upTo(9));
    assertThat(second.rejected()).isEqualTo(1);
    assertThat(runs.rejects("rejected.ndjson").getFirst())
        .contains(
            "\"line\":6,", "\"reason\":\"continued\"", "\"text\":\",\\\"and\\\":\\\"more\\\"}\"");
    assertThat(Files.readAllLines(runs.file("x.ndjson")).getLast()).contains("\"line\":9,");
  }

  @Test
  void a_line_end_that_comes_late_is_no_line() throws Exception {
    runs.write("a.log", json(1, 5) + "{\"n\":6}");
    runs.resumable("a.log", "ndjson:x.ndjson");
    runs.append("a.log", "\r\n" + json(7, 9));

    var second = runs.resumable("a.log", "ndjson:x.ndjson");

    assertThat(runs.numbers("x.ndjson")).isEqualTo(upTo(9));
    assertThat(second.read()).isEqualTo(3);
  }

  @Test
  void a_damaged_file_and_a_binary_one_are_told_once() throws Exception {
    runs.gzip("a.gz", json(1, 20_000));
    var whole = Files.readAllBytes(runs.file("a.gz"));
    Files.write(runs.file("a.gz"), Arrays.copyOf(whole, whole.length / 2));
    Files.write(runs.file("photo"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0});
    var first = runs.resumable("a.gz photo", "ndjson:x.ndjson");
    assertThat(first.rejected()).isEqualTo(2);

    var second = runs.resumable("a.gz photo", "ndjson:x.ndjson");

    assertThat(second.read()).isZero();
    assertThat(runs.rejects("rejected.ndjson")).hasSize(2);

    var third = runs.resumable("a.gz photo", "ndjson:x.ndjson", "sqlite:x.db");

    assertThat(third.rejected()).isEqualTo(2);
    assertThat(runs.rejects("rejected.ndjson")).hasSize(2);
  }

  @Test
  void a_truncated_file_that_was_completed_goes_on() throws Exception {
    runs.gzip("a.gz", json(1, 20_000));
    var whole = Files.readAllBytes(runs.file("a.gz"));
    Files.write(runs.file("a.gz"), Arrays.copyOf(whole, whole.length / 2));
    runs.resumable("a.gz", "ndjson:x.ndjson");
    int had = runs.numbers("x.ndjson").size();
    try (var out = Files.newOutputStream(runs.file("a.gz"), StandardOpenOption.APPEND)) {
      out.write(whole, whole.length / 2, whole.length - whole.length / 2);
    }

    var second = runs.resumable("a.gz", "ndjson:x.ndjson");

    var expected = upTo(20_000);
    expected.remove(
        Integer.valueOf(had + 1)); // the line that the end cut in two, whose halves were rejected
    assertThat(runs.numbers("x.ndjson")).isEqualTo(expected);
    assertThat(second.rejected()).isEqualTo(1);
    assertThat(runs.rejects("rejected.ndjson"))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"undecodable\""),
            line -> assertThat(line).contains("\"continued\""));
  }

  // What cannot be

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ndjson:-                  | ndjson:- cannot
          csv:-                     | csv:- cannot
          """)
  void targets_that_cannot_go_on_are_refused(String target, String message) throws Exception {
    runs.write("a.json", json(1, 3));

    assertThatThrownBy(() -> runs.resumable("a.json", target))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
    assertThat(runs.file("cp")).doesNotExist();
  }

  @Test
  void a_summary_is_refused() throws Exception {
    runs.write("a.json", json(1, 3));

    assertThatThrownBy(() -> runs.resumable("a.json"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--checkpoint needs targets that can go on where they ended");
  }

  @Test
  void another_condition_is_refused_and_nothing_changes() throws Exception {
    runs.write("a.json", json(1, 30));
    runs.run(runs.job("a.json", null, "n > 10", "cp", "ndjson:x.ndjson"));
    var before = Files.readAllBytes(runs.file("x.ndjson"));

    assertThatThrownBy(() -> runs.run(runs.job("a.json", null, "n > 20", "cp", "ndjson:x.ndjson")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("belongs to a run with --where 'n > 10', and this one has --where");
    assertThat(runs.file("x.ndjson")).hasBinaryContent(before);
  }

  @Test
  void a_file_that_is_no_checkpoint_is_left_alone() throws Exception {
    runs.write("a.json", json(1, 3));
    runs.write("cp", "precious notes, not a database, and long enough to be looked at".repeat(20));

    assertThatThrownBy(() -> runs.resumable("a.json", "ndjson:x.ndjson"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("cp is not a checkpoint of sluice");
    assertThat(runs.file("cp")).content().startsWith("precious notes");

    runs.run(runs.job("a.json", null, null, null, "sqlite:x.db"));
    assertThatThrownBy(() -> runs.run(runs.job("a.json", null, null, "x.db", "ndjson:x.ndjson")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("x.db is not a checkpoint of sluice");
    assertThat(runs.rows("PRAGMA journal_mode")).containsExactly("delete");
  }

  @Test
  void a_checkpoint_in_use_is_refused() throws Exception {
    runs.write("a.json", json(1, 3));
    try (var _ = Checkpoint.open(runs.file("cp"), "")) {
      assertThatThrownBy(() -> runs.resumable("a.json", "ndjson:x.ndjson"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("another run is using checkpoint");
    }
    runs.resumable("a.json", "ndjson:x.ndjson");
    assertThat(runs.numbers("x.ndjson")).isEqualTo(upTo(3));
  }

  @Test
  void an_output_that_was_changed_is_named_and_nothing_is_lost() throws Exception {
    runs.write("a.json", json(1, 30));
    runs.resumable("a.json", "ndjson:x.ndjson");
    runs.write("x.ndjson", "");

    assertThatThrownBy(() -> runs.resumable("a.json", "ndjson:x.ndjson"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 0 bytes, but the checkpoint says");
  }

  @Test
  void the_checkpoint_is_no_input_of_its_directory() throws Exception {
    runs.write("a.json", json(1, 30));
    var job = runs.job("", null, null, "cp", "sqlite:x.db", "ndjson:x.ndjson?rotate=1kB");

    runs.run(job);
    var second = runs.run(job);

    assertThat(second.read()).isZero();
    assertThat(second.sources()).hasSize(1);
  }

  @Test
  void a_gzip_file_that_became_shorter_is_an_error_of_that_source() throws Exception {
    runs.gzip("a.gz", "x\n" + json(1, 20_000));
    runs.resumable("a.gz", "ndjson:x.ndjson");
    var whole = Files.readAllBytes(runs.file("a.gz"));
    Files.write(runs.file("a.gz"), Arrays.copyOf(whole, whole.length / 2));

    var second = runs.resumable("a.gz", "ndjson:x.ndjson");

    assertThat(second.sources().getFirst().error()).contains("where an earlier run ended");
  }

  @Test
  void a_run_leaves_its_account_in_the_database() throws Exception {
    runs.write("a.json", json(1, 30) + "rubbish\n");
    runs.run(runs.job("a.json", null, null, null, "sqlite:x.db"));

    assertThat(
            runs.rows(
                "SELECT outcome, read, written, rejected, ended >= started, account ->> 'read' FROM sluice_runs"))
        .containsExactly("finished|31|30|1|1|31");
  }

  @Test
  void positions_are_bytes_of_what_was_decoded() throws Exception {
    var text = "\uFEFF" + json(1, 3) + "\0\0\0" + json(4, 6).replace("\n", "\r\n");
    runs.write("a.json", text);
    runs.resumable("a.json", "sqlite:x.db");

    assertThat(runs.rows("SELECT at_byte, at_line, ended FROM sluice_positions"))
        .containsExactly(text.getBytes(UTF_8).length + "|7|0");
  }
}
