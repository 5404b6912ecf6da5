package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Work stealing: a queue for each worker. Who has nothing left takes from the back of another's.
final class Stealing {
  private static final int WORKERS = 4;
  private static final int TASKS = 400_000;
  private static final int SKEWED = 200;
  private static final int ROUNDS = 3;

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

  /// The same with one queue that all share.
  static long[] splitShared(int size, int workers, int capacity) throws Exception {
    var done = new AtomicLongArray(workers);
    var left = new AtomicLong(size);
    var tasks = new ArrayBlockingQueue<Integer>(capacity);
    tasks.put(size);
    try (var team = new Team(Thread.ofPlatform())) {
      for (int i = 0; i < workers; i++) {
        int number = i;
        team.play(
            "worker " + i,
            () -> {
              for (int task = tasks.take(); task > 0; task = tasks.take()) {
                for (int part = task; part > 1; part -= part / 2) {
                  tasks.put(part / 2);
                }
                done.incrementAndGet(number);
                if (left.decrementAndGet() == 0) {
                  for (int w = 0; w < workers; w++) {
                    tasks.put(-1);
                  }
                }
              }
            });
      }
    }
    return values(done);
  }

  private static long[] values(AtomicLongArray array) {
    return IntStream.range(0, array.length()).mapToLong(array::get).toArray();
  }

  /// Lets each worker take from its queue, all tasks being in the first worker's.
  ///
  /// @return how long it took, in milliseconds
  private static long skewed(
      String how, List<? extends Iterable<Integer>> queues, Narrator narrator) throws Exception {
    var done = new AtomicLongArray(WORKERS);
    long start = System.nanoTime();
    try (var team = new Team()) {
      for (int i = 0; i < WORKERS; i++) {
        int number = i;
        team.play(
            "worker " + i,
            () -> {
              for (int task : queues.get(number)) {
                Thread.sleep(task);
                done.incrementAndGet(number);
              }
            });
      }
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    narrator.tell(how, "%,d ms; the workers did %s tasks".formatted(millis, done));
    return millis;
  }

  static void demo(Narrator narrator) throws Exception {
    var work = Collections.nCopies(SKEWED, 2);
    var own = Stream.generate(() -> Channel.<Integer>bounded(SKEWED)).limit(WORKERS).toList();
    own.getFirst().sendAll(work);
    own.forEach(Channel::close);
    var stealing = Channel.<Integer>stealing(WORKERS, SKEWED);
    stealing.worker(0).sendAll(work);
    stealing.close();
    var ends = IntStream.range(0, WORKERS).mapToObj(stealing::worker).toList();

    narrator.tell("producer", "sends all %,d tasks to worker 0, each of 2 ms".formatted(SKEWED));
    long alone = skewed("own queues", own, narrator);
    long together = skewed("stealing", ends, narrator);

    long shared = time(() -> splitShared(TASKS, WORKERS, TASKS));
    long split = time(() -> split(TASKS, WORKERS, TASKS));
    narrator.tell("tiny tasks", "%,d of them, which make each other:".formatted(TASKS));
    narrator.tell("tiny tasks", "%,d ns for each with one queue that all share".formatted(shared));
    narrator.tell("tiny tasks", "%,d ns for each with stealing".formatted(split));
    narrator.tell(
        "account",
        "all tasks done; on skewed work stealing is %.1f times as fast as queues of one's own"
            .formatted((double) alone / together));
  }

  private static long time(Team.Part part) throws Exception {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      part.play();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / TASKS;
  }
}
