package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/// Work stealing: a queue for each worker. Who has nothing left takes from the back of another's.
final class Stealing {
  private static final int WORKERS = 4;
  private static final int TASKS = 400_000;

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

  static void demo(Narrator narrator) throws Exception {
    long shared = Long.MAX_VALUE;
    long stealing = Long.MAX_VALUE;
    long[] shares = {};
    for (int round = 1; round <= 5; round++) {
      long start = System.nanoTime();
      splitShared(TASKS, WORKERS, TASKS);
      long middle = System.nanoTime();
      shares = split(TASKS, WORKERS, TASKS);
      shared = Math.min(shared, middle - start);
      stealing = Math.min(stealing, System.nanoTime() - middle);
      narrator.tell(
          "round " + round,
          "all %,d tasks are done, both ways".formatted(Arrays.stream(shares).sum()));
    }
    for (int i = 0; i < WORKERS; i++) {
      narrator.tell("worker " + i, "did %,d of them".formatted(shares[i]));
    }
    narrator.tell("shared", "%,d ns for a task, the best of five".formatted(shared / TASKS));
    narrator.tell("stealing", "%,d ns for a task".formatted(stealing / TASKS));
    narrator.tell(
        "account", "stealing is %.1f times as fast".formatted((double) shared / stealing));
  }
}
