package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReportTargetTest {
  /// What must never become markup, wherever a page may put it.
  static final List<String> HOSTILE =
      List.of(
          "<script>document.title='owned'</script>",
          "\"><script>document.title='owned'</script>",
          "'><img src=x onerror=\"document.title='owned'\">",
          "<svg onload=document.title='owned'>",
          "</title><script>document.title='owned'</script>",
          "</style><script>document.title='owned'</script>",
          "</pre></bdi></td><iframe src=javascript:document.title='owned'></iframe>",
          "<!--",
          "-->",
          "]]>",
          "<![CDATA[",
          "&lt;b&gt;",
          "&#60;b&#62;",
          "&amp",
          "`onclick=1",
          "<a href=\"javascript:document.title='owned'\">x</a>",
          "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
          "<base href=https://evil.example/>",
          "<link rel=stylesheet href=https://evil.example/x.css>",
          "<style>body{display:none}</style>",
          "<form action=https://evil.example><input name=x></form>",
          "<math><mtext><script>document.title='owned'</script>",
          "<template><script>document.title='owned'</script></template>",
          "{{constructor.constructor('document.title=1')()}}",
          "${document.title}",
          "\u0000<script>",
          "\u202Eevil\u202C",
          "\ud83d",
          "\u2028<b>",
          "\uFEFF<b>",
          "+ADw-script+AD4-",
          "\u00ABscript\u00BB",
          "x".repeat(5_000),
          "\u001b[31m<b>");

  private static final Pattern TAG = Pattern.compile("<([a-zA-Z!/][^\\s>/]*)");
  private static final Pattern ATTRIBUTE = Pattern.compile("\\s([a-zA-Z:-]+)=");

  @TempDir Path dir;

  private static LogJob job(ReportOptions options, RecordOptions records) {
    return LogJob.reading(List.of("a.log"))
        .now(Instant.parse("2026-11-21T12:00:00Z"))
        .records(records)
        .report(options)
        .build();
  }

  private String page(
      List<ParsedBlock> blocks, LogAccount account, String command, @Nullable String failure)
      throws IOException {
    var options = new ReportOptions(dir.resolve("report.html"), "sluice 1.0", command);
    var job = job(options, RecordOptions.NONE);
    try (var target = new ReportTarget(options, 2)) {
      target.open(List.of());
      target.write(TargetFixtures.added(target, blocks));
      target.publish(new ReportFacts(job, account, RecordSteps.of(job, Map.of()), failure));
    }
    return Files.readString(options.file());
  }

  private static LogAccount account(String source, long written, long rejected) {
    var one =
        new LogAccount.SourceAccount(
            source,
            "combined",
            written + rejected,
            written,
            0,
            rejected,
            0,
            0,
            written,
            1_000,
            0,
            0,
            0,
            null,
            List.of());
    return LogAccount.sum(List.of(one), 0, 1.5);
  }

  private String hostilePage() throws IOException {
    var records = new ArrayList<LogRecord>();
    var rejects = new ArrayList<Rejected>();
    for (var text : HOSTILE) {
      records.add(TargetFixtures.access(text, 1, text, 503, 1L));
      records.add(
          TargetFixtures.logRecord(
              LogFormat.JSON,
              text,
              1,
              "level",
              text,
              "msg",
              text,
              "service",
              text,
              "duration_ms",
              5L,
              "path",
              text,
              "method",
              text,
              "user_agent",
              text,
              "referer",
              text,
              "host",
              text));
      rejects.add(
          new Rejected(
              text, 1, 0, text, text, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), 1));
    }
    return page(
        List.of(TargetFixtures.block("x", records, rejects)),
        account(HOSTILE.get(4), 1, 1),
        String.join(" ", HOSTILE),
        HOSTILE.getFirst());
  }

  private static Set<String> found(Pattern pattern, String html) {
    var found = new TreeSet<String>();
    var matcher = pattern.matcher(html);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static String withoutStyle(String html) {
    return html.replaceAll("(?s)<style>.*?</style>", "<style></style>");
  }

  @Test
  void hostile_text_becomes_text_wherever_it_stands() throws Exception {
    var html = withoutStyle(hostilePage());
    var honest =
        withoutStyle(
            page(
                List.of(
                    TargetFixtures.block(
                        "x",
                        List.of(
                            TargetFixtures.access("a.log", 1, "/x", 503, 1L),
                            TargetFixtures.logRecord(
                                LogFormat.JSON,
                                "a",
                                1,
                                "level",
                                "ERROR",
                                "msg",
                                "m",
                                "duration_ms",
                                5L)),
                        List.of(TargetFixtures.rejected("a.log", 2, "no-quote", "x")))),
                account("a.log", 1, 1),
                "sluice logs a.log",
                "failed"));

    assertThat(found(TAG, html)).isEqualTo(found(TAG, honest));
    var tags = Pattern.compile("<[a-zA-Z][^<>]*>").matcher(html).results().map(r -> r.group());
    assertThat(
            tags.flatMap(tag -> found(ATTRIBUTE, tag.replaceAll("\"[^\"]*\"", "")).stream())
                .distinct())
        .allMatch(
            List.of(
                    "lang",
                    "charset",
                    "http-equiv",
                    "content",
                    "name",
                    "class",
                    "viewBox",
                    "preserveAspectRatio",
                    "aria-hidden",
                    "aria-label",
                    "role",
                    "width",
                    "height",
                    "x",
                    "y",
                    "x1",
                    "x2",
                    "y1",
                    "y2",
                    "rx")
                ::contains);
    assertThat(html).doesNotContain("\u202E", "\u0000", "\u001b", "\u2028", "\uFEFF");
  }

  @Test
  void a_page_loads_nothing_and_its_policy_allows_nothing_but_its_own_style() throws Exception {
    var html = hostilePage();

    assertThat(html)
        .containsPattern(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
                + " 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'\">");
    assertThat(withoutStyle(html)).doesNotContainPattern("<[^>]*\\b(src|href|style|on[a-z]+)\\s*=");
    assertThat(html).doesNotContainPattern("(?i)@import|url\\(");
  }

  /// What a browser makes of it, which may see markup where we see none.
  @Test
  @Timeout(120)
  void a_browser_finds_no_element_that_is_not_ours_and_runs_nothing() throws Exception {
    var chromium = Path.of("/usr/bin/chromium");
    Assumptions.assumeTrue(Files.isExecutable(chromium), "needs Debian's chromium");
    hostilePage();
    var out = dir.resolve("dom.html");
    var process =
        new ProcessBuilder(
                chromium.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + dir.resolve("profile"),
                "--virtual-time-budget=2000",
                "--dump-dom",
                dir.resolve("report.html").toUri().toString())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    var dom = Files.readString(out);

    assertThat(dom).contains("</html>").doesNotContain("<title>owned</title>");
    var ours =
        Arrays.asList(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "header",
            "h1",
            "h2",
            "h3",
            "p",
            "dl",
            "div",
            "dt",
            "dd",
            "small",
            "main",
            "section",
            "b",
            "svg",
            "rect",
            "line",
            "g",
            "ul",
            "li",
            "span",
            "details",
            "summary",
            "table",
            "tbody",
            "tr",
            "th",
            "td",
            "bdi",
            "code",
            "pre",
            "br",
            "footer",
            "!doctype");
    assertThat(found(Pattern.compile("<([a-zA-Z!][^\\s>/]*)"), withoutStyle(dom)))
        .allMatch(tag -> ours.contains(tag.toLowerCase(java.util.Locale.ROOT)));
  }

  @Test
  void the_account_the_times_and_the_counts_are_in_it() throws Exception {
    var records = new ArrayList<LogRecord>();
    for (int i = 0; i < 60; i++) {
      records.add(
          TargetFixtures.access(
              "a.log", i, i % 4 == 0 ? "/slow?x=1" : "/", i < 57 ? 200 : 503, 1_000L));
    }

    var html =
        page(
            List.of(
                TargetFixtures.block(
                    "a.log",
                    records,
                    List.of(TargetFixtures.rejected("a.log", 61, "no-quote", "bad < line")))),
            account("a.log", 60, 1),
            "sluice logs a.log --to postgresql://ann:hunter2@db/x",
            null);

    assertThat(html)
        .contains("<h1>a.log</h1>", "2026-11-21 10:00:00 to 2026-11-21 10:00:59 UTC (59 s)")
        .contains("<b>61</b> read = <b>60</b> written + <b>0</b> filtered + <b>1</b> rejected")
        .contains("<bdi>/slow</bdi>", "<code>no-quote</code>", "bad &lt; line")
        .contains("5.0 %", "3 of status 5xx")
        .contains("postgresql://ann:***@db/x")
        .doesNotContain("hunter2", "This run did not end well");
  }

  @Test
  void a_run_of_nothing_has_a_page_too() throws Exception {
    var html = page(List.of(), LogAccount.empty(), "sluice logs empty.log", null);

    assertThat(html).contains("No records", "<b>0</b> read").endsWith("</html>\n");
  }

  @Test
  void a_run_that_failed_says_so_on_its_page() throws Exception {
    assertThat(
            page(List.of(), account("a.log", 1, 0), "sluice", "cannot write csv:x: No space left"))
        .contains("This run did not end well", "cannot write csv:x: No space left");
  }

  @Test
  void memory_is_bounded_whatever_comes() throws Exception {
    var records = new ArrayList<LogRecord>();
    var rejects = new ArrayList<Rejected>();
    for (int i = 0; i < 30_000; i++) {
      records.add(TargetFixtures.access("a.log", i, "/" + i + "x".repeat(300), 500, 1L));
      rejects.add(TargetFixtures.rejected("a.log", i, "reason " + i, "y".repeat(1_000)));
    }

    var html =
        page(
            List.of(TargetFixtures.block("a.log", records, rejects)),
            account("a.log", 30_000, 30_000),
            "sluice",
            null);

    assertThat(html.length()).isLessThan(500_000);
    assertThat(html).contains("other reasons");
  }

  @Test
  void a_place_where_no_file_can_be_is_told_at_the_start() {
    var target =
        new ReportTarget(new ReportOptions(dir.resolve("none/report.html"), "sluice", "x"), 2);

    assertThatThrownBy(() -> target.open(List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no directory");
    assertThatThrownBy(() -> new ReportOptions(Path.of("-"), "sluice", "x"))
        .isInstanceOf(UsageException.class);
  }
}
