package dev.sluice.queues;

import dev.sluice.queues.Request.Action;
import dev.sluice.queues.Request.Claim;
import dev.sluice.queues.Request.Send;
import dev.sluice.queues.Request.Settle;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Does requests, on a thread and a connection of its own: all that wait, in one transaction.
///
/// While one commit waits for the disk, requests gather for the next; so the more callers there
/// are, the less each commit costs them.
///
/// Where one request of several fails, each is tried again by itself: nobody fails for another's
/// mistake.
final class Writer implements Runnable {
  private static final int MOST_WEIGHT = 2_000;
  private static final int MOST_ROUNDS = 8;
  private static final int MOST_AGAIN = 20;
  private static final long FIRST_PAUSE = 20;
  private static final long MOST_PAUSE = 1_000;

  private final Engine engine;
  private final BlockingQueue<Request<?>> waiting;
  private final Consumer<Effects> told;
  private final Predicate<Request<?>> isEnd;
  private final long patience;
  private @Nullable Tables tables;

  /// @param told hears of what each committed transaction did, before those who asked for it
  /// @param isEnd which request is the last one
  /// @param patience for how many milliseconds a lost connection is sought again
  Writer(
      Engine engine,
      BlockingQueue<Request<?>> waiting,
      Consumer<Effects> told,
      Predicate<Request<?>> isEnd,
      long patience) {
    this.engine = engine;
    this.waiting = waiting;
    this.told = told;
    this.isEnd = isEnd;
    this.patience = patience;
  }

