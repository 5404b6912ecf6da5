package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.fixtures.IgnoredSignals;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `sluice logs` as a person runs it: through the launcher, on real files.
@Timeout(120)
class LogsIT {
  private static final Path SLUICE = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();

  private static final String COMBINED =
      "203.0.113.7 - - [21/Nov/2026:01:31:07 +0100] \"GET /api/items?id=1 HTTP/1.1\" 500 12"
          + " \"-\" \"curl/8\"\n";

  @TempDir Path dir;

  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void the_launcher_is_built() {
    assertThat(SLUICE).isExecutable();
  }

  @AfterEach
  void nothing_is_left_running() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  // The mixed directory

  @Test
  void a_directory_of_anything_becomes_tables_and_an_account_that_balances() throws Exception {
    var logs = dir.resolve("logs");
    Files.createDirectories(logs.resolve("old"));
    Files.writeString(logs.resolve("access.log"), COMBINED.repeat(3) + "\nnot an access line\n");
    gzip(logs.resolve("old/access.log.gz"), COMBINED.repeat(2));
    Files.writeString(
        logs.resolve("app.json"),
        """
        {"time":"2026-11-21T00:00:00.5Z","level":"ERROR","http":{"status":500},"n":1}
        {"time":"2026-11-21T00:00:01.5Z","level":"INFO","n":2.5,"user":"é"}
        {"broken":
        """);
    Files.writeString(
        logs.resolve("svc.log"), "time=2026-11-21T00:00:00Z level=info msg=\"all well\" took=12\n");
    Files.writeString(
        logs.resolve("syslog"),
        "<34>1 2026-11-21T00:00:00.003Z h1 su 1234 ID47 - 'su root' failed\n");
    Files.writeString(logs.resolve("notes.txt"), "just words\nand more words\n");
    Files.writeString(logs.resolve("empty.log"), "");
    Files.write(logs.resolve("photo.bin"), binary());
    var secret = Files.writeString(logs.resolve("secret.log"), COMBINED);
    assertThat(secret.toFile().setReadable(false, false)).isTrue();

    var run =
        run(
            obeyingPermissions(),
            "logs",
            "logs",
            "--to",
            "sqlite:x.db",
            "--account",
            "account.json");

    assertThat(run.status).as(run.err).isEqualTo(1);
    assertThat(run.err)
        .contains("sluice logs: logs/secret.log: permission denied")
        .doesNotContain("\tat ");
    var account = account("account.json");
    assertThat(count(account, "written")).isEqualTo(3 + 2 + 2 + 1 + 1 + 2);
    assertThat(count(account, "filtered")).isEqualTo(1);
    assertThat(count(account, "rejected")).isEqualTo(3);
    assertThat(sources(account))
        .containsExactly(
            "logs/access.log combined 5",
            "logs/app.json json 3",
            "logs/empty.log null 0",
            "logs/notes.txt plain 2",
            "logs/old/access.log.gz combined 2",
            "logs/photo.bin null 1",
            "logs/secret.log null 0 permission denied",
            "logs/svc.log logfmt 1",
            "logs/syslog syslog 1");
    assertThat(rows("select count(*) from logs_combined")).containsExactly("5");
    assertThat(
            rows("select time, status, typeof(status), path, referer from logs_combined limit 1"))
        .containsExactly("2026-11-21T00:31:07Z|500|integer|/api/items?id=1|null");
    assertThat(rows("select time, level, http, n, user from logs_json order by line"))
        .containsExactly(
            "2026-11-21T00:00:00.5Z|ERROR|{\"status\":500}|1|null",
            "2026-11-21T00:00:01.5Z|INFO|null|2.5|é");
    assertThat(rows("select msg, took from logs_logfmt")).containsExactly("all well|12");
    assertThat(rows("select host, app, pid from logs_syslog")).containsExactly("h1|su|1234");
    assertThat(rows("select count(*) from logs_plain")).containsExactly("2");
    assertThat(rejects())
        .containsExactlyInAnyOrder("logs/access.log:5", "logs/app.json:3", "logs/photo.bin:0");
  }

