package dev.sluice.logs;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/// The [Digest] of a run, from those of its blocks.
final class Digests implements Aggregate {
  /// For how many formats a thread keeps tables, which are large.
  private static final int MOST_FORMATS = 2;

  private static final int MOST_PLACES = 1 << 15;
  private static final int FEWEST_PLACES = 1 << 11;

  private final Set<Role> roles;
  private final SharedShapeCache<FormatDigest.Places> places;
  private final int tablePlaces;
  private final Digest whole;

  /// Tables at rest: never more than there were threads that parsed at a time.
  private final ConcurrentLinkedDeque<Map<LogFormat, FormatDigest.Tables>> idle =
      new ConcurrentLinkedDeque<>();

  /// @param roles which fields to look at
  /// @param threads how many add records: the more, the smaller are the tables of each
  Digests(Set<Role> roles, int threads) {
    this.roles = Set.copyOf(roles);
    tablePlaces =
        Integer.highestOneBit(Math.clamp(2 * MOST_PLACES / threads, FEWEST_PLACES, MOST_PLACES));
    places = new SharedShapeCache<>(shape -> FormatDigest.Places.of(shape, this.roles));
    whole = new Digest(places, _ -> new FormatDigest());
  }

  @Override
  public Wanted wanted() {
    return Wanted.timeAndSlices(name -> roles.stream().anyMatch(role -> role.isOf(name)));
  }

  @Override
  public Part begin() {
    return new OfBlock();
  }

  /// The digest of a block, with the tables that a thread keeps from block to block.
  private final class OfBlock implements Part {
    private final Map<LogFormat, FormatDigest.Tables> tables;
    private final Digest digest = new Digest(places, this::begin);

    OfBlock() {
      var atRest = idle.pollFirst();
      tables = atRest == null ? new EnumMap<>(LogFormat.class) : atRest;
    }

    private FormatDigest begin(LogFormat format) {
      return tables.computeIfAbsent(format, _ -> new FormatDigest.Tables(tablePlaces)).begin();
    }

    @Override
    public void add(LogRecord logRecord) {
      digest.add(logRecord);
    }

    @Override
    public void end() {
      if (tables.size() > MOST_FORMATS) {
        tables.clear();
      }
      idle.addFirst(tables);
    }
  }

  @Override
  public void take(Part part) {
    whole.addAll(((OfBlock) part).digest);
  }

  /// All that was taken.
  Digest whole() {
    return whole;
  }
}
