package dev.sluice.logs;

import static dev.sluice.logs.FollowedRun.append;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is promised of followed files, on real ones.
@Timeout(120)
class FollowerTest {
  @TempDir Path dir;

  private Path logs;
  private Path log;

  @BeforeEach
  void make_a_place() throws IOException {
    logs = Files.createDirectory(dir.resolve("logs"));
    log = logs.resolve("app.log");
  }

  @Test
  void what_is_there_comes_first_and_then_what_is_added() throws Exception {
    append(log, "a\nb\n");
    try (var run = follow(log)) {
      assertThat(run.awaitLines(2)).containsExactly("a", "b");

      append(log, "c\n");

      assertThat(run.awaitLines(3)).containsExactly("a", "b", "c");
      var account = run.end();
      assertThat(account.balances()).isTrue();
      assertThat(account.written()).isEqualTo(3);
      assertThat(account.bytes()).isEqualTo(6);
    }
  }

  @Test
  void a_line_without_its_end_waits_for_its_rest() throws Exception {
    append(log, "whole\nhal");
    try (var run = follow(log)) {
      assertThat(run.awaitLines(1)).containsExactly("whole");

      append(log, "f\nnext\n");

      assertThat(run.awaitLines(3)).containsExactly("whole", "half", "next");
    }
  }

