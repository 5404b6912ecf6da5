package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparingLong;
import static java.util.Objects.requireNonNull;

import dev.sluice.logs.LogAccount.SourceAccount;
import dev.sluice.logs.ReportTarget.Rejects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Lays a report out as one page of HTML that needs nothing else: no script, no other file, no
/// network. Its content policy allows nothing but its own style sheet, by that one's digest.
final class ReportPage {
  private static final int TOP = 10;
  private static final int MOST_STATUSES = 15;
  private static final int SOURCES = 50;
  private static final int BARS = 150;
  private static final String SECTION = "<section>";
  private static final DateTimeFormatter STARTED =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);
  private static final Pattern PASSWORD = Pattern.compile("(://[^\\s/:@]*):[^\\s/@]*@");

  private final ReportOptions options;
  private final ReportFacts facts;
  private final ReportCharts charts;
  private final Html html = new Html();
  private String opening = SECTION;

  ReportPage(ReportOptions options, ReportFacts facts) {
    this.options = options;
    this.facts = facts;
    this.charts = new ReportCharts(html);
  }

  String render(Digest digest, Map<String, Rejects> rejects) {
    var formats = digest.formats();
    var title = title();
    head(title);
    html.raw("<header><h1>").text(title).raw("</h1><p>").text(span(digest));
    html.raw("</p>");
    tiles(formats);
    html.raw("</header>\n<main>\n");
    failure();
    account();
    if (!digest.timeLine().isEmpty()) {
      timeLine(digest.timeLine());
    }
    formats.forEach((format, counts) -> format(format, counts, formats.size() > 1));
    rejected(rejects);
    sources();
    run();
    html.raw("</main>\n<footer>").text("Made by " + options.program() + ". ");
    html.raw("This page is complete in itself: it loads nothing and runs no script.");
    return html.raw("</footer>\n</body>\n</html>\n").toString();
  }

  private void head(String title) {
    var style = style();
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
    html.raw(digest(style)).raw("'; base-uri 'none'; form-action 'none'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<title>").text(title);
    html.raw("</title>\n<style>").raw(style).raw("</style>\n</head>\n<body>\n");
  }

  private static String style() {
    try (var file = requireNonNull(ReportPage.class.getResourceAsStream("report.css"))) {
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String style) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(UTF_8));
      return new String(Base64.getEncoder().encode(digest), StandardCharsets.US_ASCII);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private String title() {
    var sources = facts.account().sources();
    return sources.size() == 1 ? sources.getFirst().source() : number(sources.size()) + " logs";
  }

  private static String span(Digest digest) {
    var first = digest.firstTime();
    var last = digest.lastTime();
    var names = digest.formats().keySet().stream().map(LogFormat::id).toList();
    var what = names.isEmpty() ? "No records" : capital(String.join(" and ", names)) + " records";
    return first == null || last == null
        ? what
        : "%s from %s to %s UTC%s"
            .formatted(
                what,
                SummaryText.clock(first),
                SummaryText.clock(last),
                SummaryText.length(first, last));
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private void tiles(Map<LogFormat, FormatDigest> formats) {
    long records = formats.values().stream().mapToLong(counts -> counts.records).sum();
    html.raw("<dl class=\"tiles\">");
    tile("Records", number(records), "", false);
    long answered = 0;
    long serverErrors = 0;
    long levelled = 0;
    long errors = 0;
    long sent = 0;
    for (var counts : formats.values()) {
      for (long one : counts.statusClasses) {
        answered += one;
      }
      serverErrors += counts.serverErrors;
      levelled += counts.levels.isEmpty() ? 0 : counts.records;
      errors += counts.errors;
      sent += counts.bytesSent;
    }
    if (answered > 0) {
      tile(
          "Server errors",
          ReportCharts.share(serverErrors, answered),
          number(serverErrors) + " of status 5xx",
          serverErrors > 0);
    }
    if (levelled > 0) {
      tile(
          "Errors",
          ReportCharts.share(errors, levelled),
          number(errors) + " of level error",
          errors > 0);
    }
    for (var counts : formats.values()) {
      if (!counts.latencies.isEmpty()) {
        tile(
            "95 % took at most",
            counts.latencies.text(counts.latencies.percentile(95)),
            "half of them " + counts.latencies.text(counts.latencies.percentile(50)),
            false);
        break;
      }
    }
    if (sent > 0) {
      tile("Sent", Figures.size(sent), "", false);
    }
    var account = facts.account();
    tile(
        "Rejected",
        number(account.rejected()),
        ReportCharts.share(account.rejected(), account.read()) + " of what was read",
        account.rejected() > 0);
    html.raw("</dl>");
  }

  private void tile(String what, String value, String more, boolean alarm) {
    html.raw(alarm ? "<div class=\"alarm\"><dt>" : "<div><dt>")
        .text(what)
        .raw("</dt><dd>")
        .text(value);
    if (!more.isEmpty()) {
      html.raw("<small>").text(more).raw("</small>");
    }
    html.raw("</dd></div>");
  }

  private void failure() {
    var failure = facts.failure();
    if (failure != null) {
      html.raw("<section class=\"fail\"><h2>This run did not end well</h2><p>");
      html.text(clean(failure))
          .raw("</p><p class=\"note\">What follows is of the part that was read.</p></section>\n");
    }
  }

  private void account() {
    var account = facts.account();
    section(
        "Account",
        account.balances()
            ? "what became of everything that was read"
            : "does not balance: a defect of sluice");
    html.raw("<p class=\"sum\"><b>").text(number(account.read())).raw("</b> read = <b>");
    html.text(number(account.written())).raw("</b> written + <b>").text(number(account.filtered()));
    html.raw("</b> filtered + <b>").text(number(account.rejected())).raw("</b> rejected + <b>");
    html.text(number(account.dropped()))
        .raw("</b> dropped + <b>")
        .text(number(account.abandoned()));
    html.raw("</b> abandoned</p>");
    charts.balance(
        List.of(
            new ReportCharts.Part("written", account.written(), "ok"),
            new ReportCharts.Part("filtered", account.filtered(), "plain"),
            new ReportCharts.Part("rejected", account.rejected(), "bad"),
            new ReportCharts.Part("dropped", account.dropped(), "warn"),
            new ReportCharts.Part("abandoned", account.abandoned(), "warn")));
    var notes = new ArrayList<String>();
    notes.add("%s in %s lines".formatted(Figures.size(account.bytes()), number(account.lines())));
    facts
        .steps()
        .filteredBy()
        .forEach((option, count) -> notes.add(option + " left out " + number(count)));
    if (account.skipped() > 0) {
      notes.add(number(account.skipped()) + " runs of NUL bytes or headers skipped");
    }
    html.raw("<p class=\"note\">").text(String.join(" \u00b7 ", notes)).raw("</p>");
    for (var remark : facts.steps().remarks()) {
      html.raw("<p class=\"note\">").text(clean(remark)).raw("</p>");
    }
    end();
  }

  private void timeLine(TimeLine timeLine) {
    var parts = timeLine.parts(BARS);
    section("Time line", "records per " + ReportCharts.duration(parts.step()));
    charts.timeLine(parts);
    end();
  }

  private void format(LogFormat format, FormatDigest counts, boolean named) {
    if (named) {
      html.raw("<h3>")
          .text(format.id())
          .raw(" <small>")
          .text(number(counts.records) + " records")
          .raw("</small></h3>\n");
    }
    html.raw("<div class=\"grid\">\n");
    statuses(counts);
    levels(counts);
    top("Paths", counts.paths, counts.records, "main");
    top("Paths that failed", "status 5xx", counts.failing, counts.serverErrors, "bad");
    top("Paths not found", "status 404", counts.missing, counts.notFound, "warn");
    top("Hosts", counts.hosts, counts.records, "main");
    top("Services", counts.apps, counts.records, "main");
    latencies(counts);
    top("Methods", counts.methods, counts.records, "main");
    html.raw("</div>\n");
    opening = "<section class=\"broad\">";
    top("Messages", "# for numbers", counts.messages, counts.records, "main");
    top("Agents", counts.agents, counts.records, "main");
    top("Referers", counts.referers, counts.records, "main");
    opening = SECTION;
    slowest(counts);
  }

  private void statuses(FormatDigest counts) {
    if (counts.statuses().isEmpty()) {
      return;
    }
    section("Statuses", "");
    var looks = List.of("plain", "ok", "ok", "info", "warn", "bad");
    var rows = new ArrayList<ReportCharts.Row>();
    for (var entry : counts.statuses().stream().limit(MOST_STATUSES).toList()) {
      rows.add(
          new ReportCharts.Row(
              StatusText.of(entry.text()), entry.count(), looks.get(entry.text().charAt(0) - '0')));
    }
    charts.rows(rows, counts.records);
    end();
  }

  private void levels(FormatDigest counts) {
    if (counts.levels.isEmpty()) {
      return;
    }
    section("Levels", "");
    var rows = new ArrayList<ReportCharts.Row>();
    for (var entry : counts.levels.top(TOP)) {
      rows.add(
          new ReportCharts.Row(
              entry.text(), entry.count(), FormatDigest.seriesOf(entry.text()).look()));
    }
    charts.rows(rows, counts.records);
    end();
  }

  private void top(String title, TopCounts counts, long whole, String look) {
    top(title, "", counts, whole, look);
  }

  private void top(String title, String more, TopCounts counts, long whole, String look) {
    if (counts.isEmpty()) {
      return;
    }
    var about =
        counts.error() == 0 ? "" : "about; up to %s more each".formatted(number(counts.error()));
    section(title, more.isEmpty() || about.isEmpty() ? more + about : more + "; " + about);
    var rows =
        counts.top(TOP).stream()
            .map(entry -> new ReportCharts.Row(entry.text(), entry.count(), look))
            .toList();
    charts.rows(rows, whole);
    end();
  }

  private void latencies(FormatDigest counts) {
    var latencies = counts.latencies;
    if (latencies.isEmpty()) {
      return;
    }
    section(
        "Latency",
        number(latencies.count())
            + " records"
            + (latencies.unitKnown() ? "" : "; the log tells no unit"));
    html.raw("<dl class=\"percentiles\">");
    for (double percent : new double[] {50, 90, 95, 99, 99.9}) {
      percentile(
          percent == 99.9 ? "99.9 %" : (int) percent + " %",
          latencies.text(latencies.percentile(percent)));
    }
    percentile("longest", latencies.text(latencies.max()));
    html.raw("</dl>");
    var rows = new ArrayList<ReportCharts.Row>();
    for (var slice : latencies.slices()) {
      var label = latencies.text(slice.from()) + " \u2013 " + latencies.text(slice.to());
      rows.add(new ReportCharts.Row(label, slice.count(), "main"));
    }
    charts.rows(rows, latencies.count());
    end();
  }

  private void percentile(String what, String value) {
    html.raw("<div><dt>").text(what).raw("</dt><dd>").text(value).raw("</dd></div>");
  }

  private void slowest(FormatDigest counts) {
    if (counts.slowest().isEmpty()) {
      return;
    }
    section("Slowest", "");
    html.raw(
        "<div class=\"scroll\"><table><tr><th class=\"n\">Took</th><th>What</th><th class=\"wide\">Time (UTC)</th><th>Where</th></tr>");
    for (var slow : counts.slowest()) {
      html.raw("<tr><td class=\"n\">").text(counts.latencies.text(slow.took()));
      html.raw("</td><td class=\"t\">").foreign(slow.what());
      html.raw("</td><td class=\"wide nowrap\">")
          .text(slow.time() == null ? "" : SummaryText.clock(slow.time()));
      html.raw("</td><td class=\"t\">")
          .foreign(slow.source() + ":" + slow.line())
          .raw("</td></tr>");
    }
    html.raw("</table></div>");
    end();
  }

  private void rejected(Map<String, Rejects> rejects) {
    if (rejects.isEmpty()) {
      return;
    }
    section("Rejected", "all of them are in " + facts.job().rejected());
    rejects.entrySet().stream()
        .sorted(comparingLong((Map.Entry<String, Rejects> one) -> -one.getValue().count))
        .forEach(one -> reason(one.getKey(), one.getValue()));
    end();
  }

  private void reason(String reason, Rejects rejects) {
    html.raw("<div class=\"reason\"><b>")
        .text(number(rejects.count))
        .raw("</b> <code>")
        .text(reason)
        .raw("</code>");
    for (var sample : rejects.samples) {
      var where = sample.line() > 0 ? sample.source() + ":" + sample.line() : sample.source();
      html.raw("<p class=\"sample\">")
          .foreign(where)
          .text(" \u2013 " + sample.detail())
          .raw("</p><pre>");
      html.lines(new String(sample.bytes(), UTF_8)).raw("</pre>");
    }
    html.raw("</div>");
  }

  private void sources() {
    var sources = facts.account().sources();
    if (sources.size() < 2 && sources.stream().noneMatch(one -> one.error() != null)) {
      return;
    }
    section(
        "Files",
        sources.size() > SOURCES ? "the first " + SOURCES + " of " + number(sources.size()) : "");
    html.raw(
        "<div class=\"scroll\"><table><tr><th>File</th><th>Format</th><th class=\"n\">Read</th><th class=\"n\">Written</th>");
    html.raw("<th class=\"n\">Filtered</th><th class=\"n\">Rejected</th></tr>");
    sources.stream().limit(SOURCES).forEach(this::source);
    html.raw("</table></div>");
    end();
  }

  private void source(SourceAccount source) {
    html.raw("<tr><td class=\"t\">").foreign(source.source());
    if (source.error() != null) {
      html.raw("<br>").text(source.error());
    }
    html.raw("</td><td>").text(source.format() == null ? "\u2013" : source.format());
    for (long count :
        new long[] {source.read(), source.written(), source.filtered(), source.rejected()}) {
      html.raw("</td><td class=\"n\">").text(number(count));
    }
    html.raw("</td></tr>");
  }

  private void run() {
    var job = facts.job();
    section("This run", "");
    html.raw("<dl class=\"run\">");
    fact("Command", "code", clean(PASSWORD.matcher(options.command()).replaceAll("$1:***@")));
    fact("Started", "span", started(job.assumptions()));
    fact("Took", "span", Figures.fixed(facts.account().seconds(), 1) + " s");
    facts.steps().announcements().forEach(one -> fact("Only", "span", one));
    html.raw("</dl>");
    end();
  }

  /// @param element that holds the value
  private void fact(String what, String element, String value) {
    html.raw("<dt>")
        .text(what)
        .raw("</dt><dd><" + element + ">")
        .text(value)
        .raw("</" + element + "></dd>");
  }

  private static String started(Assumptions assumptions) {
    var zone = assumptions.zone();
    return STARTED.format(assumptions.now().atZone(zone)) + " (" + zone.getId() + ")";
  }

  private String clean(String text) {
    return facts.steps().redact(text);
  }

  private void section(String title, String more) {
    html.raw(opening).raw("<h2>").text(title);
    if (!more.isEmpty()) {
      html.raw("<small>").text(more).raw("</small>");
    }
    html.raw("</h2>");
  }

  private void end() {
    html.raw("</section>\n");
  }

  private static String number(long number) {
    return Figures.grouped(number);
  }
}
