package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The options for records in whole runs.
@Timeout(120)
class RecordOptionsRunTest {
  @TempDir Path dir;

  private final List<String> inputs = new ArrayList<>();
  private Path rejected = Path.of("");
  private int runs;

  @BeforeEach
  void nothing_is_rejected_yet() {
    rejected = dir.resolve("rejected.ndjson");
  }

  private void input(String name, String text) throws IOException {
    inputs.add(Files.writeString(dir.resolve(name), text).toString());
  }

  private void generated(String name, LogFormat format, int lines) throws IOException {
    var log = new ByteArrayOutputStream();
    new LogGenerator(format, 11, 3).lines(lines, log);
    inputs.add(Files.write(dir.resolve(name), log.toByteArray()).toString());
  }

  private static RecordOptions options(
      List<String> set, @Nullable List<String> dedupe, List<String> redact, List<String> fields) {
    return new RecordOptions(null, null, 1, 1, set, dedupe, null, redact, fields);
  }

  private LogRun run(RecordOptions options, @Nullable String where, List<String> targets)
      throws Exception {
    runs++;
    var report =
        new ReportOptions(dir.resolve("report" + runs + ".html"), "sluice", "sluice logs " + where);
    var job =
        LogJob.reading(inputs)
            .where(where)
            .targets(targets)
            .rejected(rejected)
            .parsers(2)
            .buffer(64)
            .now(Instant.parse("2026-11-21T12:00:00Z"))
            .records(options)
            .report(report)
            .build();
    try (var run = LogRun.prepare(job)) {
      run.start();
      run.await();
      run.writeReport(null);
      assertThat(run.account().balances()).isTrue();
      return run;
    }
  }

  private String read(String name) throws IOException {
    return Files.readString(dir.resolve(name));
  }

  @Test
  void which_lines_are_rejected_never_depends_on_the_options() throws Exception {
    generated("a.log", LogFormat.COMBINED, 3_000);
    generated("b.log", LogFormat.JSON, 3_000);
    var plain = run(RecordOptions.NONE, null, List.of()).account();
    var all =
        List.of(
            new RecordOptions(
                "2026-01-01", "2026-01-02", 1, 1, List.of(), null, null, List.of(), List.of()),
            new RecordOptions(null, null, 0.5, 1, List.of(), null, null, List.of(), List.of()),
            options(List.of("x=status + 1", "status='a'"), null, List.of(), List.of()),
            options(List.of(), List.of("path", "msg"), List.of(), List.of()),
            options(List.of(), null, List.of("all", "user"), List.of()),
            options(List.of(), null, List.of(), List.of("time", "path")),
            new RecordOptions(
                "2026-01-01",
                null,
                0.5,
                3,
                List.of("x=1"),
                List.of(),
                Duration.ofMinutes(5),
                List.of("all"),
                List.of("x")));

    for (var options : all) {
      var account = run(options, "status != 0", List.of("ndjson:" + dir.resolve("o"))).account();

      assertThat(account.read()).as("%s", options).isEqualTo(plain.read());
      assertThat(account.rejected()).as("%s", options).isEqualTo(plain.rejected()).isPositive();
      assertThat(account.written() + account.filtered())
          .as("%s", options)
          .isEqualTo(plain.written() + plain.filtered());
      assertThat(read("o").lines()).as("%s", options).hasSize((int) account.written());
    }
  }

  @Test
  void what_each_option_leaves_out_is_filtered_exactly() throws Exception {
    var text = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      text.append("{\"time\":\"2026-11-21T%02d:00:00Z\",\"n\":%d}\n".formatted(i % 24, i % 10));
    }
    input("a.json", text.toString());

    var since =
        run(
            new RecordOptions(
                "2026-11-21T12:00", null, 1, 1, List.of(), null, null, List.of(), List.of()),
            null,
            List.of());
    var dedupe = run(options(List.of(), List.of("n"), List.of(), List.of()), "n < 5", List.of());

