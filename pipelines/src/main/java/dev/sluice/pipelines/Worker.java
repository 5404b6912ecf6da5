package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A thread of a run and what it does from start to end.
abstract class Worker implements Runnable {

  /// How many items a worker takes off a channel at once, when so many are there. Taking is one
  /// claim of the channel instead of many; nothing waits for more to come.
  static final int CHUNK = 256;

  final Run run;

  /// The stage that it begins with, or waits for.
  private final String stage;

  /// The stage that it is at.
  private final AtomicReference<String> at;

  /// When it last took something in hand or began to wait, in `System.nanoTime`.
  private volatile long since = System.nanoTime();

  private volatile @Nullable Thread thread;

  Worker(Run run, String stage, AtomicReference<String> at) {
    this.run = run;
    this.stage = stage;
    this.at = at;
  }

  /// Notes that something new begins: a wait, or an item in hand.
  final long begin() {
    at.setRelease(stage);
    long now = System.nanoTime();
    since = now;
    return now;
  }

  /// The work. Returns when the input has ended and everything has been passed on.
  ///
  /// @throws Step.Stopped if the run is being stopped
  abstract void work() throws Exception;

  /// The last thing, whatever happened.
  abstract void release() throws Exception;

  @Override
  public final void run() {
    thread = Thread.currentThread();
    try {
      if (!run.isStopping()) {
        work();
      }
    } catch (Step.Stopped e) {
      // Why, the run knows.
    } catch (Throwable e) {
      run.failed(stage, e);
    }
    boolean interrupted = Thread.interrupted(); // what is left to do is short, and must be done
    try {
      release();
    } catch (Throwable e) {
      run.failed(stage, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      run.ended(this);
    }
  }

  void interrupt() {
    var running = thread;
    if (running != null) {
      running.interrupt();
    }
  }

  boolean isCurrentThread() {
    return Thread.currentThread().equals(thread);
  }

  String stage() {
    return at.getAcquire();
  }

  Report.Stuck stuck() {
    var running = thread;
    var stack = running == null ? List.<StackTraceElement>of() : List.of(running.getStackTrace());
    return new Report.Stuck(stage(), Duration.ofNanos(System.nanoTime() - since), stack);
  }

  /// Asked to take no more from a source.
  void closeGate() {}

  /// Passes `items` to `step`, and abandons what is left of them if it throws. Empties `items`.
  final void passAll(List<Item> items, Step step) {
    begin();
    int next = 0;
    try {
      while (next < items.size()) {
        var item = items.get(next++);
        step.accept(item.value(), item.lineage());
      }
    } finally {
      abandon(items, next);
      items.clear();
    }
  }

  static void abandon(List<Item> items, int from) {
    for (var item : items.subList(from, items.size())) {
      item.lineage().settle(Outcome.ABANDONED);
    }
  }

  /// Takes at least one item and at most `max` off `channel`.
  ///
  /// @return whether there was one; false if the channel has ended
  final boolean receive(Channel<Item> channel, List<Item> into, int max)
      throws InterruptedException {
    begin();
    try {
      into.add(channel.receive());
    } catch (ClosedException e) {
      if (run.isStopping()) {
        throw new Step.Stopped();
      }
      return false;
    }
    channel.drainTo(into, max - 1);
    return true;
  }

  /// Reads sources, one after another, into a step.
  static final class Reader extends Worker {

    /*
     * A drain interrupts the reader only while it asks its source. Anywhere else an interrupt would cut off an item
     * that has already been delivered. polling and gateClosed change under the gate's lock, and so does the interrupt:
     * none can arrive after polling has ended.
     */
    private final ReentrantLock gate = new ReentrantLock();
    private boolean polling;
    private boolean gateClosed;

    private final Queue<Source<Object>> sources;
    private final Step first;

    Reader(Run run, String stage, Queue<Source<Object>> sources, Step first) {
      super(run, stage, first.at);
      this.sources = sources;
      this.first = first;
    }

    @Override
    @SuppressWarnings("try") // the resource is there to be closed
    void work() throws Exception {
      for (var source = sources.poll(); source != null; source = sources.poll()) {
        var cursor = poll(source::open);
        if (cursor == null) {
          break;
        }
        try (AutoCloseable closing = cursor::close) {
          for (var item = poll(cursor::next); item != null; item = poll(cursor::next)) {
            first.accept(item, run.ledger().delivered(cursor, item));
          }
        }
      }
      first.complete();
    }

    /// Something asked of a source.
    private interface Question<R> {
      @Nullable R ask() throws Exception;
    }

    /// @return the answer, or null if there was none or there shall be none
    private <R> @Nullable R poll(Question<R> question) throws Exception {
      gate.lock();
      try {
        if (gateClosed) {
          return null;
        }
        polling = true;
      } finally {
        gate.unlock();
      }
      begin();
      try {
        return question.ask();
      } catch (InterruptedException | InterruptedIOException | ClosedByInterruptException e) {
        if (isGateClosed()) {
          return null;
        }
        throw e;
      } finally {
        gate.lock();
        try {
          polling = false;
          if (gateClosed && !run.isStopping()) {
            Thread.interrupted(); // it was meant for the source
          }
        } finally {
          gate.unlock();
        }
      }
    }

    private boolean isGateClosed() {
      gate.lock();
      try {
        return gateClosed;
      } finally {
        gate.unlock();
      }
    }

    @Override
    void closeGate() {
      gate.lock();
      try {
        gateClosed = true;
        if (polling) {
          interrupt();
        }
      } finally {
        gate.unlock();
      }
    }

    @Override
    void release() throws Exception {
      first.release();
    }
  }

  /// Takes from an edge, item by item, into a step.
  static final class Relay extends Worker {
    private final Edge edge;
    private final Step first;

    Relay(Run run, String stage, Edge edge, Step first) {
      super(run, stage, first.at);
      this.edge = edge;
      this.first = first;
    }

    @Override
    void work() throws Exception {
      var items = new ArrayList<Item>(CHUNK);
      while (receive(edge.channel(), items, CHUNK)) {
        passAll(items, first);
      }
      first.complete();
    }

    @Override
    void release() throws Exception {
      first.release();
    }
  }

  /// Gathers batches.
  static final class Batcher extends Worker {
    private final Edge edge;
    private final int size;
    private final Duration linger;
    private final Step first;

    Batcher(Run run, String stage, Edge edge, int size, Duration linger, Step first) {
      super(run, stage, first.at);
      this.edge = edge;
      this.size = size;
      this.linger = linger;
      this.first = first;
    }

    @Override
    void work() throws Exception {
      var items = new ArrayList<Item>();
      while (receive(edge.channel(), items, size)) {
        try {
          fill(items);
        } catch (InterruptedException e) {
          abandon(items, 0);
          throw e;
        }
        var values = items.stream().map(Item::value).toList();
        var lineage = new BatchLineage(items.stream().map(Item::lineage).toList());
        items.clear();
        begin();
        first.accept(values, lineage);
      }
      first.complete();
    }

    /// Waits for more until the batch is full, or its first item has waited for `linger`.
    private void fill(List<Item> items) throws InterruptedException {
      var channel = edge.channel();
      long begun = System.nanoTime();
      while (items.size() < size) {
        var left = linger.minusNanos(System.nanoTime() - begun);
        var item = channel.receive(left);
        if (item == null) {
          return;
        }
        items.add(item);
        channel.drainTo(items, size - items.size());
      }
    }

    @Override
    void release() throws Exception {
      first.release();
    }
  }

  /// One of several workers that apply the same function; what they make goes into a [Window].
  static final class Mapper extends Worker {
    private final Edge edge;
    private final ReentrantLock turn;
    private final Window window;
    private final ThrowingFunction<Object, Object> function;
    private final Failures failures;

    /// @param turn held by the one worker that takes from `edge` and claims the places: both in the
    ///   same order
    Mapper(
        Run run,
        String stage,
        Edge edge,
        ReentrantLock turn,
        Window window,
        ThrowingFunction<Object, Object> function,
        Failures failures) {
      super(run, stage, new AtomicReference<>(stage));
      this.edge = edge;
      this.turn = turn;
      this.window = window;
      this.function = function;
      this.failures = failures;
    }

    @Override
    void work() throws Exception {
      var pace = new Pace();
      var items = new ArrayList<Item>(CHUNK);
      while (true) {
        long place;
        turn.lockInterruptibly();
        try {
          int room = window.awaitRoom();
          if (!receive(edge.channel(), items, Math.min(room, pace.chunk()))) {
            return;
          }
          place = window.claim(items.size());
        } finally {
          turn.unlock();
        }
        long begun = begin();
        map(items, place);
        pace.took(System.nanoTime() - begun, items.size());
        items.clear();
      }
    }

    private void map(List<Item> items, long place) {
      int next = 0;
      try {
        while (next < items.size()) {
          var item = items.get(next++);
          window.fill(place++, map(item));
        }
      } finally {
        abandon(items, next);
      }
    }

    private Object map(Item item) {
      try {
        return new Item(failures.notNull(function.apply(item.value())), item.lineage());
      } catch (Throwable e) {
        failures.handle(item.value(), item.lineage(), e);
        return Window.NOTHING;
      }
    }

    @Override
    void release() {
      window.leave();
    }
  }

  /// Takes what a [Window] has put in order into a step.
  static final class Emitter extends Worker {
    private final Window window;
    private final Step first;

    Emitter(Run run, String stage, Window window, Step first) {
      super(run, stage, first.at);
      this.window = window;
      this.first = first;
    }

    @Override
    void work() throws Exception {
      var results = new Object[CHUNK];
      var items = new ArrayList<Item>(CHUNK);
      for (int taken = window.take(results); taken > 0; taken = window.take(results)) {
        for (int i = 0; i < taken; i++) {
          if (results[i] instanceof Item item) {
            items.add(item);
          }
        }
        passAll(items, first);
        begin();
      }
      first.complete();
    }

    @Override
    void release() throws Exception {
      first.release();
    }
  }

  /// How many items a parallel worker takes at once: many if they are quick, so that taking costs
  /// little, and one if they are slow, so that no item waits in the hand of a busy worker while
  /// another worker is idle.
  private static final class Pace {
    private static final long QUICK_NANOS = 100_000;
    private static final long SLOW_NANOS = 1_000_000;

    private int chunk = 1;

    int chunk() {
      return chunk;
    }

    /// @param items how many items took `nanos` together
    void took(long nanos, int items) {
      if (nanos > SLOW_NANOS) {
        chunk = Math.max(1, chunk / 4);
      } else if (nanos < QUICK_NANOS && items == chunk) {
        chunk = Math.min(CHUNK, chunk * 2);
      }
    }
  }
}