  @Test
  void a_renamed_file_is_read_to_its_end_before_the_one_that_took_its_name() throws Exception {
    append(log, "a\n");
    try (var run = follow(log)) {
      run.awaitLines(1);

      append(log, "b\n");
      Files.move(log, logs.resolve("app.log.1"));
      append(log, "c\n");

      assertThat(run.awaitLines(3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void whoever_still_writes_to_a_renamed_file_is_read_too() throws Exception {
    append(log, "a\n");
    try (var run = follow(log)) {
      run.awaitLines(1);

      Files.move(log, logs.resolve("app.log.1"));
      append(log, "new\n");
      run.awaitLines(2);
      append(logs.resolve("app.log.1"), "late\n");

      assertThat(run.awaitLines(3)).containsExactly("a", "new", "late");
    }
  }

  @Test
  void files_that_came_and_went_between_two_looks_are_found_by_their_names() throws Exception {
    append(log, "0\n");
    append(logs.resolve("app.log.7"), "older than the run\n");
    var expected = new ArrayList<>(List.of("0"));
    try (var run = follow(log)) {
      run.awaitLines(1);
      for (int i = 1; i <= 60; i++) {
        rotateByRename(5);
        append(log, i + "\n");
        expected.add(Integer.toString(i));
        if (i % 4 == 0) {
          run.awaitLines(i); // or more would be deleted than anybody can look for
        }
      }

      assertThat(run.awaitLines(61)).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(run.end().written()).isEqualTo(61);
    }
  }

  /// As logrotate does: app.log.1 becomes app.log.2, and so on up to `kept`; app.log becomes
  /// app.log.1.
  private void rotateByRename(int kept) throws IOException {
    for (int i = kept - 1; i >= 1; i--) {
      var from = logs.resolve("app.log." + i);
      if (Files.exists(from)) {
        Files.move(from, logs.resolve("app.log." + (i + 1)), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Files.move(log, logs.resolve("app.log.1"));
  }

  @Test
  void a_deleted_and_created_file_is_another_even_if_it_says_the_same() throws Exception {
    append(log, "started\n");
    try (var run = follow(log)) {
      run.awaitLines(1);

      Files.delete(log);
      append(log, "started\n");

      assertThat(run.awaitLines(2)).containsExactly("started", "started");
      assertThat(run.end().balances()).isTrue();
    }
  }

  @Test
  void a_file_that_is_not_there_yet_is_waited_for() throws Exception {
    try (var run = follow(logs.resolve("deep/later.log"))) {
      Files.createDirectory(logs.resolve("deep"));
      append(logs.resolve("deep/later.log"), "at last\n");

      assertThat(run.awaitLines(1)).containsExactly("at last");
      assertThat(run.end().sources()).extracting("error").containsOnlyNulls();
    }
  }

  @Test
  void directories_and_globs_gain_files() throws Exception {
    try (var run = FollowedRun.of(dir.resolve("out"), logs, dir.resolve("*.txt"))) {
      append(log, "in the directory\n");
      append(dir.resolve("x.txt"), "by the glob\n");

      assertThat(run.awaitLines(2)).containsExactlyInAnyOrder("in the directory", "by the glob");
    }
  }

  @Test
  void renaming_within_a_followed_directory_repeats_nothing() throws Exception {
    append(log, "a\n");
    try (var run = follow(logs)) {
      run.awaitLines(1);
      Files.move(log, logs.resolve("app.log.1"));
      append(log, "b\n");
      run.awaitLines(2);
      Files.move(logs.resolve("app.log.1"), logs.resolve("app.log.2"));
      Files.move(log, logs.resolve("app.log.1"));
      append(log, "c\n");

      assertThat(run.awaitLines(3)).containsExactly("a", "b", "c");
      assertThat(run.end().written()).isEqualTo(3);
    }
  }

  @Test
  void a_truncated_file_is_read_to_the_end_of_its_copy_and_then_anew() throws Exception {
    append(log, lines("a", 10));
    try (var run = follow(log)) {
      run.awaitLines(10);

      append(log, lines("b", 20_000)); // more than is read at once
      Files.copy(log, logs.resolve("app.log.1"));
      truncate();
      append(log, "c\n");

      assertThat(run.awaitLines(20_011))
          .containsExactlyElementsOf(
              (lines("a", 10) + lines("b", 20_000) + "c\n").lines().toList());
      var account = run.end();
      assertThat(account.written()).isEqualTo(20_011);
      assertThat(account.sources().getFirst().gaps()).isEmpty();
      assertThat(run.notices()).isEmpty();
    }
  }

  @Test
  void the_copy_may_be_compressed_already() throws Exception {
    append(log, "a\n");
    try (var run = follow(log)) {
      run.awaitLines(1);

      append(log, "b\n");
      gzip(logs.resolve("app.log.1.gz"), Files.readString(log));
      truncate();
      append(log, "c\n");

      assertThat(run.awaitLines(3)).containsExactly("a", "b", "c");
      assertThat(run.end().sources().getFirst().gaps()).isEmpty();
    }
  }

  @Test
  void a_copy_in_a_followed_directory_is_not_read_a_second_time() throws Exception {
    append(log, lines("a", 100));
    try (var run = follow(logs)) {
      run.awaitLines(100);
      for (int i = 1; i <= 5; i++) {
        append(log, lines("b" + i + "-", 100));
        Files.copy(log, logs.resolve("app.log-2026112" + i));
        truncate();
        append(log, lines("c" + i + "-", 100));
        run.awaitLines(100 + 200 * i);
      }

      assertThat(run.lines()).doesNotHaveDuplicates().hasSize(1_100);
      assertThat(run.end().written()).isEqualTo(1_100);
    }
  }

  @Test
  void what_a_truncation_without_a_copy_lost_is_named() throws Exception {
    append(log, "a\nb\n");
    try (var run = follow(log)) {
      run.awaitLines(2);

      truncate();
      append(log, "c\n");

      assertThat(run.awaitLines(3)).containsExactly("a", "b", "c");
      var gaps = run.end().sources().getFirst().gaps();
      assertThat(gaps).containsExactly(new LogAccount.Gap(4, null));
      assertThat(run.notices())
          .singleElement()
          .asString()
          .contains(log + ": truncated after byte 4 had been read");
    }
  }

  @Test
  void a_file_that_was_truncated_and_has_outgrown_what_it_was_begins_anew() throws Exception {
    append(log, "a\n");
    try (var run = follow(log)) {
      run.awaitLines(1);

      Files.writeString(log, lines("much longer ", 100), StandardOpenOption.TRUNCATE_EXISTING);

      assertThat(run.awaitLines(101)).startsWith("a", "much longer 0").hasSize(101);
    }
  }

  @Test
  void what_was_followed_is_not_read_again_when_it_is_compressed() throws Exception {
    append(log, "a\n");
    try (var run = follow(logs)) {
      run.awaitLines(1);
      Files.move(log, logs.resolve("app.log.1"));
      gzip(logs.resolve("app.log.1.gz"), "a\n");
      Files.delete(logs.resolve("app.log.1"));
      gzip(logs.resolve("other.log.gz"), "new\n");
      append(log, "b\n");

      assertThat(run.awaitLines(3)).containsExactlyInAnyOrder("a", "b", "new");
      assertThat(run.end().written()).isEqualTo(3);
    }
  }

  @Test
  void compressed_files_are_read_and_plain_ones_followed() throws Exception {
    gzip(logs.resolve("old.log.gz"), "old\n");
    append(log, "a\n");
    try (var run = follow(logs)) {
      run.awaitLines(2);
      append(log, "b\n");

      assertThat(run.awaitLines(3)).containsExactlyInAnyOrder("old", "a", "b");
    }
  }

  @Test
  void from_the_end_only_what_is_added_is_read() throws Exception {
    append(log, "old\nhal");
    append(logs.resolve("quiet.log"), "old\n");
    try (var run =
        FollowedRun.of(dir.resolve("out"), LogJob.Follow.FROM_END, List.of(logs.toString()))) {
      append(log, "f\nnew\n");
      append(logs.resolve("later.log"), "later\n");

      assertThat(run.awaitLines(3)).containsExactlyInAnyOrder("half", "new", "later");
    }
  }

  @Test
  void what_the_run_writes_into_a_followed_directory_is_not_read() throws Exception {
    append(log, "a\n\u0000");
    try (var run = FollowedRun.of(logs, logs)) {
      run.awaitLines(1);
      append(log, "b\n");

      assertThat(run.awaitLines(2)).containsExactly("a", "b");
      assertThat(run.end().sources()).extracting("source").containsExactly(log.toString());
    }
  }

  @Test
  void a_file_that_is_no_log_is_rejected_once_and_left_alone() throws Exception {
    Files.write(logs.resolve("photo.png"), "\u0089PNG\r\n\u001a\n".getBytes(ISO_8859_1));
    append(log, "a\n");
    try (var run = follow(logs)) {
      run.awaitLines(1);
      append(log, "b\n");
      run.awaitLines(2);
      run.awaitRejected(1); // each file has a thread of its own

      var account = run.end();
      assertThat(account.rejected()).isEqualTo(1);
      assertThat(account.written()).isEqualTo(2);
    }
  }

  @Test
  void a_line_of_any_length_does_not_hold_up_other_files() throws Exception {
    append(log, "x".repeat(3 << 20));
    try (var run = follow(logs)) {
      append(logs.resolve("b.log"), "b\n");
      assertThat(run.awaitLines(1)).containsExactly("b");

      append(log, "x\na\n");

      assertThat(run.awaitLines(2)).containsExactly("b", "a");
      assertThat(run.end().rejected()).isEqualTo(1);
    }
  }

  private FollowedRun follow(Path input) throws IOException {
    return FollowedRun.of(dir.resolve("out"), input);
  }

  private void truncate() throws IOException {
    Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
  }

  private static String lines(String prefix, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(prefix).append(i).append('\n');
    }
    return text.toString();
  }

  /// Puts it there whole: one that has not changed for a second is taken to be complete.
  private void gzip(Path file, String text) throws IOException {
    var making = dir.resolve("making.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(making))) {
      out.write(text.getBytes(UTF_8));
    }
    Files.move(making, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
