package dev.sluice.logs;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a person wants to know of records at first sight, counted in bounded memory: of those of a
/// block, then of a run. For one thread at a time.
final class Digest {
  private final SharedShapeCache<FormatDigest.Places> places;
  private final Function<LogFormat, FormatDigest> begin;
  private final Map<LogFormat, FormatDigest> formats = new EnumMap<>(LogFormat.class);
  private final TimeLine timeLine = new TimeLine();
  private final Seconds seconds = new Seconds();
  private @Nullable String latestSeen;
  private @Nullable String firstTime;
  private @Nullable String lastTime;

  /// @param places where shapes have what is looked at
  /// @param begin makes what counts the records of one format
  Digest(SharedShapeCache<FormatDigest.Places> places, Function<LogFormat, FormatDigest> begin) {
    this.places = places;
    this.begin = begin;
  }

  void add(LogRecord logRecord) {
    var shape = logRecord.shape();
    var series = of(shape.format()).add(logRecord, places.get(shape));
    var time = logRecord.time();
    if (time == null) {
      return;
    }
    timeLine.add(seconds.of(time), series);
    if (!time.equals(latestSeen)) { // most times come several times in a row
      latestSeen = time;
      span(time);
    }
  }

  private FormatDigest of(LogFormat format) {
    var known = formats.get(format);
    if (known == null) {
      known = begin.apply(format);
      formats.put(format, known);
    }
    return known;
  }

  private void span(String time) {
    if (firstTime == null || SummaryText.compareTimes(time, firstTime) < 0) {
      firstTime = time;
    }
    if (lastTime == null || SummaryText.compareTimes(time, lastTime) > 0) {
      lastTime = time;
    }
  }

  /// Adds all that the digest of a block has; always to the same one.
  void addAll(Digest other) {
    other.formats.forEach((format, counts) -> of(format).addAll(counts));
    timeLine.addAll(other.timeLine);
    if (other.firstTime != null && other.lastTime != null) {
      span(other.firstTime);
      span(other.lastTime);
    }
  }

  /// What is of each format of which there was a record.
  Map<LogFormat, FormatDigest> formats() {
    return formats;
  }

  TimeLine timeLine() {
    return timeLine;
  }

  /// The first of all times, as records have them; null if none told one.
  @Nullable String firstTime() {
    return firstTime;
  }

  /// The last of all times.
  @Nullable String lastTime() {
    return lastTime;
  }
}