  @Test
  void one_format_makes_one_table_and_a_second_run_adds_to_it() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);

    assertThat(run("logs", "a.log", "--to", "sqlite:x.db").status).isZero();
    assertThat(run("logs", "a.log", "--to", "sqlite:x.db").status).isZero();

    assertThat(rows("select source, line, count(*) from logs")).containsExactly("a.log|1|2");
  }

  @Test
  void every_target_gets_every_record_and_each_counts_once() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(5_000));

    var run =
        run(
            "logs",
            "a.log",
            "--to",
            "sqlite:x.db",
            "--to",
            "csv:x.csv",
            "--to",
            "ndjson:x.ndjson",
            "--account",
            "account.json");

    assertThat(run.status).as(run.err).isZero();
    assertThat(count(account("account.json"), "written")).isEqualTo(5_000);
    assertThat(rows("select count(*) from logs")).containsExactly("5000");
    assertThat(Files.readAllLines(dir.resolve("x.csv"))).hasSize(5_001);
    assertThat(Files.readAllLines(dir.resolve("x.ndjson"))).hasSize(5_000);
    assertThat(run.lastErrorLine())
        .startsWith("sluice logs: read 5,000 = 5,000 written + 0 filtered + 0 rejected;");
  }

  // The edges of a line

  @Test
  void the_edges_of_lines_are_as_promised() throws Exception {
    var out = Files.newOutputStream(dir.resolve("a.log"));
    try (out) {
      out.write(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF});
      out.write(COMBINED.getBytes(UTF_8));
      out.write(COMBINED.replace("\n", "\r\n").getBytes(UTF_8));
      out.write(new byte[5_000]); // NUL bytes that a cut off file left
      out.write(COMBINED.replace("curl", "c\u00fcrl").getBytes(ISO_8859_1));
      out.write(
          COMBINED.replace("GET /api/items?id=1 HTTP/1.1", "\\x16\\x03\\x01").getBytes(UTF_8));
      out.write("\n\r\n".getBytes(UTF_8));
      out.write("x".repeat((1 << 20) + 1).getBytes(UTF_8));
      out.write("\n".getBytes(UTF_8));
      out.write(COMBINED.strip().getBytes(UTF_8)); // no line end
    }

    var run = run("logs", "a.log", "--to", "sqlite:x.db", "--account", "-");

    assertThat(run.status).as(run.err).isZero();
    var account = JSON.readTree(run.out);
    assertBalance(account);
    assertThat(count(account, "read")).isEqualTo(8);
    assertThat(count(account, "written")).isEqualTo(5);
    assertThat(count(account, "filtered")).isEqualTo(2);
    assertThat(count(account, "rejected")).isEqualTo(1);
    assertThat(count(account, "lines")).isEqualTo(8);
    assertThat(count(account, "skipped")).isEqualTo(1);
    assertThat(count(account, "bytes")).isEqualTo(Files.size(dir.resolve("a.log")));
    assertThat(rows("select line, agent, path, request from logs order by line"))
        .containsExactly(
            "1|curl/8|/api/items?id=1|null",
            "2|curl/8|/api/items?id=1|null",
            "3|c\uFFFDrl/8|/api/items?id=1|null",
            "4|curl/8|null|\\x16\\x03\\x01",
            "8|curl/8|/api/items?id=1|null");
    var reject = JSON.readTree(Files.readString(dir.resolve("rejected.ndjson")));
    assertThat(reject.get("reason").stringValue()).isEqualTo("too-long");
    assertThat(reject.get("line").intValue()).isEqualTo(7);
    assertThat(reject.get("truncated").booleanValue()).isTrue();
  }

  @Test
  void a_broken_gzip_file_gives_what_it_has_and_one_reject() throws Exception {
    var whole = dir.resolve("whole.gz");
    gzip(whole, COMBINED.repeat(20_000));
    var bytes = Files.readAllBytes(whole);
    Files.write(dir.resolve("cut.log.gz"), Arrays.copyOf(bytes, bytes.length / 2));

    var run = run("logs", "cut.log.gz", "--to", "sqlite:x.db", "--account", "account.json");

    assertThat(run.status).as(run.err).isZero();
    var account = account("account.json");
    assertThat(count(account, "written")).isBetween(1_000L, 19_999L);
    assertThat(count(account, "rejected")).isEqualTo(1);
    assertThat(rejects().getFirst()).startsWith("cut.log.gz:");
    assertThat(rows("select count(*) from logs"))
        .containsExactly(Long.toString(count(account, "written")));
  }

  @Test
  void gzip_members_one_after_another_are_one_log() throws Exception {
    try (var out = Files.newOutputStream(dir.resolve("a.gz"))) {
      for (int member = 0; member < 3; member++) {
        var gzip = new GZIPOutputStream(out);
        gzip.write(COMBINED.getBytes(UTF_8));
        gzip.finish();
      }
    }

    assertThat(run("logs", "a.gz", "--to", "csv:x.csv").status).isZero();

    assertThat(Files.readAllLines(dir.resolve("x.csv"))).hasSize(4);
  }

  // What one asks for

  @Test
  void a_condition_keeps_what_fulfils_it_and_never_changes_what_is_rejected() throws Exception {
    Files.writeString(
        dir.resolve("a.log"),
        COMBINED.repeat(4) + COMBINED.replace("\" 500 ", "\" 200 ").repeat(6) + "rubbish\n");

    var run =
        run(
            "logs",
            "a.log",
            "--where",
            "status >= 500 && path.startsWith(\"/api\")",
            "--to",
            "ndjson:-",
            "--account",
            "account.json");

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.out.lines()).hasSize(4).allMatch(line -> line.contains("\"status\":500"));
    var account = account("account.json");
    assertThat(count(account, "filtered")).isEqualTo(6);
    assertThat(count(account, "rejected")).isEqualTo(1);
  }

  @Test
  void a_condition_that_cannot_be_evaluated_does_not_hold_and_is_counted() throws Exception {
    Files.writeString(
        dir.resolve("a.log"), COMBINED.repeat(2) + COMBINED.replace("\" 500 12", "\" 500 -"));

    var run = run("logs", "a.log", "--where", "bytes > 10", "--account", "account.json");

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.err)
        .contains("--where could not be evaluated for 1 of the filtered: bytes is null");
    assertThat(count(account("account.json"), "where_errors")).isEqualTo(1);
    assertThat(count(account("account.json"), "filtered")).isEqualTo(1);
  }

  @Test
  void counts_values_and_the_account_is_as_without() throws Exception {
    Files.writeString(
        dir.resolve("a.log"),
        COMBINED.repeat(4) + COMBINED.replace("\" 500 ", "\" 200 ").repeat(6) + "rubbish\n\n");

    var run =
        run(
            "logs",
            "a.log",
            "--count-by",
            "status",
            "--per",
            "60",
            "--top",
            "1",
            "path",
            "--percentiles",
            "bytes,status",
            "--account",
            "account.json");

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.out.lines())
        .containsExactly(
            "time                  count    share  status",
            "2026-11-21T00:00:00Z      6  60.00 %     200",
            "2026-11-21T00:00:00Z      4  40.00 %     500",
            "",
            "count     share  path",
            "   10  100.00 %  /api/items?id=1",
            "",
            "field   count  without  p50  p90  p99  p99.9  max",
            "bytes      10        0   12   12   12     12   12",
            "status     10        0  200  500  500    500  500");
    var account = account("account.json");
    assertThat(count(account, "written")).isEqualTo(10);
    assertThat(count(account, "filtered")).isEqualTo(1);
    assertThat(count(account, "rejected")).isEqualTo(1);
  }

  @Test
  void counts_as_json_beside_a_target_what_passes_the_condition() throws Exception {
    Files.writeString(
        dir.resolve("a.log"),
        COMBINED.repeat(4) + COMBINED.replace("\" 500 ", "\" 200 ").repeat(6));

    var run =
        run(
            "logs",
            "a.log",
            "--where",
            "status < 300",
            "--count-by",
            "method,status",
            "--json",
            "--to",
            "csv:x.csv");

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.out)
        .isEqualTo("{\"aggregate\":\"count-by\",\"count\":6,\"method\":\"GET\",\"status\":200}\n");
    assertThat(Files.readAllLines(dir.resolve("x.csv")))
        .hasSize(7)
        .element(1)
        .asString()
        .contains("203.0.113.7", "/api/items?id=1", "curl/8");
  }

  @Test
  void what_cannot_be_counted_is_told_before_anything_is_read() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);

    assertUsage("did you mean 'status'", "logs", "a.log", "--count-by", "stauts");
    assertUsage("--top N FIELD", "logs", "a.log", "--top", "path", "10");
    assertUsage("--per must be at least 1", "logs", "a.log", "--per", "0");
    assertUsage("--json goes with", "logs", "a.log", "--json");
    assertUsage("--approximate goes with", "logs", "a.log", "--approximate");
    assertUsage(
        "both write to standard output", "logs", "a.log", "--top", "3", "path", "--to", "csv:-");
    assertUsage("both write to standard output", "logs", "a.log", "--per", "3", "--account", "-");
  }

  @Test
  void a_million_values_are_counted_exactly_and_one_more_is_too_many() throws Exception {
    var count =
        "yes x | head -n %2$d | '%1$s' logs -q --format plain --count-by line %3$s | sort -u | wc -l";

    var exact = shell(count.formatted(SLUICE, 1_000_000, "--json"));
    var tooMany = shell("set -o pipefail; " + count.formatted(SLUICE, 1_000_001, ""));
    var about = shell(count.formatted(SLUICE, 2_000_000, "--json --approximate"));

    assertThat(exact.out.strip()).isEqualTo("1000000");
    assertThat(tooMany.status).isEqualTo(1);
    assertThat(tooMany.err)
        .contains(
            "--count-by line: line has more than 1,000,000 different values", "--approximate");
    assertThat(tooMany.out.strip()).isEqualTo("0");
    assertThat(Integer.parseInt(about.out.strip())).isBetween(100_000, 200_000);
    assertThat(about.err).contains("read 2,000,000 = 2,000,000 written");
  }

  @Test
  void whoever_reads_only_the_beginning_of_the_counts_ends_it_quietly() throws Exception {
    var run =
        shell(
            "set -o pipefail; '%1$s' logs generate --lines 30000 | '%1$s' logs -q --count-by line | head -n 1"
                .formatted(SLUICE));

    assertThat(run.status).as(run.err).isEqualTo(141);
    assertThat(run.err).isEmpty();
  }

  @Test
  void standard_input_is_read_when_nothing_is_named() throws Exception {
    var run = runWithInput(COMBINED.repeat(3), "logs", "--to", "csv:-");

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.out.lines()).hasSize(4);
  }

  @Test
  void without_a_target_it_shows_a_summary() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(3) + "rubbish\n");

    var run = run("logs", "a.log");

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.out).contains("combined", "/api/items", "500").doesNotContain("\u001B");
  }

  @Test
  void names_and_output_are_utf8_where_there_is_no_locale() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);

    var run = shell("mv a.log $'\\xc3\\xa9.log'; LC_ALL=C '%s' logs *.log".formatted(SLUICE));

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.out).contains("\u00e9.log", "\u2588");
  }

  @Test
  void rejects_are_no_failure_unless_one_asks_for_that() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(3) + "rubbish\n");

    assertThat(run("logs", "a.log").status).isZero();
    assertThat(run("logs", "a.log", "--fail-on-rejected").status).isEqualTo(1);
  }

  @Test
  void a_run_without_rejects_makes_no_file_for_them() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);

    run("logs", "a.log");

    assertThat(dir.resolve("rejected.ndjson")).doesNotExist();
  }

  // Formats

  @Test
  void a_record_of_several_lines_is_one_in_the_zone_that_is_named() throws Exception {
    Files.writeString(
        dir.resolve("app.log"),
        """
        2026-01-21 19:00:00,123 ERROR [main] com.example.Main - no
        java.lang.IllegalStateException: no
        \tat com.example.Main.main(Main.java:7)
        2026-01-21 19:00:01,123 INFO  [main] com.example.Main - yes
        """);

    var run = run("logs", "app.log", "--timezone", "Europe/Berlin", "--to", "ndjson:out.ndjson");

    assertThat(run.status()).isZero();
    var lines = Files.readAllLines(dir.resolve("out.ndjson"));
    assertThat(lines).hasSize(2);
    var first = JSON.readTree(lines.getFirst());
    assertThat(first.get("time").stringValue()).isEqualTo("2026-01-21T18:00:00.123Z");
    assertThat(first.get("line").intValue()).isEqualTo(1);
    assertThat(first.get("trace").stringValue()).contains("\tat com.example.Main.main");
    assertThat(JSON.readTree(lines.getLast()).get("line").intValue()).isEqualTo(4);
  }

  @Test
  void a_pattern_of_ones_own_has_columns() throws Exception {
    Files.writeString(dir.resolve("own.log"), "jane 7\njoe 0.5\nnobody\n");

    var run =
        run(
            "logs",
            "own.log",
            "--format",
            "grok:^%{WORD:user} %{NUMBER:amount}$",
            "--where",
            "amount > 1",
            "--to",
            "csv:out.csv");

    assertThat(run.status()).isZero();
    assertThat(Files.readString(dir.resolve("out.csv")))
        .isEqualTo("source,line,time,user,amount,extra\nown.log,1,,jane,7,\n");
    assertThat(Files.readString(dir.resolve("rejected.ndjson"))).contains("no-match");
  }

  // What goes wrong

  @Test
  void records_are_chosen_computed_thinned_out_and_redacted_and_a_report_tells_it()
      throws Exception {
    Files.writeString(
        dir.resolve("a.log"), COMBINED.repeat(3) + COMBINED.replace("500", "200") + "oops\n");

    var run =
        run(
            "logs",
            "a.log",
            "--since",
            "2026-11-21",
            "--until=2026-11-21T12:00Z",
            "--set",
            "failed=status >= 500",
            "--dedupe=failed",
            "--redact",
            "addresses",
            "--fields",
            "host,failed,line",
            "--to",
            "csv:-",
            "--report",
            "r.html");

    assertThat(run.status).as(run.err).isZero();
    assertThat(run.out).isEqualTo("host,failed,line\n[address],true,1\n[address],false,4\n");
    assertThat(run.err)
        .contains("sluice logs: records from 2026-11-", "sluice logs: report in r.html")
        .contains("read 5 = 2 written + 2 filtered + 1 rejected (rejected.ndjson)");
    assertThat(dir.resolve("r.html"))
        .content()
        .contains(
            "<b>5</b> read = <b>2</b> written",
            "--dedupe left out 2",
            "sluice logs a.log --since 2026-11-21")
        .doesNotContain("203.0.113.7");
  }

  @Test
  void the_configuration_of_the_user_is_found() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);
    var config = Files.createDirectories(dir.resolve("config/sluice")).resolve("config");
    Files.writeString(config, "to = ndjson:-\nfields = status\n");

    assertThat(run("logs", "a.log").out).isEqualTo("{\"status\":500}\n");

    Files.writeString(config, "\nfield = status\n");
    var wrong = run("logs", "a.log");
    assertThat(wrong.status).isEqualTo(2);
    assertThat(wrong.err).contains("config:2: unknown option 'field'; did you mean 'fields'?");
  }

  @Test
  void wrong_usage_is_told_in_words() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);
    Files.writeString(dir.resolve("b.log"), "{\"a\":1}\n");

    assertUsage("stauts", "logs", "a.log", "--where", "stauts >= 500");
    assertUsage("sqlight", "logs", "a.log", "--to", "sqlight:x.db");
    assertUsage("--form", "logs", "a.log", "--form", "json");
    assertUsage("unknown format", "logs", "a.log", "--format", "xml");
    assertUsage("did you mean 'log4j'", "logs", "a.log", "--format", "log4");
    assertUsage("unknown pattern %{IPP}", "logs", "a.log", "--format", "grok:%{IPP:client}");
    assertUsage("did you mean 'Europe/Berlin'", "logs", "a.log", "--timezone", "Europe/Berln");
    assertUsage("csv", "logs", "a.log", "b.log", "--to", "csv:x.csv");
    assertUsage("unknown format 'combin'", "logs", "generate", "--format", "combin");
    assertUsage(
        "a plain log has no bad lines", "logs", "generate", "--format", "plain", "--bad", "1");
    assertUsage("--lines", "logs", "generate", "--lines", "1", "--size", "1kB");
    assertUsage("parsers", "logs", "a.log", "--parsers", "0");
    assertUsage("a.log", "logs", "a.log", "--to", "csv:a.log");
    assertThat(Files.readString(dir.resolve("a.log"))).isEqualTo(COMBINED);
  }

  @Test
  void a_condition_that_is_wrong_is_shown_with_the_place() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);

    var run = run("logs", "a.log", "--where", "stauts >= 500");

    assertThat(run.err.lines())
        .contains(
            "sluice logs: unknown field: stauts; did you mean 'status'?", "  stauts >= 500", "  ^");
  }

  @Test
  void a_missing_file_is_named_and_the_others_are_read() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED);

    var run = run("logs", "a.log", "gone.log", "none*.log", "--to", "sqlite:x.db");

    assertThat(run.status).isEqualTo(1);
    assertThat(run.err)
        .contains("gone.log: no such file")
        .contains("none*.log: no file matches this pattern");
    assertThat(rows("select count(*) from logs")).containsExactly("1");
  }

  @Test
  void a_full_disk_is_named_and_ends_the_run() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(100_000));

    var run =
        run(
            "logs",
            "a.log",
            "--to",
            "csv:/dev/full",
            "--to",
            "sqlite:x.db",
            "--account",
            "account.json");

    assertThat(run.status).isEqualTo(1);
    assertThat(run.err).contains("csv:/dev/full").contains("space").doesNotContain("\tat ");
    var account = account("account.json");
    assertThat(count(account, "written")).isZero();
    assertThat(count(account, "abandoned")).isPositive();
  }

  @Test
  void a_reader_of_the_output_that_leaves_ends_it_quietly() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(100_000));

    var run =
        shell(
            "'%s' logs -q a.log --to csv:- | head -2; echo \"status ${PIPESTATUS[0]}\""
                .formatted(SLUICE));

    assertThat(run.out.lines()).hasSize(3).last().isEqualTo("status 141");
    assertThat(run.err).isEmpty();
  }

  // Signals

  @Test
  @Timeout(600) // twenty runs
  void a_signal_at_any_moment_leaves_exactly_what_the_account_says() throws Exception {
    try (var log = Files.newOutputStream(dir.resolve("big.log"))) {
      var many = COMBINED.repeat(10_000).getBytes(UTF_8);
      for (int i = 0; i < 30; i++) {
        log.write(many);
      }
    }
    var random = new Random(11);
    int interrupted = 0;
    var took = new ArrayList<Duration>();
    for (int round = 0; round < 20; round++) {
      Files.deleteIfExists(dir.resolve("x.db"));
      Files.deleteIfExists(dir.resolve("account.json"));
      var process =
          start(List.of(), "logs", "big.log", "--to", "sqlite:x.db", "--account", "account.json");
      // A moment within the run, found by what it has written: no clock, and any machine's speed.
      long until = random.nextLong(30_000_000);
      while (written() < until && !process.waitFor(1, MILLISECONDS)) {
        // and on: it gets the processor meanwhile
      }

      long signalled = System.nanoTime();
      process.toHandle().destroy(); // SIGTERM, and leaves the pipes open
      assertThat(process.waitFor(20, SECONDS)).isTrue();
      took.add(Duration.ofNanos(System.nanoTime() - signalled));

      assertThat(process.exitValue()).isIn(143, 0);
      if (Files.exists(dir.resolve("account.json"))) {
        interrupted += process.exitValue() == 143 ? 1 : 0;
        var account = account("account.json");
        assertThat(count(account, "abandoned")).isZero();
        assertThat(rows("select count(*) from logs"))
            .containsExactly(Long.toString(count(account, "written")));
      } else {
        assertThat(process.exitValue()).as("ended before anything was read").isEqualTo(143);
      }
    }
    assertThat(interrupted).isGreaterThan(5);
    took.sort(null);
    assertThat(took.get(took.size() / 2)).as("usually").isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void a_signal_ends_a_run_that_waits_for_its_input() throws Exception {
    IgnoredSignals.assumeNone("INT");
    var process = start(List.of(), "logs", "--to", "sqlite:x.db", "--account", "account.json");
    OutputStream input = process.getOutputStream();
    input.write(COMBINED.repeat(10).getBytes(UTF_8));
    input.flush();
    while (process.isAlive() && !Files.exists(dir.resolve("x.db"))) {
      Thread.onSpinWait();
    }

    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

    assertThat(process.waitFor(20, SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    assertThat(count(account("account.json"), "abandoned")).isZero();
  }

  @Test
  void a_target_that_takes_nothing_is_named_when_the_patience_is_over() throws Exception {
    Files.writeString(dir.resolve("a.log"), COMBINED.repeat(50_000));
    var process =
        start(
            List.of(),
            "logs",
            "a.log",
            "--to",
            "csv:-",
            "--drain-timeout",
            "200ms",
            "--account",
            "account.json");
    while (process.isAlive() && process.getInputStream().available() == 0) { // which nobody reads
      Thread.onSpinWait();
    }

    process.toHandle().destroy();

    assertThat(process.waitFor(20, SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
        .contains("sluice logs: csv:- was busy for ");
    assertThat(count(account("account.json"), "abandoned")).isPositive();
  }

  // The generator

  @Test
  void what_is_generated_is_read_with_exactly_the_bad_lines_rejected() throws Exception {
    for (var format : List.of("common", "combined", "json", "logfmt", "syslog")) {
      var run =
          shell(
              "'%1$s' logs generate --format %2$s --lines 5000 --bad 2 --seed 3 | '%1$s' logs --account -"
                  .formatted(SLUICE, format));

      var account = JSON.readTree(run.out);
      assertBalance(account);
      assertThat(count(account, "rejected")).as(format).isEqualTo(100);
      assertThat(count(account, "lines")).isEqualTo(5_000);
    }
  }

  @Test
  void the_sample_is_what_the_generator_makes() throws Exception {
    var run = run("logs", "generate", "--lines", "1000", "--bad", "2");

    assertThat(run.out)
        .isEqualTo(Files.readString(SLUICE.resolveSibling("examples/logs/access.log")));
  }

  // Helpers

  private record Run(int status, String out, String err) {
    String lastErrorLine() {
      return err.lines().reduce("", (_, line) -> line);
    }
  }

  private void assertUsage(String mentioned, String... arguments) throws Exception {
    var run = run(arguments);
    assertThat(run.status).as(run.err).isEqualTo(2);
    assertThat(run.err).contains(mentioned).doesNotContain("\tat ").doesNotContain("Exception");
  }

  private Run run(String... arguments) throws Exception {
    return run(List.of(), arguments);
  }

  private Run run(List<String> before, String... arguments) throws Exception {
    return finish(start(before, arguments), "");
  }

  private Run runWithInput(String input, String... arguments) throws Exception {
    return finish(start(List.of(), arguments), input);
  }

  private Run shell(String script) throws Exception {
    return finish(process(List.of("bash", "-c", script)), "");
  }

  private Process start(List<String> before, String... arguments) throws IOException {
    var command = new ArrayList<>(before);
    command.add(SLUICE.toString());
    command.addAll(List.of(arguments));
    return process(command);
  }

  private Process process(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().put("XDG_CONFIG_HOME", dir.resolve("config").toString());
    var process = builder.start();
    started.add(process);
    return process;
  }

  private static Run finish(Process process, String input) throws Exception {
    var err = reading(process.getErrorStream());
    var out = reading(process.getInputStream());
    try (var to = process.getOutputStream()) {
      to.write(input.getBytes(UTF_8));
    }
    return new Run(process.waitFor(), out.get(), err.get());
  }

  /// Reads on a thread of its own: a process whose output nobody reads stands still.
  private static CompletableFuture<String> reading(InputStream in) {
    var text = new CompletableFuture<String>();
    Thread.startVirtualThread(() -> {
      try (in) {
        text.complete(new String(in.readAllBytes(), UTF_8));
      } catch (IOException e) {
        text.completeExceptionally(e);
      }
    });
    return text;
  }

  /// What makes root obey the permissions of files, as everyone else does.
  private static List<String> obeyingPermissions() {
    return "root".equals(System.getProperty("user.name"))
        ? List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
        : List.of();
  }

  private long written() throws IOException {
    long size = 0;
    for (var name : List.of("x.db", "x.db-wal")) {
      var file = dir.resolve(name);
      size += Files.exists(file) ? file.toFile().length() : 0;
    }
    return size;
  }

  private JsonNode account(String file) throws IOException {
    var account = JSON.readTree(Files.readString(dir.resolve(file)));
    assertBalance(account);
    return account;
  }

  private static void assertBalance(JsonNode account) {
    var parts = List.of("written", "filtered", "rejected", "dropped", "abandoned");
    assertThat(parts.stream().mapToLong(part -> count(account, part)).sum())
        .as("%s", account)
        .isEqualTo(count(account, "read"));
    if (account.has("sources")) {
      account.get("sources").forEach(LogsIT::assertBalance);
    }
  }

  private static long count(JsonNode account, String what) {
    return account.get(what).longValue();
  }

  private static List<String> sources(JsonNode account) {
    var sources = new ArrayList<String>();
    for (var source : account.get("sources")) {
      var error = source.has("error") ? " " + source.get("error").stringValue() : "";
      sources.add(
          "%s %s %d%s"
              .formatted(
                  source.get("source").stringValue(),
                  source.get("format").isNull() ? null : source.get("format").stringValue(),
                  count(source, "read"),
                  error));
    }
    return sources;
  }

  private List<String> rejects() throws IOException {
    var rejects = new ArrayList<String>();
    for (var line : Files.readAllLines(dir.resolve("rejected.ndjson"))) {
      var reject = JSON.readTree(line);
      rejects.add(reject.get("source").stringValue() + ":" + reject.get("line").longValue());
    }
    return rejects;
  }

  private List<String> rows(String query) throws SQLException {
    var rows = new ArrayList<String>();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("x.db"));
        var result = connection.createStatement().executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", row));
      }
    }
    return rows;
  }

  private static void gzip(Path file, String text) throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private static byte[] binary() {
    var bytes = new byte[10_000];
    new Random(5).nextBytes(bytes);
    return bytes;
  }
}
