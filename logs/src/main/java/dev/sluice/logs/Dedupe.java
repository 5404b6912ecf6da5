package dev.sluice.logs;

import dev.sluice.logs.KnownFields.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Leaves out records that are equal to one that was kept within some time before: at most one of
/// each kind in that time. Time is that of the records; one that tells none counts as being of the
/// time of the record before it.
///
/// Memory is bounded: of the [#ROOM] different records kept last, 128 bits each are remembered.
/// Where more come within the time, a duplicate of a forgotten one is kept, and [#forgotten] tells
/// how many might be.
///
/// For one thread at a time.
final class Dedupe {
  static final int ROOM = 1 << 18;

  private static final long SEED = 0x51_7C_C1_B7_27_22_0A_95L;

  private record Key(long one, long other) {}

  private final @Nullable List<Field> chosen;
  private final KnownFields fields = new KnownFields();
  private final long within;
  private final int room;
  private final LinkedHashMap<Key, Long> kept = new LinkedHashMap<>();
  private final Seconds seconds = new Seconds();
  private long now = Long.MIN_VALUE / 2;
  private volatile long left;
  private volatile long forgotten;

  /// @param by the paths of the fields that make records equal; empty for all fields
  /// @param within the time; null for any
  Dedupe(List<List<String>> by, @Nullable Duration within) {
    this(by, within, ROOM);
  }

  Dedupe(List<List<String>> by, @Nullable Duration within, int room) {
    this.chosen = by.isEmpty() ? null : by.stream().map(fields::add).toList();
    this.within = within == null ? Long.MAX_VALUE : Math.max(1, within.toMillis());
    this.room = room;
  }

  /// The same block without the records that are left out, which count as filtered.
  ParsedBlock apply(ParsedBlock block) {
    var records = new ArrayList<LogRecord>(block.records().size());
    for (var logRecord : block.records()) {
      if (keeps(logRecord)) {
        records.add(logRecord);
      }
    }
    int fewer = block.records().size() - records.size();
    return fewer == 0
        ? block
        : new ParsedBlock(block.block(), records, block.rejected(), block.filtered() + fewer);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread, read by any
  boolean keeps(LogRecord logRecord) {
    var time = logRecord.time();
    if (time != null) {
      now = seconds.millis(time);
    }
    var key = key(logRecord);
    var last = kept.get(key);
    if (last != null && Math.abs(now - last) < within) {
      left++;
      return false;
    }
    if (last != null) {
      kept.remove(key); // to become the youngest
    }
    kept.put(key, now);
    if (kept.size() > room) {
      forgetEldest();
    }
    return true;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread, read by any
  private void forgetEldest() {
    var eldest = kept.pollFirstEntry();
    if (within == Long.MAX_VALUE || now - eldest.getValue() < within) {
      forgotten++;
    }
  }

  private Key key(LogRecord logRecord) {
    long one = SEED;
    long other = ~SEED;
    if (chosen == null) {
      var columns = logRecord.shape().columns();
      for (int i = 0; i < columns.size(); i++) {
        long hash = hash(columns.get(i).name(), 1) ^ hash(logRecord.values()[i], 3);
        one = Sample.mixed(one ^ hash);
        other = Sample.mixed(other + 31 * hash + hash(logRecord.values()[i], 7));
      }
    } else {
      var places = fields.places(logRecord.shape());
      for (var field : chosen) {
        var value = field.in(logRecord, places);
        one = Sample.mixed(one ^ hash(value, 3));
        other = Sample.mixed(other + hash(value, 7));
      }
    }
    return new Key(one, other);
  }

  /// 64 bits of a value, other ones for each `seed`: a `String`'s own hash has 32, which would make
  /// some of a million different texts one.
  private static long hash(@Nullable Object value, long seed) {
    var text = value == null ? "\0" : value.toString();
    long hash = seed * 0x9E3779B97F4A7C15L + text.length();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
      hash ^= hash >>> 29;
    }
    return Sample.mixed(hash);
  }

  /// How many records were left out.
  long left() {
    return left;
  }

  /// How many records were forgotten that a later one might have been equal to.
  long forgotten() {
    return forgotten;
  }
}
