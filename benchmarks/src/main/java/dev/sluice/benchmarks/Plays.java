package dev.sluice.benchmarks;

import dev.sluice.benchmarks.ThreadRound.Party;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.openjdk.jmh.infra.Blackhole;

/// What the threads of a round do. Each makes one round of `items` items.
enum Plays {
  /// Senders send and receivers receive, each an equal share.
  THROUGHPUT {
    @Override
    Round round(Cell cell, Supplier<Handoff> open, long items) {
      return new ThreadRound(
          cell.threads(), exchange(cell, open.get(), items, 0), sent(cell, items));
    }
  },

  /// As [#THROUGHPUT], [Item#BATCH] at a time.
  BATCH {
    @Override
    Round round(Cell cell, Supplier<Handoff> open, long items) {
      Handoff handoff = open.get();
      List<Party> parties = new ArrayList<>();
      Tally sent = new Tally();
      long batches = items / cell.senders() / Item.BATCH;
      for (int i = 0; i < cell.senders(); i++) {
        Handoff out = handoff.sender(i);
        int start = i * 7;
        sent.add(Tally.ofBatches(start, batches));
        parties.add(_ -> sendBatches(out, start, batches));
      }
      for (int i = 0; i < cell.receivers(); i++) {
        Handoff in = handoff.receiver(i);
        parties.add(tally -> receiveBatches(in, items / cell.receivers(), tally));
      }
      return new ThreadRound(cell.threads(), parties, sent);
    }

    @Override
    long granule(Cell cell) {
      return super.granule(cell) * Item.BATCH;
    }
  },

  /// One sends an item there, the other sends it back. An item is a round trip.
  PING_PONG {
    @Override
    Round round(Cell cell, Supplier<Handoff> open, long items) {
      Handoff there = open.get();
      Handoff back = open.get();
      Handoff thereIn = there.receiver(0);
      Handoff backIn = back.receiver(0);
      Handoff thereOut = there.sender(0);
      Handoff backOut = back.sender(0);
      Party pong =
          _ -> {
            for (long i = 0; i < items; i++) {
              backOut.send(thereIn.receive());
            }
          };
      return new ThreadRound(
          cell.threads(),
          List.of(t -> sendAndReceive(thereOut, backIn, items, t), pong),
          Tally.of(0, items));
    }
  },

  /// One thread sends an item and receives it.
  PAIR {
    @Override
    Round round(Cell cell, Supplier<Handoff> open, long items) {
      Handoff handoff = open.get();
      Handoff out = handoff.sender(0);
      Handoff in = handoff.receiver(0);
      return new ThreadRound(
          cell.threads(), List.of(t -> sendAndReceive(out, in, items, t)), Tally.of(0, items));
    }
  },

  /// Skewed work: the first sender sends three quarters of all tasks, and one task in sixteen takes
  /// sixteen times as long as the others. A worker takes what it can get; the last one to finish a
  /// task tells all that the work is over.
  STEALING {
    @Override
    Round round(Cell cell, Supplier<Handoff> open, long items) {
      Handoff handoff = open.get();
      List<Party> parties = new ArrayList<>();
      Tally sent = new Tally();
      AtomicLong left = new AtomicLong(items);
      Item end = new Item(-1);
      long small = items / 4 / Math.max(1, cell.senders() - 1);
      for (int i = 0; i < cell.senders(); i++) {
        Handoff out = handoff.sender(i);
        int start = Item.start(i);
        long share = i > 0 ? small : items - small * (cell.senders() - 1);
        sent.add(Tally.of(start, share));
        parties.add(_ -> send(out, start, share, 0));
      }
      for (int i = 0; i < cell.receivers(); i++) {
        Handoff in = handoff.receiver(i);
        Handoff out = handoff.sender(i);
        parties.add(tally -> {
          for (Item item = in.receive(); item != end; item = in.receive()) {
            Blackhole.consumeCPU(item.mix % 16 == 0 ? 320 : 20);
            tally.add(item);
            if (left.decrementAndGet() == 0) {
              for (int each = 0; each < cell.receivers(); each++) {
                out.send(end);
              }
            }
          }
        });
      }
      return new ThreadRound(cell.threads(), parties, sent);
    }
  },

  /// Each sender sends an item every 100 microseconds; nobody else has anything to do.
  SLOW {
    @Override
    Round round(Cell cell, Supplier<Handoff> open, long items) {
      return new ThreadRound(
          cell.threads(), exchange(cell, open.get(), items, 100_000), sent(cell, items));
    }
  },

  /// Receivers wait, and nothing comes for a while.
  WAITING {
    @Override
    Round round(Cell cell, Supplier<Handoff> open, long items) {
      Handoff handoff = open.get();
      List<Party> parties = new ArrayList<>();
      for (int i = 0; i < cell.receivers(); i++) {
        Handoff in = handoff.receiver(i);
        parties.add(tally -> tally.add(in.receive()));
      }
      return new WaitingRound(cell, parties, handoff.sender(0));
    }
  },

  /// Senders log through Log4j's asynchronous appender; see [LoggingRound].
  LOGGING,

  /// A pipeline of three stages, each with a thread of its own. The shape is their number.
  STAGES(3, "stages"),

  /// A pipeline that maps by several workers at once, whose number is the shape.
  MAP(1, "workers"),