    long kept = java.util.stream.IntStream.range(0, 1_000).filter(i -> i % 24 >= 12).count();
    assertThat(since.account().written()).isEqualTo(kept);
    assertThat(since.account().filtered()).isEqualTo(1_000 - kept);
    assertThat(dedupe.account().written()).isEqualTo(5);
    assertThat(dedupe.account().filtered()).isEqualTo(995);
  }

  @Test
  void a_rerun_takes_the_same_sample_with_any_number_of_parsers() throws Exception {
    generated("a.log", LogFormat.COMBINED, 5_000);
    var options =
        new RecordOptions(null, null, 0.1, 7, List.of(), null, null, List.of(), List.of("line"));

    run(options, null, List.of("csv:" + dir.resolve("one.csv")));
    run(options, null, List.of("csv:" + dir.resolve("two.csv")));

    assertThat(read("one.csv")).isEqualTo(read("two.csv")).startsWith("line\n");
    assertThat(read("one.csv").lines().count()).isBetween(400L, 600L);
  }

  @Test
  void chosen_fields_are_all_that_texts_have_and_tables_keep_where_from() throws Exception {
    input("a.json", "{\"b\":{\"c\":1},\"a\":\"x\"}\n{\"a\":\"y\",\"z\":true}\n");

    run(
        options(List.of("n=size(a)"), null, List.of(), List.of("n", "line", "b.c", "a")),
        null,
        List.of(
            "csv:" + dir.resolve("o.csv"),
            "ndjson:" + dir.resolve("o.ndjson"),
            "sqlite:" + dir.resolve("o.db")));

    assertThat(read("o.csv")).isEqualTo("n,line,b.c,a\n1,1,1,x\n1,2,,y\n");
    assertThat(read("o.ndjson"))
        .isEqualTo(
            "{\"n\":1,\"line\":1,\"b.c\":1,\"a\":\"x\"}\n{\"n\":1,\"line\":2,\"b.c\":null,\"a\":\"y\"}\n");
    assertThat(columns("o.db")).containsExactly("source", "line", "time", "n", "b.c", "a");
  }

  @Test
  void a_table_of_a_fixed_format_has_the_chosen_columns_alone() throws Exception {
    generated("a.log", LogFormat.COMBINED, 100);

    run(
        options(List.of(), null, List.of(), List.of("status", "path")),
        null,
        List.of("sqlite:" + dir.resolve("o.db"), "csv:" + dir.resolve("o.csv")));

    assertThat(columns("o.db")).containsExactly("source", "line", "time", "status", "path");
    assertThat(read("o.csv")).startsWith("status,path\n");
  }

  private List<String> columns(String database) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve(database));
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select name from pragma_table_info('logs')")) {
      var names = new ArrayList<String>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    }
  }

  @Test
  void no_secret_remains_in_anything_that_is_written_or_shown() throws Exception {
    var secrets =
        List.of(
            "203.0.113.77",
            "2001:db8:5::77",
            "ann.smith@example.com",
            "4111 1111 1111 1111",
            "5500000000000004",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3NyJ9.c2lnbmF0dXJl",
            "AKIAIOSFODNN7EXAMPLE",
            "0123456789abcdef0123456789abcdef",
            "ghp_0123456789abcdefghij77");
    var texts = new ArrayList<String>();
    for (var secret : secrets) {
      texts.add("user sent " + secret + " to us");
      texts.add("(" + secret + ")");
      texts.add("/a?q=" + secret.replace(' ', '+') + "&password=hunter2hunter2");
    }
    var json = new StringBuilder();
    var combined = new StringBuilder();
    var logfmt = new StringBuilder();
    var syslog = new StringBuilder();
    for (var text : texts) {
      json.append(
              "{\"time\":\"2026-11-21T10:00:00Z\",\"level\":\"ERROR\",\"msg\":\"%s\",\"duration_ms\":5,"
                  .formatted(text))
          .append(
              "\"o\":{\"%s\":[\"%s\"]},\"%s\":1,\"password\":\"hunter2hunter2\"}\n"
                  .formatted(text, text, text));
      if (text.startsWith("(")) {
        json.append("{\"msg\":\"%s\n".formatted(text));
        combined.append("203.0.113.77 - - [broken \"%s\"\n".formatted(text));
        logfmt.append("time=2026-11-21T10:00:00Z level=info msg=\"%s\n".formatted(text));
        json.append("{\"msg\":\"\u00fc %s\n".formatted(text));
      }
      json.append("{\"msg\":5500000000000004,\"o\":{\"n\":5500000000000004}}\n");
      combined.append(
          "203.0.113.77 - ann.smith@example.com [21/Nov/2026:10:00:00 +0000] \"GET %s HTTP/1.1\" 500 7 \"http://x/%s\" \"%s\"\n"
              .formatted(text.replace(' ', '+'), text.replace(' ', '+'), text));
      logfmt.append(
          "time=2026-11-21T10:00:00Z level=info msg=\"%s\" ip=2001:db8:5::77\n".formatted(text));
      syslog.append("<34>1 2026-11-21T10:00:00Z 203.0.113.77 su 1 ID47 - %s\n".formatted(text));
    }
    inputs.add(Files.write(dir.resolve("a.json"), json.toString().getBytes(ISO_8859_1)).toString());
    input("a.log", combined.toString());
    input("a.logfmt", logfmt.toString());
    input("a.syslog", syslog.toString());

    var run =
        run(
            options(List.of("copy=msg"), List.of(), List.of("all"), List.of()),
            "msg != 'ann.smith@example.com'",
            List.of("ndjson:" + dir.resolve("o.ndjson"), "sqlite:" + dir.resolve("o.db")));
    for (var name : inputs) {
      Files.delete(Path.of(name));
    }

    assertThat(run.account().written()).isPositive();
    assertThat(run.account().rejected()).isPositive();
    var shown = String.join("\n", run.detections()) + run.remarks() + run.account().toJson();
    try (var files = Files.list(dir)) {
      for (var file : files.toList()) {
        shown += new String(Files.readAllBytes(file), ISO_8859_1);
      }
    }
    assertThat(shown).doesNotContain("hunter2hunter2");
    for (var secret : secrets) {
      assertThat(shown).doesNotContain(secret, secret.replace(' ', '+'));
    }
    assertThat(base64Decoded(Files.readString(rejected))).doesNotContain("ann.smith@example.com");
  }

  /// What stands in the rejects for lines that are no UTF-8.
  private static String base64Decoded(String rejects) {
    var text = new StringBuilder();
    var matcher = java.util.regex.Pattern.compile("\"bytes\":\"([^\"]*)\"").matcher(rejects);
    while (matcher.find()) {
      text.append(new String(java.util.Base64.getDecoder().decode(matcher.group(1)), ISO_8859_1));
    }
    assertThat(text).isNotEmpty();
    return text.toString();
  }

  @Test
  void the_summary_shows_what_is_left_after_redaction() throws Exception {
    input("a.json", "{\"msg\":\"mail from ann@example.com\"}\n".repeat(3));
    var job =
        LogJob.reading(inputs)
            .rejected(rejected)
            .parsers(1)
            .records(options(List.of(), null, List.of("email"), List.of()))
            .build();

    try (var run = LogRun.prepare(job)) {
      run.start();
      run.await();

      assertThat(String.join("\n", run.summary(80, false))).contains("mail from [email]");
    }
  }
}
