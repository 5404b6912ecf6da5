package dev.sluice.logs;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a [LogRun] is to do.
///
/// @param inputs paths of files and directories, globs, `-` for standard input, or addresses to
///   listen at: `syslog+tcp://HOST:PORT`
/// @param format the format of all inputs; null to recognise it for each
/// @param where a CEL expression that the records to keep fulfil; null for all
/// @param targets where the records go, each written as `scheme:rest`; none for a summary, if there
///   is no report either
/// @param rejected the file for what is rejected, made only when there is something
/// @param parsers how many threads parse
/// @param buffer how many lines may wait between reading and parsing
/// @param zone the zone of times that do not tell theirs; null for this machine's
/// @param checkpoint the file that keeps how far the targets are, so that a later run with it goes
///   on there; null for a run that begins anew
/// @param replay whether the inputs are files of rejected lines, whose texts are to be read again
/// @param now the time that times without a year are near
/// @param encoding the encoding of all inputs; null for UTF-8, or UTF-16 where a mark says so
/// @param follow whether to go on with what is added to files, until the run is ended
/// @param aggregation what to count of the records; with it, and without targets, there is no
///   summary
/// @param records what is done to each record before it is written
/// @param report the page to write at the end; null for none
public record LogJob(
    List<String> inputs,
    @Nullable Dialect format,
    @Nullable String where,
    List<String> targets,
    Path rejected,
    int parsers,
    int buffer,
    @Nullable ZoneId zone,
    Instant now,
    @Nullable Charset encoding,
    Follow follow,
    Aggregation aggregation,
    RecordOptions records,
    @Nullable ReportOptions report,
    @Nullable Path checkpoint,
    boolean replay) {

  /// Whether a run goes on when it has read its files.
  public enum Follow {
    /// It ends.
    NO,
    /// It goes on with what is added.
    FROM_START,
    /// It begins at the end of what is there, and goes on with what is added.
    FROM_END
  }

  /// Begins with one that reads `inputs` once, and whose records go nowhere: everything else is set
  /// on it.
  public static Builder reading(List<String> inputs) {
    return new Builder(inputs);
  }

  /// Checks the numbers.
  public LogJob {
    requirePositive("parsers", parsers);
    requirePositive("buffer", buffer);
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
  }

  /// What its times are read by.
  Assumptions assumptions() {
    return new Assumptions(zone, now);
  }

  /// What changes records, as the user wrote it: what must be the same whenever a run with the same
  /// checkpoint goes on.
  String inWords() {
    var words = new ArrayList<String>();
    if (where != null) {
      words.add("--where '" + where + "'");
    }
    if (format != null) {
      words.add("--format " + format.format().id());
    }
    var others = records.inWords();
    if (!others.isEmpty()) {
      words.add(others);
    }
    return String.join(" ", words);
  }

  private static void requirePositive(String what, int value) {
    if (value < 1) {
      throw new UsageException(what + " must be at least 1, but was " + value);
    }
  }

  /// Makes a job: each method sets the component of its name. For one thread.
  public static final class Builder {
    private final List<String> inputs;
    private @Nullable Dialect format;
    private @Nullable String where;
    private List<String> targets = List.of();
    private Path rejected = Path.of("rejected.ndjson");
    private int parsers = Runtime.getRuntime().availableProcessors();
    private int buffer = 16 * 1024;
    private @Nullable ZoneId zone = ZoneOffset.UTC;
    private Instant now = Instant.now();
    private @Nullable Charset encoding;
    private Follow follow = Follow.NO;
    private Aggregation aggregation = Aggregation.NONE;
    private RecordOptions records = RecordOptions.NONE;
    private @Nullable ReportOptions report;
    private @Nullable Path checkpoint;
    private boolean replay;

    private Builder(List<String> inputs) {
      this.inputs = inputs;
    }

    /// Makes the job.
    ///
    /// @throws UsageException if a number is not positive
    public LogJob build() {
      return new LogJob(
          inputs,
          format,
          where,
          targets,
          rejected,
          parsers,
          buffer,
          zone,
          now,
          encoding,
          follow,
          aggregation,
          records,
          report,
          checkpoint,
          replay);
    }

    public Builder format(@Nullable Dialect value) {
      format = value;
      return this;
    }

    public Builder where(@Nullable String value) {
      where = value;
      return this;
    }

    public Builder targets(List<String> value) {
      targets = value;
      return this;
    }

    public Builder rejected(Path value) {
      rejected = value;
      return this;
    }

    public Builder parsers(int value) {
      parsers = value;
      return this;
    }

    public Builder buffer(int value) {
      buffer = value;
      return this;
    }

    public Builder zone(@Nullable ZoneId value) {
      zone = value;
      return this;
    }

    public Builder now(Instant value) {
      now = value;
      return this;
    }

    public Builder encoding(@Nullable Charset value) {
      encoding = value;
      return this;
    }

    public Builder follow(Follow value) {
      follow = value;
      return this;
    }

    public Builder aggregation(Aggregation value) {
      aggregation = value;
      return this;
    }

    public Builder records(RecordOptions value) {
      records = value;
      return this;
    }

    public Builder report(@Nullable ReportOptions value) {
      report = value;
      return this;
    }

    public Builder checkpoint(@Nullable Path value) {
      checkpoint = value;
      return this;
    }

    public Builder replay(boolean value) {
      replay = value;
      return this;
    }
  }
}
