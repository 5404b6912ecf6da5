package dev.sluice.logs;

import dev.sluice.logs.KnownFields.Field;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// How many records there are for each combination of the values of some fields, and for each span
/// of time: `--count-by`, `--per` and `--top`.
///
/// Exact while that fits; [Bound] says what happens then.
final class Counts implements Tabulation {

  /*
   * The bounded way is Space-Saving (Metwally, Agrawal, El Abbadi 2005), evicting in bulk: a key that is not in the
   * table may have come as often as `unseen` already, so that its count begins with it. When the table is full, the
   * keys with the lower counts go, and `unseen` becomes the highest count among them. So no count is too low, and none
   * is more than `unseen` too high. Each time that `unseen` rises by one, each of the kept keys has one record more
   * that nobody else used for this: unseen <= records / kept.
   */

  private static final int MOST_KEYS = 1_000_000;
  private static final long MOST_BYTES = 64L << 20;
  private static final long MOST_BYTES_BOUNDED = 16L << 20;

  /// A part that took more is not used again, lest all of them stay as large as the worst block.
  private static final long MOST_BYTES_OF_PART = 256 * 1024;

  /// As many as are looked through faster than a key is made.
  private static final int RECENT = 16;

  /// What to do when there are too many keys.
  ///
  /// @param kept how many of the most frequent to keep, at least; 0 to fail
  /// @param keys how many are too many
  /// @param bytes how many bytes of them are too many
  record Bound(int kept, int keys, long bytes) {
    /// All keys, or a failure.
    static final Bound EXACT = new Bound(0, MOST_KEYS, MOST_BYTES);

    /// About, with the error known.
    static Bound about(int kept) {
      return new Bound(kept, 2 * kept, MOST_BYTES_BOUNDED);
    }
  }

  private final String kind;
  private final List<String> names;
  private final KnownFields known = new KnownFields();
  private final List<Field> fields = new ArrayList<>();
  private final int minutes;
  private final int shown;
  private final Bound bound;

  /// Parts at rest: never more than there were on their way at a time.
  private final ConcurrentLinkedDeque<CountPart> idle = new ConcurrentLinkedDeque<>();

  private CountTable table = new CountTable();
  private long unseen;
  private long records;

  /// @param kind the option that asks for it
  /// @param names the fields
  /// @param minutes the length of a span of time; 0 for none
  /// @param shown how many rows to show, those that count most
  Counts(String kind, List<String> names, int minutes, int shown, Bound bound) {
    this.kind = kind;
    this.names = List.copyOf(names);
    this.minutes = minutes;
    this.shown = shown;
    this.bound = bound;
    for (var name : names) {
      fields.add(known.add(KnownFields.path(name)));
    }
  }

  @Override
  public Wanted wanted() {
    var wanted = known.wanted();
    return minutes == 0 ? wanted : wanted.and(Wanted.of(List.of(List.of("time"))));
  }

  @Override
  public Part begin() {
    var part = idle.pollFirst();
    return part == null ? new CountPart() : part;
  }

  private final class CountPart implements Part {
    private final KeyBytes key = new KeyBytes();
    private final CountTable table = new CountTable();

    /// Values that were counted lately, by themselves, and their entries. Parsers make one object
    /// of a value that recurs, which need not become a key again.
    private final @Nullable Object[] recent = new Object[RECENT];

    private final int[] recentEntries = new int[RECENT];
    private int oldest;
    private @Nullable Shape shape;
    private KnownFields.Place[] places = {};

    @Override
    public void add(LogRecord logRecord) {
      if (logRecord.shape() != shape) {
        shape = logRecord.shape();
        places = known.places(shape);
      }
      if (minutes == 0 && fields.size() == 1) {
        addAlone(fields.getFirst().in(logRecord, places));
        return;
      }
      key.clear();
      if (minutes > 0) {
        key.time(logRecord.time(), minutes);
      }
      for (int i = 0; i < fields.size(); i++) {
        key.value(fields.get(i).in(logRecord, places));
      }
      table.add(key.bytes(), 0, key.length(), 1);
    }

