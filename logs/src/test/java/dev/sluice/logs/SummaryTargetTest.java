package dev.sluice.logs;

import static dev.sluice.logs.TargetFixtures.access;
import static dev.sluice.logs.TargetFixtures.block;
import static dev.sluice.logs.TargetFixtures.blocks;
import static dev.sluice.logs.TargetFixtures.json;
import static dev.sluice.logs.TargetFixtures.logRecord;
import static dev.sluice.logs.TargetFixtures.rejected;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SummaryTargetTest {
  private final SummaryTarget summary = new SummaryTarget(2);

  private void write(List<ParsedBlock> blocks) throws IOException {
    summary.write(TargetFixtures.added(summary, blocks));
  }

  @Test
  void an_access_log_is_shown_by_status_and_path() throws Exception {
    var records = new ArrayList<LogRecord>();
    for (int i = 0; i < 1_500; i++) {
      records.add(
          access(
              "access.log",
              i,
              i % 3 == 0 ? "/" : "/items?page=" + i,
              i < 1_200 ? 200 : i < 1_485 ? 404 : 503,
              1_000L));
    }
    write(
        List.of(
            block(
                "access.log",
                records,
                List.of(
                    rejected("access.log", 17, "no-quote", "x"),
                    rejected("access.log", 20, "no-quote", "y")))));

    assertThat(summary.render(80, false))
        .containsExactly(
            "1,500 combined records from access.log, 1.0 kB",
            "  2026-11-21 10:00:00 to 2026-11-21 10:00:59 UTC (59 s)",
            "",
            "Status, 1.5 MB sent",
            "  2xx  1,200  80.0 %  ██████████████████████████████",
            "  4xx    285  19.0 %  ███████",
            "  5xx     15   1.0 %  ▌",
            "  200 1,200 · 404 285 · 503 15",
            "",
            "Top paths",
            "  1,000  66.7 %  /items",
            "    500  33.3 %  /",
            "",
            "Rejected: 2 lines",
            "  2  no-quote  first at access.log:17");
  }

  @Test
  void a_log_with_levels_is_shown_by_level_and_message() throws Exception {
    write(
        blocks(
            json(1, "level", "info", "msg", "took 17 ms"),
            json(2, "level", "INFO", "msg", "took 3 ms"),
            json(3, "level", "error", "msg", "disk full")));

    assertThat(summary.render(80, false))
        .contains(
            "Levels",
            "  INFO   2  66.7 %  ██████████████████████████████",
            "  ERROR  1  33.3 %  ███████████████",
            "Top messages, # for numbers",
            "  2  66.7 %  took # ms",
            "  1  33.3 %  disk full");
  }

  @Test
  void each_format_has_its_part_and_each_file_its_line() throws Exception {
    write(
        List.of(
            block(
                "a.log",
                List.of(access("a.log", 1, "/", 200, 1L), access("a.log", 2, "/", 200, 1L)),
                List.of()),
            block(
                "app.jsonl",
                List.of(json(1, "lvl", 30L)),
                List.of(rejected("app.jsonl", 0, "binary", "")))));

    assertThat(summary.render(80, false))
        .contains(
            "3 records from 2 files, 2.0 kB",
            "combined: status, 2 B sent",
            "combined: top paths",
            "json: levels",
            "Rejected: 1 line",
            "  1  binary  first at app.jsonl",
            "Files",
            "  2  a.log",
            "  1  app.jsonl  (1 rejected)")
        .anyMatch(line -> line.contains("json 1") && line.contains("combined 2"));
  }

  @Test
  void nothing_at_all_is_a_summary_too() throws Exception {
    write(blocks());

    assertThat(summary.render(80, false)).containsExactly("No records from test.log, 1.0 kB");
  }

  @Test
  void lines_that_were_left_out_are_told() throws Exception {
    var read = blocks(json(1, "k", "v")).getFirst();
    write(List.of(new ParsedBlock(read.block(), read.records(), List.of(), 1_234)));

    assertThat(summary.render(80, false)).contains("  1,234 lines left out: filtered, or empty");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-21T10:00:00Z,       2026-11-21T10:00:00.5Z,     -1",
    "2026-11-21T10:00:00.45Z,    2026-11-21T10:00:00.5Z,     -1",
    "2026-11-21T10:00:01Z,       2026-11-21T10:00:00.999Z,    1",
    "2026-11-21T10:00:00.5Z,     2026-11-21T10:00:00.5Z,      0",
    "2025-11-21T10:00:00Z,       2026-01-01T00:00:00.000001Z,-1",
  })
  void times_of_different_precision_have_an_order(String a, String b, int order) {
    assertThat(Integer.signum(SummaryText.compareTimes(a, b))).isEqualTo(order);
    assertThat(Integer.signum(SummaryText.compareTimes(b, a))).isEqualTo(-order);
  }

  @ParameterizedTest
  @CsvSource({"80, true", "80, false", "40, false", "10, true", "200, true"})
  void hostile_text_neither_steers_the_terminal_nor_leaves_its_width(int width, boolean colour)
      throws Exception {
    var records = new ArrayList<LogRecord>();
    for (String text :
        List.of(
            "\u001b[2J\u001b]0;gone\u0007",
            "日本語".repeat(100),
            "a\nb\r\u0085\u2028c",
            "x".repeat(9_000),
            "\u202Eevil",
            "\ud83d")) {
      records.add(access(text, 1, text, 200, Long.MAX_VALUE));
      records.add(logRecord(LogFormat.JSON, text, 1, "level", text, "msg", text, "status", 100L));
    }
    write(
        List.of(
            block(
                "\u001b[31m" + "s".repeat(300),
                records,
                List.of(rejected("\u001bfile", 1, "reason", "x"))),
            block("other", List.of(), List.of())));

    var lines = summary.render(width, colour);

    assertThat(lines)
        .allSatisfy(line -> {
          var plain = line.replaceAll("\u001b\\[[0-9]+m", "");
          assertThat(plain.chars())
              .noneMatch(c -> c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0x202E || c == 0x2028);
          int wide = (int) plain.chars().filter(c -> c >= 0x2E80 && c <= 0xA4CF).count();
          assertThat(plain.length() + wide).isLessThanOrEqualTo(Math.max(40, width));
        });
  }

  @Test
  void colour_adds_nothing_but_colour() throws Exception {
    write(blocks(access("a.log", 1, "/x", 500, 5L), json(1, "level", "WARN")));

    var plain = summary.render(80, false);
    var coloured = summary.render(80, true);

    assertThat(coloured.stream().map(line -> line.replaceAll("\u001b\\[[0-9]+m", "")))
        .containsExactlyElementsOf(plain);
    assertThat(String.join("", coloured)).contains("\u001b[31m");
    assertThat(String.join("", plain)).doesNotContain("\u001b");
  }

  @Test
  void approximate_counts_say_so() throws Exception {
    var records = new ArrayList<LogRecord>();
    for (int i = 0; i < 70_000; i++) {
      records.add(access("a.log", i, "/" + i, 200, 1L));
    }
    write(blocks(records.toArray(LogRecord[]::new)));

    assertThat(summary.render(80, false))
        .anyMatch(line -> line.startsWith("Top paths (about; up to "));
  }
}
