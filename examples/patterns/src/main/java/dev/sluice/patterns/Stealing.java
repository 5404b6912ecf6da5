package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Work stealing: a queue for each worker. Who has nothing left takes from the back of another's.
final class Stealing {
  private static final int WORKERS = 4;
  private static final int TASKS = 100_000;
  private static final int ORDERS = 180;
  private static final int WORK = 2;
  private static final int OPENING = 10;

  private Stealing() {}

  /// Splits a task into halves until each is one unit of work, all of them begun by worker 0.
  ///
  /// @return how much each worker did
  static long[] split(int size, int workers, int capacity) throws Exception {
    var done = new AtomicLongArray(workers);
    var left = new AtomicLong(size);
    // @start region="stealing"
    var tasks = Channel.<Integer>stealing(workers, capacity);
    tasks.worker(0).send(size); // all the work there is: the others have nothing
    try (var team = new Team(Thread.ofPlatform())) {
      for (int i = 0; i < workers; i++) {
        int number = i;
        var mine = tasks.worker(i);
        team.play(
            "worker " + i,
            () -> {
              for (int task : mine) { // from its own queue, or stolen; waits when all are empty
                for (int part = task; part > 1; part -= part / 2) {
                  mine.send(part / 2); // half of it goes into its own queue
                }
                done.incrementAndGet(number);
                if (left.decrementAndGet() == 0) {
                  tasks.close();
                }
              }
            });
      }
    }
    // @end
    return values(done);
  }

  private static long[] values(AtomicLongArray array) {
    return IntStream.range(0, array.length()).mapToLong(array::get).toArray();
  }

  /// How a way to share work fared.
  ///
  /// @param millis how long it took
  /// @param opened how often a worker had to fetch a customer's file
  record Outcome(long millis, int opened) {
    /// The quicker one of two.
    Outcome orBetter(Outcome other) {
      return millis <= other.millis ? this : other;
    }
  }

  /// What a worker has at hand: the file of one customer. To fetch another takes longer than the
  /// work.
  private static final class Desk {
    private int open = -1;
    private int opened;

    void work(int customer) throws InterruptedException {
      if (customer != open) {
        Thread.sleep(OPENING);
        open = customer;
        opened++;
      }
      Thread.sleep(WORK);
    }
  }

  /// Orders of as many customers as there are workers. Most are of the first.
  private static List<Integer> orders() {
    return IntStream.range(0, ORDERS)
        .mapToObj(i -> i % 3 == 0 ? 1 + (i / 3) % (WORKERS - 1) : 0)
        .toList();
  }

  /// Each worker has its customer, and only that.
  static Outcome own() throws Exception {
    var queues = Stream.generate(() -> Channel.<Integer>bounded(ORDERS)).limit(WORKERS).toList();
    for (int customer : orders()) {
      queues.get(customer).send(customer);
    }
    queues.forEach(Channel::close);
    return work(queues);
  }

  /// All take from one queue: whoever is free takes whatever comes.
  static Outcome shared() throws Exception {
    var queue = Channel.<Integer>bounded(ORDERS);
    queue.sendAll(orders());
    queue.close();
    return work(Collections.nCopies(WORKERS, queue));
  }

  /// Each worker has its customer, and takes another's orders when it has none left.
  static Outcome stealing() throws Exception {
    // @start region="affinity"
    var orders = Channel.<Integer>stealing(WORKERS, ORDERS);
    for (int customer : orders()) {
      orders.worker(customer).send(customer); // to the worker that has the customer's file open
    }
    orders.close();
    // @end
    return work(IntStream.range(0, WORKERS).mapToObj(orders::worker).toList());
  }

  private static Outcome work(List<? extends Iterable<Integer>> ends) throws Exception {
    var desks = Stream.generate(Desk::new).limit(WORKERS).toList();
    long start = System.nanoTime();
    try (var team = new Team()) {
      for (int i = 0; i < WORKERS; i++) {
        var desk = desks.get(i);
        var end = ends.get(i);
        team.play(
            "worker " + i,
            () -> {
              for (int customer : end) {
                desk.work(customer);
              }
            });
      }
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    return new Outcome(millis, desks.stream().mapToInt(desk -> desk.opened).sum());
  }

  static void demo(Narrator narrator) throws Exception {
    narrator.tell(
        "orders",
        "%d of %d customers, two of three of the first; each takes %d ms, and %d ms more where its file is not open"
            .formatted(ORDERS, WORKERS, WORK, OPENING));
    var own = own();
    var shared = shared();
    var stealing = stealing();
    tell(narrator, "own queues", own, "the others are idle beside a full queue");
    tell(narrator, "one queue", shared, "whoever is free needs another file");
    tell(narrator, "stealing", stealing, "who has nothing left helps, and stays with it");
    var done = split(TASKS, WORKERS, TASKS);
    narrator.tell(
        "workers' own",
        "%,d tasks that make each other, begun by worker 0; the workers did %s of them"
            .formatted(TASKS, Arrays.toString(done)));
    narrator.tell(
        "account",
        "all is done; on skewed work stealing is %.1f times as fast as own queues, %.1f times as one queue"
            .formatted(ratio(own, stealing), ratio(shared, stealing)));
  }

  private static void tell(Narrator narrator, String how, Outcome outcome, String why) {
    narrator.tell(
        how, "%,d ms, %d files fetched: %s".formatted(outcome.millis(), outcome.opened(), why));
  }

  private static double ratio(Outcome slower, Outcome faster) {
    return (double) slower.millis() / Math.max(1, faster.millis());
  }
}