    @SuppressWarnings("ReferenceEquality") // the same object is the same value, and quick to know
    private void addAlone(@Nullable Object value) {
      for (int i = 0; i < RECENT; i++) {
        if (recent[i] == value && value != null) {
          table.addOne(recentEntries[i]);
          return;
        }
      }
      key.clear();
      key.value(value);
      recentEntries[oldest] = table.add(key.bytes(), 0, key.length(), 1);
      recent[oldest] = value;
      oldest = (oldest + 1) % RECENT;
    }

    void clear() {
      table.clear();
      Arrays.fill(recent, null);
    }
  }

  @Override
  public void take(Part part) throws IOException {
    var counted = ((CountPart) part).table;
    for (int entry = 0; entry < counted.size(); entry++) {
      records += counted.count(entry);
    }
    table.addAll(counted, unseen);
    boolean small = counted.keyBytes() <= MOST_BYTES_OF_PART;
    ((CountPart) part).clear();
    if (small) {
      idle.addFirst((CountPart) part);
    }
    if (table.size() > bound.keys() || table.keyBytes() > bound.bytes()) {
      if (bound.kept() == 0) {
        table = new CountTable();
        throw tooMany();
      }
      evict();
    }
  }

  private void evict() {
    int kept = Math.clamp(table.size() / 2, 1, bound.kept());
    var highest = table.highest(kept);
    while (highest.keyBytes() > bound.bytes() / 2 && kept > 1) {
      kept /= 2;
      highest = table.highest(kept);
    }
    for (int entry = 0; entry < table.size(); entry++) {
      if (table.count(entry) > unseen && !highest.has(table, entry)) {
        unseen = table.count(entry);
      }
    }
    table = highest;
  }

  private IOException tooMany() {
    return new IOException(
        ("%s: %s more than %,d different values, or %d MiB of them, which is too much to count exactly;"
                + " add --approximate, or use --top 10 %s")
            .formatted(
                option(),
                names.isEmpty()
                    ? "the spans of time are"
                    : String.join(", ", names) + (names.size() == 1 ? " has" : " have together"),
                bound.keys(),
                bound.bytes() >> 20,
                names.isEmpty() ? "FIELD" : names.getFirst()));
  }

  private String option() {
    return "--" + kind + (names.isEmpty() ? "" : " " + String.join(",", names));
  }

  @Override
  public void results(Results out) throws IOException {
    int[] all = minutes > 0 ? byTime(table.byCount()) : table.byCount();
    int[] order = Arrays.copyOf(all, Math.min(shown, all.length));
    var columns = new ArrayList<String>();
    if (minutes > 0) {
      columns.add("time");
    }
    columns.add("count");
    if (unseen > 0) {
      columns.add("error");
    }
    columns.add("share");
    columns.addAll(names);
    out.write(new Results.Table(kind, columns, row -> rows(order, row), note(all)));
  }

  private void rows(int[] order, Results.Row row) throws IOException {
    for (int entry : order) {
      var values = KeyBytes.values(table.chunk(entry), table.offset(entry), table.length(entry));
      var cells = new ArrayList<@Nullable Object>();
      if (minutes > 0) {
        cells.add(values.removeFirst());
      }
      cells.add(table.count(entry));
      if (unseen > 0) {
        cells.add(table.excess(entry));
      }
      cells.add(new Results.Share((double) table.count(entry) / records));
      cells.addAll(values);
      row.take(cells);
    }
  }

  private @Nullable String note(int[] all) {
    long next = shown < all.length ? table.count(all[shown]) : 0;
    if (unseen > 0) {
      return "about: a count is at most its error too high and never too low; what is not here came at most %d times"
          .formatted(Math.max(unseen, next));
    }
    return shown < all.length ? "and %d more".formatted(all.length - shown) : null;
  }

  /// By time, and for each time as they were.
  private int[] byTime(int[] order) {
    return Arrays.stream(order)
        .boxed()
        .sorted(Comparator.comparingLong(this::time))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private long time(int entry) {
    return KeyBytes.time(table.chunk(entry), table.offset(entry));
  }
}
