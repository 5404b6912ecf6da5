package dev.sluice.monitor;

import dev.sluice.monitor.Backlog.Depth;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A queue elsewhere, and the thread that looks at it, where it may have to wait: so one that does
/// not answer keeps nobody from looking at another. Others read what was seen last.
final class WatchedBacklog {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final int LONGEST_REASON = 200;

  /// After how long without an answer what was seen last says nothing any more.
  static final Duration SILENCE = Duration.ofSeconds(10);

  /// What was seen, one or the other; neither before the first look.
  ///
  /// @param nanos when, for measuring
  /// @param at when, for people
  record Reading(
      long nanos,
      Instant at,
      Snapshot.@Nullable Channel channel,
      Snapshot.@Nullable Unreadable unreadable) {}

  private final String name;
  private final Backlog backlog;
  private final Lately<Depth> lately = new Lately<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread looker;
  private volatile Reading latest = new Reading(System.nanoTime(), Instant.now(), null, null);

  WatchedBacklog(String name, Backlog backlog) {
    this.name = name;
    this.backlog = backlog;
    looker = Thread.ofPlatform().name("sluice-monitor-" + name).daemon().unstarted(this::work);
  }

  String name() {
    return name;
  }

  void start() {
    looker.start();
  }

  /// Looks no more.
  void stop() {
    ended.countDown();
    looker.interrupt();
  }

  private void work() {
    try {
      do {
        look(System.nanoTime());
      } while (!ended.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // stopped
    }
  }

  /// @throws InterruptedException if interrupted while it waited for an answer
  private void look(long begun) throws InterruptedException {
    Depth now;
    try {
      now = backlog.look();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      var before = latest.unreadable();
      var at = Instant.now();
      latest =
          new Reading(
              System.nanoTime(),
              at,
              null,
              new Snapshot.Unreadable(name, before == null ? at : before.since(), reason(e)));
      return;
    }
    var then = lately.add(begun, now);
    double seconds = Math.max(1e-9, (begun - then.nanos()) / 1e9);
    var channel =
        new Snapshot.Channel(
            name,
            Math.clamp(now.size(), 0, Integer.MAX_VALUE),
            Math.clamp(now.capacity(), 0, Integer.MAX_VALUE),
            now.sent(),
            now.received(),
            0,
            (now.sent() - then.reading().sent()) / seconds,
            (now.received() - then.reading().received()) / seconds,
            0,
            0,
            Duration.ZERO,
            Duration.ZERO,
            now.oldest());
    latest = new Reading(System.nanoTime(), Instant.now(), channel, null);
  }

  private static String reason(Exception failure) {
    var message = failure.getMessage();
    var line = message == null ? "" : message.lines().findFirst().orElse("");
    if (line.isBlank()) {
      return failure.getClass().getName();
    }
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
  }

  /// What was seen last, or that nothing was for too long.
  Reading read(long nanos) {
    var last = latest;
    if (nanos - last.nanos() < SILENCE.toNanos()) {
      return last;
    }
    var since = last.unreadable() == null ? last.at() : last.unreadable().since();
    var silent =
        new Snapshot.Unreadable(
            name,
            since,
            "no answer for %d s".formatted(Duration.ofNanos(nanos - last.nanos()).toSeconds()));
    return new Reading(last.nanos(), last.at(), null, silent);
  }
}
