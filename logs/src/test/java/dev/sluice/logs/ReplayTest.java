package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  @TempDir private Path dir;
  private Runs runs = new Runs(Path.of(""));

  @BeforeEach
  void work() {
    runs = new Runs(dir);
  }

  private LogAccount replay(LogFormat format, String input) throws Exception {
    return runs.run(job(format, input, null));
  }

  private LogJob job(LogFormat format, String input, @Nullable Path checkpoint) {
    return LogJob.reading(List.of(runs.file(input).toString()))
        .format(Dialect.of(format))
        .targets(List.of("sqlite:" + runs.file("x.db"), "ndjson:" + runs.file("x.ndjson")))
        .rejected(runs.file("again.ndjson"))
        .parsers(2)
        .buffer(64)
        .now(Instant.parse("2026-11-21T12:00:00Z"))
        .replay(true)
        .checkpoint(checkpoint)
        .build();
  }

  private LogAccount reject(String name, String text) throws Exception {
    runs.write(name, text);
    var account = runs.run(runs.job(name, LogFormat.JSON, null, null, "ndjson:first.ndjson"));
    assertThat(account.rejected()).isPositive();
    return account;
  }

  @Test
  void lines_keep_their_source_their_number_and_their_offset() throws Exception {
    reject(
        "a.log", "{\"a\":1}\nlevel=info n=1\n\nlevel=warn n=2\r\nlevel=warn n=3\n{\"a\":2}\n=\n");

    var account = replay(LogFormat.LOGFMT, "rejected.ndjson");

    assertThat(account.written()).isEqualTo(3);
    assertThat(account.rejected()).isEqualTo(1);
    assertThat(account.lines()).isEqualTo(4);
    assertThat(account.bytes()).isEqualTo(Files.size(runs.file("rejected.ndjson")));
    var source = runs.file("a.log");
    assertThat(runs.rows("SELECT source, line, level, n FROM logs ORDER BY line"))
        .containsExactly(source + "|2|info|1", source + "|4|warn|2", source + "|5|warn|3");
    assertThat(runs.rejects("again.ndjson"))
        .singleElement()
        .asString()
        .contains("\"source\":\"" + source + "\",\"line\":7,\"offset\":63,", "\"text\":\"=\"");
  }

  @Test
  void what_was_kept_only_in_part_stays_rejected_and_is_told() throws Exception {
    reject("a.log", "x".repeat(200_000) + "\nlevel=info n=1\n");

    var account = replay(LogFormat.LOGFMT, "rejected.ndjson");

    assertThat(account.written()).isEqualTo(1);
    assertThat(account.rejected()).isEqualTo(1);
    assertThat(runs.partial())
        .singleElement()
        .asString()
        .contains("rejected.ndjson: 1 were kept only in part");
    assertThat(runs.rejects("again.ndjson"))
        .singleElement()
        .isEqualTo(runs.rejects("rejected.ndjson").getFirst());
  }

  @Test
  void bytes_that_are_no_utf_8_are_read_as_they_were() throws Exception {
    Files.write(runs.file("a.log"), new byte[] {'k', '=', (byte) 0xFF, 'b', '\n'});
    runs.run(runs.job("a.log", LogFormat.JSON, null, null, "ndjson:first.ndjson"));

    replay(LogFormat.LOGFMT, "rejected.ndjson");

    assertThat(runs.rows("SELECT k FROM logs")).containsExactly("\uFFFDb");
    assertThat(runs.rejects("rejected.ndjson").getFirst()).contains("\"bytes\":");
  }

  @Test
  void what_is_no_rejected_line_is_rejected_with_its_own_place() throws Exception {
    runs.write(
        "r.ndjson",
        """
        {"source":"a","line":1,"offset":0,"reason":"r","detail":"d","text":"k=v","truncated":false}

        {"source":"a","line":"one"}
        nonsense
        {"source":"a","line":1,"offset":0,"reason":"r","text":"","truncated":false,"bytes":"%%"}
        """);

    var account = replay(LogFormat.LOGFMT, "r.ndjson");

    assertThat(account.written()).isEqualTo(1);
    assertThat(account.filtered()).isEqualTo(1);
    assertThat(account.rejected()).isEqualTo(3);
    assertThat(runs.rejects("again.ndjson"))
        .allSatisfy(line -> assertThat(line).contains("\"source\":\"" + runs.file("r.ndjson")))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"line\":3,", "\"no-reject\""),
            line -> assertThat(line).contains("\"line\":4,", "\"not-an-object\""),
            line -> assertThat(line).contains("\"line\":5,", "\"no-reject\""));
  }

  @Test
  void many_lines_one_after_another_come_back_in_order() throws Exception {
    var text = new StringBuilder();
    for (int i = 1; i <= 5_000; i++) {
      text.append("n=").append(i).append('\n');
    }
    reject("a.log", text.toString());

    var account = replay(LogFormat.LOGFMT, "rejected.ndjson");

    assertThat(account.written()).isEqualTo(5_000);
    assertThat(runs.numbers("x.ndjson")).isEqualTo(Runs.upTo(5_000));
    assertThat(runs.rows("SELECT count(*) FROM logs WHERE n = line")).containsExactly("5000");
  }

  @Test
  void a_replay_has_no_checkpoint() {
    assertThatThrownBy(() -> runs.run(job(LogFormat.LOGFMT, "r.ndjson", runs.file("cp"))))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--checkpoint cannot be");
  }
}
