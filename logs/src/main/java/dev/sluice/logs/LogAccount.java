package dev.sluice.logs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What became of everything that a run read, in records.
///
/// Always `read = written + filtered + rejected + dropped + abandoned`.
///
/// @param read records and everything that was not one: malformed and empty lines, binary files
/// @param written records that every target has; each counts once
/// @param filtered empty lines, and records that did not fulfil the condition
/// @param rejected what was no record, which is in the file of the rejected
/// @param dropped what came over the network faster than it could be kept
/// @param abandoned what was read, but not finished when the run was aborted or failed
/// @param lines physical lines
/// @param bytes after decompression
/// @param skipped runs of NUL bytes, and headers, which count nowhere else
/// @param whereErrors records among the filtered for which the condition could not be evaluated
/// @param seconds how long it took
/// @param sources the same for each source
public record LogAccount(
    long read,
    long written,
    long filtered,
    long rejected,
    long dropped,
    long abandoned,
    long lines,
    long bytes,
    long skipped,
    long whereErrors,
    double seconds,
    List<SourceAccount> sources) {

  /// Bytes that a followed file lost before they were read: it was truncated, and no copy was
  /// found.
  ///
  /// @param from where in the file they began
  /// @param to where they ended; null if nobody has seen how far they went, or whether there were
  ///   any
  public record Gap(long from, @Nullable Long to) {}

  /// What became of one source.
  ///
  /// @param source what the user calls it
  /// @param format the id of its format; null if it was empty, binary or not readable
  /// @param continuedAt from which byte it was read on, after an earlier run; 0 if from the start
  /// @param continuedLine which line begins there; 0 if it was read from the start
  /// @param error why it could not be read to its end; null if it could
  /// @param gaps what was lost before it could be read
  public record SourceAccount(
      String source,
      @Nullable String format,
      long read,
      long written,
      long filtered,
      long rejected,
      long dropped,
      long abandoned,
      long lines,
      long bytes,
      long skipped,
      long continuedAt,
      long continuedLine,
      @Nullable String error,
      List<Gap> gaps) {

    private Map<String, @Nullable Object> members() {
      var members = new LinkedHashMap<String, @Nullable Object>();
      members.put("source", source);
      members.put("format", format);
      members.put("read", read);
      members.put("written", written);
      members.put("filtered", filtered);
      members.put("rejected", rejected);
      members.put("dropped", dropped);
      members.put("abandoned", abandoned);
      members.put("lines", lines);
      members.put("bytes", bytes);
      members.put("skipped", skipped);
      if (continuedAt > 0) {
        members.put("continued_at", continuedAt);
        members.put("continued_line", continuedLine);
      }
      if (error != null) {
        members.put("error", error);
      }
      return members;
    }
  }

  /// The account of a run that read nothing.
  public static LogAccount empty() {
    return sum(List.of(), 0, 0);
  }

  static LogAccount sum(List<SourceAccount> sources, long whereErrors, double seconds) {
    long read = 0;
    long written = 0;
    long filtered = 0;
    long rejected = 0;
    long dropped = 0;
    long abandoned = 0;
    long lines = 0;
    long bytes = 0;
    long skipped = 0;
    for (var s : sources) {
      read += s.read;
      written += s.written;
      filtered += s.filtered;
      rejected += s.rejected;
      dropped += s.dropped;
      abandoned += s.abandoned;
      lines += s.lines;
      bytes += s.bytes;
      skipped += s.skipped;
    }
    return new LogAccount(
        read,
        written,
        filtered,
        rejected,
        dropped,
        abandoned,
        lines,
        bytes,
        skipped,
        whereErrors,
        seconds,
        sources);
  }

  /// Whether the sum is right, for each source too. False would be a bug of ours.
  public boolean balances() {
    return read == written + filtered + rejected + dropped + abandoned
        && sources.stream()
            .allMatch(s -> s.read == s.written + s.filtered + s.rejected + s.dropped + s.abandoned);
  }

  /// The account as a JSON object, in one line.
  public String toJson() {
    var json = new JsonBuffer();
    var counts = new LinkedHashMap<String, @Nullable Object>();
    counts.put("read", read);
    counts.put("written", written);
    counts.put("filtered", filtered);
    counts.put("rejected", rejected);
    counts.put("dropped", dropped);
    counts.put("abandoned", abandoned);
    counts.put("lines", lines);
    counts.put("bytes", bytes);
    counts.put("skipped", skipped);
    counts.put("where_errors", whereErrors);
    counts.put("seconds", Math.round(seconds * 1000) / 1000.0);
    members(json, counts);
    json.raw(",\"sources\":[");
    for (int i = 0; i < sources.size(); i++) {
      if (i > 0) {
        json.raw(',');
      }
      members(json, sources.get(i).members());
      gaps(json, sources.get(i).gaps());
      json.raw('}');
    }
    return json.raw("]}").toString();
  }

  private static void gaps(JsonBuffer json, List<Gap> gaps) {
    String before = ",\"gaps\":[";
    for (var gap : gaps) {
      json.raw(before).raw("{\"from\":").value(gap.from()).raw(",\"to\":").value(gap.to()).raw('}');
      before = ",";
    }
    json.raw(gaps.isEmpty() ? "" : "]");
  }

  /// Begins an object, and leaves it open.
  private static void members(JsonBuffer json, Map<String, @Nullable Object> members) {
    char before = '{';
    for (var member : members.entrySet()) {
      json.raw(before).string(member.getKey()).raw(':').value(member.getValue());
      before = ',';
    }
  }
}
