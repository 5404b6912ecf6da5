package dev.sluice.queues;

import dev.sluice.queues.Request.Action;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What has to be done in time, on a thread of its own: items that are due become ready, leases are
/// extended and ended, and now and then the tables are swept.
///
/// It looks at the tables four times a second whether or not it was told anything: so what another
/// process left undone, or a notice that was lost, holds nothing up for longer.
final class Keeper implements Runnable {
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(12);
  private static final long SWEEP = TimeUnit.SECONDS.toNanos(30);
  private static final long COMPACT = TimeUnit.SECONDS.toNanos(5);
  private static final long EVENTS_KEPT = TimeUnit.DAYS.toMillis(1);

  private final QueueStore store;
  private final Engine engine;
  private final Signals signals;
  private final Leases leases;
  private @Nullable Tables reader;
  private volatile @Nullable Thread thread;
  private volatile long wake;
  private long slowTick = System.nanoTime();
  private long sweep = System.nanoTime() + SWEEP;
  private long compact = System.nanoTime() + COMPACT;

  Keeper(QueueStore store, Engine engine, Signals signals, Leases leases) {
    this.store = store;
    this.engine = engine;
    this.signals = signals;
    this.leases = leases;
  }

  /// Something is to be done in so many milliseconds.
  void dueIn(long millis) {
    long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.clamp(millis, 0, 10_000));
    if (at - wake < 0) {
      wake = at;
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      while (!store.isClosed()) {
        wake = System.nanoTime() + TICK - ThreadLocalRandom.current().nextLong(TICK / 5);
        round();
        while (!store.isClosed() && wake - System.nanoTime() > 0) {
          LockSupport.parkNanos(this, wake - System.nanoTime());
          if (Thread.interrupted()) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
    }
  }

  private void round() throws InterruptedException {
    try {
      extend();
      var its = reader;
      if (its == null) {
        its = engine.connect();
        reader = its;
      }
      its.forget();
      engine.tick(its, false);
      long due = its.receiving.nextDue();
      if (due != Long.MAX_VALUE) {
        long in = due - its.now();
        if (in <= 0) {
          boolean more =
              store.perform(new Action<>(List.of(), tables -> tables.receiving.promote()));
          dueIn(more ? 5 : 50);
        } else {
          dueIn(in);
        }
      }
      rarely(its);
      if (engine.hasNotices()) {
        dueIn(TimeUnit.NANOSECONDS.toMillis(SHORT));
      }
    } catch (SQLException e) {
      disconnect(); // the place is away: look again at the next tick
    } catch (QueueException e) {
      dueIn(TimeUnit.NANOSECONDS.toMillis(TICK)); // told to whoever asks for something; go on
    }
  }

  private void extend() throws QueueException, InterruptedException {
    for (var group : leases.toExtend().entrySet()) {
      var rows = group.getValue();
      var lost =
          store.perform(new Action<>(rows, tables -> tables.settling.extend(rows, group.getKey())));
      leases.lost(lost);
    }
    long next = leases.nextNanos();
    if (next != Long.MAX_VALUE) {
      dueIn(TimeUnit.NANOSECONDS.toMillis(next));
    }
  }

  private void rarely(Tables its) throws SQLException, QueueException, InterruptedException {
    long now = System.nanoTime();
    if (now - slowTick < 0) {
      return;
    }
    slowTick = now + SECOND;
    signals.tellAll();
    boolean idle = store.isIdle();
    if (idle) {
      engine.tick(its, true);
    }
    for (long dead : new ArrayList<>(engine.deadOwners(its))) {
      store.perform(
          new Action<>(
              List.of(),
              tables -> {
                tables.receiving.reapOwner(dead);
                return true;
              }));
    }
    if (now - sweep > 0) {
      sweep = now + SWEEP + ThreadLocalRandom.current().nextLong(SWEEP);
      store.perform(
          new Action<>(
              List.of(),
              tables -> {
                tables.administration.sweep(tables.now() - EVENTS_KEPT);
                return true;
              }));
    }
    if (now - compact > 0) {
      compact = now + COMPACT;
      store.compact();
    }
  }

  private void disconnect() {
    var its = reader;
    reader = null;
    if (its != null) {
      try {
        its.close();
      } catch (SQLException e) {
        return; // it only read
      }
    }
  }
}
