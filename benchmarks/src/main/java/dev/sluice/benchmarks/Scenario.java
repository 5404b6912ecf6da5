package dev.sluice.benchmarks;

import static dev.sluice.benchmarks.Cell.Threads.COROUTINE;
import static dev.sluice.benchmarks.Cell.Threads.PLATFORM;
import static dev.sluice.benchmarks.Cell.Threads.VIRTUAL;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What is compared: who, at what, in which cells.
///
/// @param pinned whether everything runs on one core
/// @param coroutinesApart whether coroutines are shown but not compared with threads
record Scenario(
    String name,
    Plays plays,
    List<Contestant> contestants,
    List<Cell> cells,
    boolean pinned,
    boolean coroutinesApart) {

  /// What a figure says.
  enum Unit {
    ITEMS_PER_SECOND("items/s", true),
    ROUND_TRIPS_PER_SECOND("round trips/s", true),
    NANOS_PER_PAIR("ns/pair", false),
    CPU_MILLIS("CPU ms in 10 s", false),
    /// The nearer to 1, the better.
    SHARE_OF_RATE("rate achieved / asked", true);

    final String text;
    final boolean moreIsBetter;

    Unit(String text, boolean moreIsBetter) {
      this.text = text;
      this.moreIsBetter = moreIsBetter;
    }
  }

  /// How much room the queue has in Log4j's own measurements; by default it is 1,024.
  private static final int LOG4J_PERF = 262_144;

  static final Map<String, Scenario> ALL = new LinkedHashMap<>();

  static {
    throughput("spsc", cells(1, 1, 1_024, 16));
    throughput("mpsc", cells(4, 1, 1_024, 16));
    throughput("spmc", cells(1, 4, 1_024, 16));
    throughput("mpmc", cells(4, 4, 1_024, 16));
    throughput("mpmc-64", cells(64, 64, 1_024, 16));
    throughput(
        "mpmc-1000",
        List.of(new Cell(VIRTUAL, 1_000, 1_000, 1_024), new Cell(VIRTUAL, 1_000, 1_000, 16)));
    throughput("small", both(cells(4, 4, 16, 1), cells(1, 1, 16, 1)));
    add(
        "unbounded",
        Plays.THROUGHPUT,
        Contestants.UNBOUNDED,
        both(cells(1, 1, Cell.UNBOUNDED), cells(4, 4, Cell.UNBOUNDED)),
        false,
        false);
    add("rendezvous", Plays.THROUGHPUT, Contestants.RENDEZVOUS, cells(1, 1, 0), false, true);
    add("pingpong", Plays.PING_PONG, Contestants.PING_PONG, cells(1, 1, 1), false, true);
    add(
        "batch",
        Plays.BATCH,
        Contestants.BATCH,
        both(cells(1, 1, 1_024, 16), cells(4, 4, 1_024, 16)),
        false,
        false);
    add("select", Plays.THROUGHPUT, Contestants.SELECT, cells(8, 1, 1_024, 16), false, false);
    add("priority", Plays.THROUGHPUT, Contestants.PRIORITY, cells(4, 4, 1_024, 16), false, false);
    add("stealing", Plays.STEALING, Contestants.STEALING, cells(4, 4, 1_024, 16), false, false);
    add(
        "single-thread",
        Plays.PAIR,
        Contestants.HANDOFFS_AND_UNBOUNDED,
        cells(1, 1, 1_024),
        false,
        false);
    add(
        "idle",
        Plays.SLOW,
        Contestants.blocking(Contestants.HANDOFFS_AND_UNBOUNDED),
        both(cells(4, 4, 1_024), cells(0, 1_000, 1_024)),
        false,
        false);
    add(
        "oversubscribed",
        Plays.THROUGHPUT,
        Contestants.HANDOFFS,
        cells(4, 4, 1_024, 16),
        true,
        false);
    add(
        "log4j",
        Plays.LOGGING,
        Contestants.LOGGING,
        List.of(
            new Cell(PLATFORM, 1, 1, LOG4J_PERF),
            new Cell(PLATFORM, 2, 1, LOG4J_PERF),
            new Cell(PLATFORM, 4, 1, LOG4J_PERF),
            new Cell(PLATFORM, 8, 1, LOG4J_PERF),
            new Cell(PLATFORM, 1, 1, 1_024),
            new Cell(PLATFORM, 2, 1, 1_024),
            new Cell(PLATFORM, 4, 1, 1_024),
            new Cell(PLATFORM, 8, 1, 1_024)),
        false,
        false);
    pipelines("pipeline-3-stages", Plays.STAGES, PipelineContestants.STAGES, 3);
    pipelines("parallel-map-cheap", Plays.MAP, PipelineContestants.MAP_CHEAP, 8);
    pipelines("parallel-map-1ms", Plays.MAP, PipelineContestants.MAP_MILLISECOND, 8);
    pipelines(
        "throttle",
        Plays.THROTTLE,
        PipelineContestants.THROTTLE,
        100,
        1_000,
        5_000,
        50_000,
        500_000);
    pipelines("pipeline-overhead", Plays.CHAIN, PipelineContestants.OVERHEAD, 1, 2);
  }

  static Scenario named(String name) {
    return requireNonNull(ALL.get(name), name);
  }

  private static void throughput(String name, List<Cell> cells) {
    add(name, Plays.THROUGHPUT, Contestants.HANDOFFS, cells, false, false);
  }

  /// Each pipeline brings its own threads and capacity.
  private static void pipelines(
      String name, Plays plays, List<Contestant> contestants, int... shapes) {
    List<Cell> cells = new ArrayList<>();
    for (int shape : shapes) {
      cells.add(new Cell(VIRTUAL, shape, 0, 0));
    }
    add(name, plays, contestants, cells, false, false);
  }

  private static void add(
      String name,
      Plays plays,
      List<Contestant> contestants,
      List<Cell> cells,
      boolean pinned,
      boolean coroutinesApart) {
    ALL.put(name, new Scenario(name, plays, contestants, cells, pinned, coroutinesApart));
  }

  private static List<Cell> cells(int senders, int receivers, int... capacities) {
    List<Cell> cells = new ArrayList<>();
    for (Cell.Threads threads : List.of(PLATFORM, VIRTUAL)) {
      for (int capacity : capacities) {
        cells.add(new Cell(threads, senders, receivers, capacity));
      }
    }
    return cells;
  }

  private static List<Cell> both(List<Cell> some, List<Cell> others) {
    List<Cell> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  Unit unit() {
    return switch (plays) {
      case PING_PONG -> Unit.ROUND_TRIPS_PER_SECOND;
      case PAIR -> Unit.NANOS_PER_PAIR;
      case SLOW, WAITING -> Unit.CPU_MILLIS;
      case THROTTLE -> Unit.SHARE_OF_RATE;
      default -> Unit.ITEMS_PER_SECOND;
    };
  }

  /// Whose rows may be compared: those of the same cell, and of pipelines those of the same shape,
  /// since each has the threads and buffers that suit it.
  String group(Report.Row row) {
    return plays.isPipeline() ? row.shape() + " " + plays.unitOfShape : row.cell();
  }

  /// Whether it compares ours with ours, in pairs of forks.
  boolean isPaired() {
    return plays == Plays.CHAIN;
  }

  /// A cell without senders is one of waiting receivers.
  Plays plays(Cell cell) {
    return cell.senders() == 0 ? Plays.WAITING : plays;
  }

  /// One contestant in one cell: what one JVM measures. What runs in coroutines takes the place of
  /// virtual threads.
  record Entry(Contestant contestant, Cell cell) {}

  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Cell cell : cells) {
      for (Contestant contestant : contestants) {
        var works = contestant.works();
        if (works != null) {
          entries.add(new Entry(contestant, cell.on(works.threads()).holding(works.capacity())));
        } else if (contestant.open() != null || plays == Plays.LOGGING) {
          entries.add(new Entry(contestant, cell));
        } else if (cell.threads() == VIRTUAL && CoroutineRound.plays(plays(cell))) {
          entries.add(new Entry(contestant, cell.on(COROUTINE)));
        }
      }
    }
    return entries;
  }

  Round round(Contestant contestant, Cell cell, long items) {
    var works = contestant.works();
    if (works != null) {
      return PipedRound.of(plays, works.open().apply(cell), items);
    }
    if (plays == Plays.LOGGING) {
      return LoggingRound.of(cell, Contestants.logQueue(contestant.name()), items);
    }
    var open = contestant.open();
    if (open == null) {
      return CoroutineRound.of(this, cell, items);
    }
    Supplier<Handoff> handoff = () -> open.apply(cell);
    return plays(cell).round(cell, handoff, items);
  }

  Contestant contestant(String wanted) {
    return contestants.stream().filter(c -> c.name().equals(wanted)).findFirst().orElseThrow();
  }
}
