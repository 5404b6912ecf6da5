package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Counts what an HTML report tells, in bounded memory, and writes it when the run has ended: by
/// [#publish], since only then the account is known.
final class ReportTarget implements Target {
  private static final int MOST_REASONS = 50;
  private static final int SAMPLES = 3;
  private static final int LONGEST_SAMPLE = 300;
  private static final String OTHER_REASONS = "other reasons";

  private final ReportOptions options;
  private final Digests digests;
  private final Map<String, Rejects> rejects = new LinkedHashMap<>();

  /// What was rejected for one reason.
  static final class Rejects {
    long count;
    final List<Rejected> samples = new ArrayList<>();
  }

  /// @param parsers how many threads parse
  ReportTarget(ReportOptions options, int parsers) {
    this.options = options;
    digests = new Digests(EnumSet.allOf(Role.class), parsers);
  }

  @Override
  public String name() {
    return options.file().toString();
  }

  @Override
  public Path file() {
    return options.file();
  }

  /// Makes no file yet, but tells of a place where none can be.
  @Override
  public void open(List<LogFormat> known) throws IOException {
    Output.checkPlace(name(), options.file());
  }

  @Override
  public List<Aggregate> aggregates() {
    return List.of(digests);
  }

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    for (var block : blocks) {
      block.give(digests);
      block.rejected().forEach(this::count);
    }
  }

  private void count(Rejected rejected) {
    boolean known = rejects.containsKey(rejected.reason()) || rejects.size() < MOST_REASONS;
    var one =
        rejects.computeIfAbsent(known ? rejected.reason() : OTHER_REASONS, _ -> new Rejects());
    one.count++;
    if (one.samples.size() < SAMPLES) {
      one.samples.add(shortened(rejected));
    }
  }

  private static Rejected shortened(Rejected rejected) {
    var text = new String(rejected.bytes(), UTF_8);
    var kept = text.length() > LONGEST_SAMPLE ? text.substring(0, LONGEST_SAMPLE) + "\u2026" : text;
    return new Rejected(
        rejected.source(),
        rejected.line(),
        rejected.offset(),
        rejected.reason(),
        rejected.detail(),
        kept.getBytes(UTF_8),
        rejected.length());
  }

  @Override
  public void close() {}

  /// Writes the page.
  void publish(ReportFacts facts) throws IOException {
    var page = new ReportPage(options, facts);
    var html = page.render(digests.whole(), rejects);
    try (var out = Output.open(name(), options.file())) {
      out.write(html.getBytes(UTF_8));
      out.commit();
    }
  }
}
