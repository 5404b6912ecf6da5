package dev.sluice.logs;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a [LogRun] is to do.
///
/// @param inputs paths of files and directories, globs, `-` for standard input, or addresses to
///   listen at: `syslog+tcp://HOST:PORT`
/// @param format the format of all inputs; null to recognise it for each
/// @param where a CEL expression that the records to keep fulfil; null for all
/// @param targets where the records go, each written as `scheme:rest`; none for a summary
/// @param rejected the file for what is rejected, made only when there is something
/// @param parsers how many threads parse
/// @param buffer how many lines may wait between reading and parsing
/// @param zone the zone of times that do not tell theirs
/// @param now the time that times without a year are near
/// @param encoding the encoding of all inputs; null for UTF-8, or UTF-16 where a mark says so
/// @param follow whether to go on with what is added to files, until the run is ended
/// @param aggregation what to count of the records; with it, and without targets, there is no
///   summary
public record LogJob(
    List<String> inputs,
    @Nullable Dialect format,
    @Nullable String where,
    List<String> targets,
    Path rejected,
    int parsers,
    int buffer,
    ZoneId zone,
    Instant now,
    @Nullable Charset encoding,
    Follow follow,
    Aggregation aggregation) {

  /// Whether a run goes on when it has read its files.
  public enum Follow {
    /// It ends.
    NO,
    /// It goes on with what is added.
    FROM_START,
    /// It begins at the end of what is there, and goes on with what is added.
    FROM_END
  }

  /// Checks the numbers.
  public LogJob {
    requirePositive("parsers", parsers);
    requirePositive("buffer", buffer);
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
  }

  private static void requirePositive(String what, int value) {
    if (value < 1) {
      throw new UsageException(what + " must be at least 1, but was " + value);
    }
  }
}
