package dev.sluice.monitor;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Runs the requests on a bounded number of threads, each for a limited time: who sends or reads
/// too slowly is interrupted, which closes his connection; who comes when too many wait is refused.
///
/// They are platform threads: the pipelines that are watched may keep every carrier of virtual ones
/// busy, and just then somebody wants to know.
final class Deadlines implements Executor {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST = 256;
  private static final int MOST_WAITING = 1_024;

  private final ConcurrentHashMap<Thread, Long> since = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MOST,
          MOST,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().name("sluice-monitor-http-", 0).daemon().factory());

  Deadlines() {
    threads.allowCoreThreadTimeOut(true);
  }

  /// @throws java.util.concurrent.RejectedExecutionException if all are busy; the server closes the
  ///   connection then
  @Override
  public void execute(Runnable request) {
    threads.execute(() -> {
      var thread = Thread.currentThread();
      since.put(thread, System.nanoTime());
      try {
        request.run();
      } finally {
        since.remove(thread);
        Thread.interrupted(); // it was meant for this request
      }
    });
  }

  /// Interrupts those that are at work for too long.
  void enforce() {
    long now = System.nanoTime();
    for (var thread : since.keySet()) {
      // Within the map's lock for it, so that it is this request that is interrupted.
      since.computeIfPresent(
          thread,
          (one, begun) -> {
            if (now - begun > PATIENCE.toNanos()) {
              one.interrupt();
            }
            return begun;
          });
    }
  }

  void close() {
    threads.shutdownNow();
  }
}