  /// A pipeline of one stage, with and without a boundary before it: the shape is the number of
  /// threads.
  CHAIN(1, "threads"),

  /// A pipeline that lets items pass at a rate, which is the shape: for two seconds, after a
  /// quarter of one.
  THROTTLE(0, "per second") {
    @Override
    long granule(Cell cell) {
      return cell.senders() * 9L / 4;
    }
  };

  /// A part of the items of a throttle is its warm-up.
  static final long PACED_SHARE = 9;

  private final int applications;

  /// What the shape of a pipeline counts; empty for what is not a pipeline.
  final String unitOfShape;

  Plays() {
    this(0, "");
  }

  Plays(int applications, String unitOfShape) {
    this.applications = applications;
    this.unitOfShape = unitOfShape;
  }

  /// How often a pipeline applies [Item#following] to an item on its way.
  int applications() {
    return applications;
  }

  boolean isPipeline() {
    return !unitOfShape.isEmpty();
  }

  /// A round of what is not a pipeline.
  Round round(Cell cell, Supplier<Handoff> open, long items) {
    throw new IllegalStateException("no channel hands this over: " + this);
  }

  /// What the number of items of a round must be a multiple of, so that all shares are equal.
  long granule(Cell cell) {
    int senders = Math.max(1, cell.senders());
    int receivers = Math.max(1, cell.receivers());
    int granule = Math.max(senders, receivers);
    while (granule % senders != 0 || granule % receivers != 0) {
      granule++;
    }
    return granule;
  }

  static Tally sent(Cell cell, long items) {
    Tally sent = new Tally();
    for (int i = 0; i < cell.senders(); i++) {
      sent.add(Tally.of(Item.start(i), items / cell.senders()));
    }
    return sent;
  }

  private static List<Party> exchange(Cell cell, Handoff handoff, long items, long pauseNanos) {
    List<Party> parties = new ArrayList<>();
    for (int i = 0; i < cell.senders(); i++) {
      Handoff out = handoff.sender(i);
      int start = Item.start(i);
      parties.add(_ -> send(out, start, items / cell.senders(), pauseNanos));
    }
    for (int i = 0; i < cell.receivers(); i++) {
      Handoff in = handoff.receiver(i);
      parties.add(tally -> receive(in, items / cell.receivers(), tally));
    }
    return parties;
  }

  private static void send(Handoff out, int start, long count, long pauseNanos) throws Exception {
    int at = start;
    long due = System.nanoTime();
    for (long i = 0; i < count; i++) {
      if (pauseNanos > 0) {
        due += pauseNanos;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
      }
      out.send(Item.ALL[at]);
      at = Item.next(at);
    }
  }

  private static void receive(Handoff in, long count, Tally tally) throws Exception {
    long sum = 0;
    long mix = 0;
    for (long i = 0; i < count; i++) {
      Item item = in.receive();
      sum += item.value;
      mix += item.mix;
    }
    in.finish();
    tally.add(count, sum, mix);
  }

  private static void sendBatches(Handoff out, int start, long batches) throws Exception {
    int at = start % Item.BATCHES.size();
    for (long i = 0; i < batches; i++) {
      out.sendAll(Item.BATCHES.get(at));
      at = at + 1 == Item.BATCHES.size() ? 0 : at + 1;
    }
  }

  private static void receiveBatches(Handoff in, long count, Tally tally) throws Exception {
    Item[] into = new Item[Item.BATCH];
    long sum = 0;
    long mix = 0;
    long left = count;
    while (left > 0) {
      int got = in.receiveMany(into, (int) Math.min(left, Item.BATCH));
      for (int i = 0; i < got; i++) {
        sum += into[i].value;
        mix += into[i].mix;
      }
      left -= got;
    }
    in.finish();
    tally.add(count, sum, mix);
  }

  private static void sendAndReceive(Handoff out, Handoff in, long count, Tally tally)
      throws Exception {
    int at = 0;
    long sum = 0;
    long mix = 0;
    for (long i = 0; i < count; i++) {
      out.send(Item.ALL[at]);
      Item item = in.receive();
      sum += item.value;
      mix += item.mix;
      at = Item.next(at);
    }
    tally.add(count, sum, mix);
  }

  /// Lets its parties wait for [#WAIT_MILLIS], then sends an item to each.
  private static final class WaitingRound extends ThreadRound {

    private final Handoff out;
    private final int receivers;

    WaitingRound(Cell cell, List<Party> parties, Handoff out) {
      super(cell.threads(), parties, Tally.of(0, cell.receivers()));
      this.out = out;
      this.receivers = cell.receivers();
    }

    @Override
    void prepare() throws InterruptedException {
      super.prepare();
      open();
      // Threads wait here and there on their way to where they wait in the end, and one that polls
      // never does: so each contestant has the same time to settle.
      Thread.sleep(SETTLE_MILLIS);
    }

    @Override
    void play(long patienceSeconds) throws InterruptedException {
      Thread.sleep(WAIT_MILLIS);
    }

    @Override
    void check() {
      try {
        for (int i = 0, at = 0; i < receivers; i++, at = Item.next(at)) {
          out.send(Item.ALL[at]);
        }
        awaitDone(60);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      super.check();
    }
  }

  private static final long SETTLE_MILLIS = 1_000;

  /// How long waiting receivers are watched.
  static final long WAIT_MILLIS = Long.getLong("sluice.wait", 10_000);
}