  @Override
  public void run() {
    try {
      while (true) {
        var first = waiting.take();
        if (isEnd.test(first)) {
          waiting.add(first); // for the other writers
          return;
        }
        if (first.take()) {
          if (engine.leasesLightly()) {
            leasesFirst(first);
          } else {
            perform(new ArrayList<>(List.of(first)), true);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
    }
  }

  /// Does leases by themselves, which costs little, and what has to wait for the disk after them:
  /// who gets an item at once may have dealt with it by then, and shares the wait.
  private void leasesFirst(Request<?> first) throws InterruptedException {
    var others = new ArrayList<Request<?>>();
    var next = first;
    for (int round = 0; round < MOST_ROUNDS && next != null; round++) {
      var claims = new ArrayList<Request<?>>();
      int weight = 0;
      while (next != null) {
        (next instanceof Claim ? claims : others).add(next);
        weight += next.weight();
        next = weight < MOST_WEIGHT ? poll() : null;
      }
      if (claims.isEmpty()) {
        break;
      }
      perform(claims, false);
      next = poll();
    }
    if (next != null) {
      others.add(next);
    }
    if (!others.isEmpty()) {
      perform(others, true);
    }
  }

  private void perform(List<Request<?>> group, boolean more) throws InterruptedException {
    try {
      attempt(group, more);
    } catch (SQLException e) {
      boolean all = group.size() == 1 || engine.trouble(e) == Engine.Trouble.ALL;
      if (all || engine.trouble(e) == Engine.Trouble.LOST) {
        fail(group, engine.explain(e));
      } else {
        oneByOne(group);
      }
    } catch (RuntimeException | Error e) { // whatever it is, callers wait: they must be told
      if (group.size() == 1) {
        fail(group, new QueueException(engine.name() + ": " + e, e));
      } else {
        oneByOne(group);
      }
    }
  }

  private void oneByOne(List<Request<?>> group) throws InterruptedException {
    for (var request : List.copyOf(group)) {
      perform(new ArrayList<>(List.of(request)), false);
    }
  }

  private static void fail(List<Request<?>> group, QueueException e) {
    group.forEach(request -> request.fail(e));
  }

  /// Does `group`, again if need be, until it is committed.
  ///
  /// @param more whether what else waits when the transaction has begun joins it
  private void attempt(List<Request<?>> group, boolean more)
      throws SQLException, InterruptedException {
    String marker = null;
    boolean joining = more;
    long lost = 0;
    long pause = FIRST_PAUSE;
    for (int again = 0; ; ) {
      Tables its = null;
      boolean committing = false;
      try {
        its = connected();
        its.forget();
        if (marker == null && engine.writers() > 1) {
          if (joining) {
            join(group); // before the transaction: it is named if anything in it changes something
            joining = false;
          }
          marker = isLight(group) ? null : name();
        }
        if (!engine.begin(its, marker, isLight(group) && !joining)) {
          succeed(group, its);
          return;
        }
        if (joining) {
          join(group);
          joining = false;
        }
        run(group, its);
        its.writeCounts();
        committing = true;
        engine.commit(its);
        succeed(group, its);
        return;
      } catch (SQLException e) {
        var trouble = engine.trouble(e);
        if (trouble == Engine.Trouble.LOST) {
          disconnect();
          long now = System.nanoTime();
          lost = lost == 0 ? now : lost;
          if (now - lost > TimeUnit.MILLISECONDS.toNanos(patience)) {
            throw e;
          }
          TimeUnit.MILLISECONDS.sleep(pause);
          pause = Math.min(MOST_PAUSE, pause * 2);
        } else {
          back(its);
          if (!committing) {
            marker = null;
          }
          if (trouble != Engine.Trouble.AGAIN || ++again > MOST_AGAIN) {
            disconnect(); // a statement that failed may be of no use any more
            throw e;
          }
          TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(1, 10));
        }
      } catch (RuntimeException | Error e) {
        back(its);
        throw e;
      }
    }
  }

  /// Whether it leases only: if that is lost with the power, so are those who got the leases.
  private static boolean isLight(List<Request<?>> group) {
    return group.stream().allMatch(Claim.class::isInstance);
  }

  private static String name() {
    return UUID.randomUUID().toString();
  }

  private Tables connected() throws SQLException {
    var its = tables;
    if (its == null) {
      its = engine.connect();
      tables = its;
    }
    return its;
  }

  private void back(@Nullable Tables its) {
    if (its != null) {
      try {
        engine.rollback(its);
      } catch (SQLException e) {
        disconnect(); // what closes it rolls it back
      }
    }
  }

  private void disconnect() {
    var its = tables;
    tables = null;
    if (its != null) {
      try {
        its.close();
      } catch (SQLException e) {
        return; // it was broken already
      }
    }
  }

  private void join(List<Request<?>> group) {
    int weight = group.stream().mapToInt(Request::weight).sum();
    while (weight < MOST_WEIGHT) {
      var next = poll();
      if (next == null) {
        return;
      }
      group.add(next);
      weight += next.weight();
    }
  }

  /// The next request that waits and is wanted still, taken; null if there is none.
  private @Nullable Request<?> poll() {
    while (true) {
      var next = waiting.peek();
      if (next == null || isEnd.test(next)) {
        return null;
      }
      next = waiting.poll();
      if (next == null) {
        return null;
      }
      if (isEnd.test(next)) {
        waiting.add(next);
        return null;
      }
      if (next.take()) {
        return next;
      }
    }
  }

  private static void run(List<Request<?>> group, Tables tables) throws SQLException {
    var lanes = group.stream().flatMap(request -> request.lanes().stream()).toList();
    if (!lanes.isEmpty()) {
      tables.lock(lanes);
    }
    Map<Long, List<Send>> sends = new TreeMap<>();
    Map<Long, List<Claim>> claims = new TreeMap<>();
    var settles = new ArrayList<Settle>();
    var actions = new ArrayList<Action<?>>();
    for (var request : group) {
      switch (request) {
        case Send send -> sends.computeIfAbsent(send.queue, q -> new ArrayList<>()).add(send);
        case Claim claim -> claims.computeIfAbsent(claim.queue, q -> new ArrayList<>()).add(claim);
        case Settle settle -> settles.add(settle);
        case Action<?> action -> actions.add(action);
      }
    }
    for (var entry : sends.entrySet()) {
      tables.sending.send(entry.getKey(), entry.getValue());
    }
    if (!settles.isEmpty()) {
      settle(settles, tables);
    }
    for (var action : actions) {
      action.run(tables);
    }
    for (var entry : claims.entrySet()) {
      tables.receiving.claim(entry.getKey(), entry.getValue());
    }
  }

  private static void settle(List<Settle> settles, Tables tables) throws SQLException {
    var rows = new ArrayList<Row>();
    settles.forEach(settle -> rows.addAll(settle.rows));
    var stale = tables.settling.settle(rows);
    for (var settle : settles) {
      settle.prepare(
          stale.isEmpty()
              ? List.of()
              : settle.rows.stream().filter(row -> isAmong(stale, row)).toList());
    }
  }

  private static boolean isAmong(List<Row> rows, Row row) {
    return rows.stream().anyMatch(it -> it.id() == row.id() && it.token() == row.token());
  }

  private void succeed(List<Request<?>> group, Tables its) {
    told.accept(its.effects);
    group.forEach(Request::succeed);
    try {
      engine.announce(its, its.effects);
    } catch (SQLException e) {
      disconnect(); // others find it out by looking
    }
  }
}
