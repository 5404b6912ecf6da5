package dev.sluice.lab;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.FullException;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Sender;
import dev.sluice.channels.StealingChannel;
import dev.sluice.lab.Account.Outcome;
import dev.sluice.lab.Board.Doing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Real threads and real channels, at work until they are stopped or have drained.
///
/// ```text
///   chain      producers --> buffer --> workers of stage 1 --> buffer --> workers of stage 2
///
///   branches   producers --> buffer --> workers of stage 1
///                       '--> buffer --> workers of stage 2      a copy of each item for each
/// ```
///
/// Each thread tells the [Board] what it does before and after each step.
final class Run implements AutoCloseable {
  private static final int ATTEMPTS = 3;

  private final Settings shape;
  private final Supplier<Settings> settings;
  private final Pace pace;
  private final Board board;
  private final List<Channel<Item>> buffers = new ArrayList<>();
  private final List<List<Sender<Item>>> senders = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch ended;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();

  // Guarded by lock.
  private boolean primed;

  private volatile boolean draining;
  private volatile @Nullable String failure;

  /// @param settings as they are now, whenever asked; of the shape that they have at first
  Run(Supplier<Settings> settings, Pace pace) {
    this.settings = settings;
    this.pace = pace;
    shape = settings.get();
    board = new Board(shape, pace);
    ended = new CountDownLatch(shape.threads());
    int stages = shape.number(Knob.STAGES);
    int producers = shape.number(Knob.PRODUCERS);
    for (int stage = 0; stage < stages; stage++) {
      buffers.add(buffer(stage));
      int before = stage == 0 || shape.branches() ? producers : shape.workers(stage - 1);
      senders.add(buffers.get(stage).senders(before));
    }
    for (int producer = 0; producer < producers; producer++) {
      int index = producer;
      start("producer-" + (index + 1), () -> produce(index));
    }
    for (int stage = 0; stage < stages; stage++) {
      for (int worker = 0; worker < shape.workers(stage); worker++) {
        int its = stage;
        int index = worker;
        start("stage-%d-worker-%d".formatted(its + 1, index + 1), () -> work(its, index));
      }
    }
    threads.forEach(Thread::start);
  }

  private Channel<Item> buffer(int stage) {
    ChannelBuilder<Item> builder =
        Channel.<Item>builder()
            .named("buffer " + (stage + 1))
            .clock(pace.clock())
            .onOverflow(
                switch (shape.overflow()) {
                  case "fail" -> Overflow.fail();
                  case "drop-oldest" -> Overflow.dropOldest(this::dropped);
                  case "drop-newest" -> Overflow.dropNewest(this::dropped);
                  default -> Overflow.await();
                });
    int capacity = shape.number(Knob.CAPACITY);
    return switch (shape.text(Knob.KIND)) {
      case "rendezvous" -> builder.rendezvous();
      case "latest" -> builder.latest();
      case "stealing" -> builder.stealing(shape.workers(stage), capacity);
      case "priority" -> {
        int ageing = shape.number(Knob.AGEING);
        if (ageing > 0) {
          builder.ageing(Duration.ofMillis(ageing));
        }
        yield builder.priority(capacity, Item::level);
      }
      default -> builder.bounded(capacity);
    };
  }

  private void dropped(Item item) {
    board.end(item, Outcome.DROPPED);
  }

  private void start(String name, Step step) {
    ThreadFactory factory =
        shape.is(Knob.THREADS, "platform")
            ? Thread.ofPlatform().daemon().name("sluice-lab-" + name).factory()
            : Thread.ofVirtual().name("sluice-lab-" + name).factory();
    threads.add(
        factory.newThread(() -> {
          try {
            step.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stopped, and about to end
          } finally {
            ended.countDown();
          }
        }));
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  // Producers

  private void produce(int producer) throws InterruptedException {
    var random = ThreadLocalRandom.current();
    try {
      double due = pace.now();
      while (!draining) {
        var now = settings.get();
        double next = due + Draw.interval(now.text(Knob.ARRIVALS), 1 / now.get(Knob.RATE), random);
        board.producer(producer, Doing.THINKING, null);
        if (!pace.await(next)) {
          due = pace.now(); // drawn anew, from other settings
          continue;
        }
        double begun = pace.now();
        boolean urgent = random.nextDouble(100) < now.get(Knob.URGENT);
        boolean poisoned = random.nextDouble(100) < now.get(Knob.POISON);
        for (int stage = 0; stage < (shape.branches() ? buffers.size() : 1); stage++) {
          var item = board.produced(producer, urgent, poisoned);
          board.producer(producer, Doing.WAITING_FOR_ROOM, item);
          send(stage, producer, item);
        }
        // Who was kept waiting does not hurry afterwards.
        due = next + (shape.waits() ? pace.now() - begun : 0);
      }
    } finally {
      board.producer(producer, Doing.ENDED, null);
      close(0, producer);
      for (int stage = 1; shape.branches() && stage < buffers.size(); stage++) {
        close(stage, producer);
      }
    }
  }

  private void close(int stage, int sender) {
    senders.get(stage).get(sender).close();
    signal();
  }

  private void send(int stage, int sender, Item item) throws InterruptedException {
    board.comes(stage, item);
    try {
      to(stage, sender).send(item);
      if (settings.get().number(Knob.PRIME) > 0) {
        signal();
      }
    } catch (FullException e) {
      board.end(item, Outcome.REFUSED);
    } catch (ClosedException e) {
      board.end(item, Outcome.ABANDONED);
    } catch (InterruptedException e) {
      board.end(item, Outcome.ABANDONED);
      throw e;
    }
  }

  private Sender<Item> to(int stage, int sender) {
    if (buffers.get(stage) instanceof StealingChannel<Item> stealing) {
      var random = ThreadLocalRandom.current();
      return random.nextDouble(100) < settings.get().get(Knob.SKEW) ? stealing.worker(0) : stealing;
    }
    return senders.get(stage).get(sender);
  }

  // Workers

  private void work(int stage, int worker) throws InterruptedException {
    var buffer = buffers.get(stage);
    Receiver<Item> from =
        buffer instanceof StealingChannel<Item> stealing ? stealing.worker(worker) : buffer;
    try {
      while (true) {
        var item = receive(stage, worker, from);
        board.taken(worker, item);
        deal(stage, worker, item);
      }
    } catch (ClosedException e) {
      // That was the last.
    } finally {
      board.worker(stage, worker, Doing.ENDED, null);
      if (!shape.branches() && stage + 1 < buffers.size()) {
        close(stage + 1, worker);
      }
    }
  }

  private Item receive(int stage, int worker, Receiver<Item> from) throws InterruptedException {
    while (settings.get().number(Knob.PRIME) > 0 && stage == 0) {
      awaitFill(worker);
      var item = from.tryReceive();
      if (item != null) {
        return item;
      }
      if (from.isEnded()) {
        break;
      }
      unprime();
    }
    board.worker(stage, worker, Doing.WAITING_FOR_ITEM, null);
    return from.receive();
  }

  private void awaitFill(int worker) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!primed && !isFilled()) {
        board.worker(0, worker, Doing.FILLING, null);
        filled.await();
      }
      primed = true;
    } finally {
      lock.unlock();
    }
  }

  private boolean isFilled() {
    var buffer = buffers.get(0);
    return buffer.size() >= Math.min(settings.get().number(Knob.PRIME), buffer.capacity())
        || buffer.isClosed();
  }

  private void unprime() {
    lock.lock();
    try {
      if (primed) {
        primed = false;
        board.underflow();
      }
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void deal(int stage, int worker, Item item) throws InterruptedException {
    @Nullable Outcome outcome;
    try {
      outcome = attempt(stage, item);
    } catch (InterruptedException e) {
      board.done(worker, item);
      board.end(item, Outcome.ABANDONED);
      throw e;
    }
    board.done(worker, item);
    if (outcome == null && !shape.branches() && stage + 1 < buffers.size()) {
      board.worker(stage, worker, Doing.WAITING_FOR_ROOM, item);
      send(stage + 1, worker, item);
    } else {
      board.end(item, outcome == null ? Outcome.CONSUMED : outcome);
    }
  }

  /// @return what became of an item that failed; null if it did not
  private @Nullable Outcome attempt(int stage, Item item) throws InterruptedException {
    for (int attempt = 1; true; attempt++) {
      serve(stage);
      var now = settings.get();
      var random = ThreadLocalRandom.current();
      if (!item.poisoned && random.nextDouble(100) >= now.get(Knob.FAILS)) {
        return null;
      }
      switch (now.text(Knob.POLICY)) {
        case "skip" -> {
          return Outcome.SKIPPED;
        }
        case "dead-letter" -> {
          return Outcome.DEAD_LETTERED;
        }
        case "stop" -> {
          fail("item %d failed, and the policy is to stop".formatted(item.number));
          return Outcome.ABANDONED;
        }
        case "retry" -> {
          if (attempt >= ATTEMPTS) {
            return Outcome.DEAD_LETTERED;
          }
        }
        default -> {}
      }
    }
  }

  private void serve(int stage) throws InterruptedException {
    boolean done;
    do {
      var now = settings.get();
      var random = ThreadLocalRandom.current();
      done =
          pace.await(
              pace.now() + Draw.service(now.text(Knob.SERVICES), now.service(stage), random));
    } while (!done);
  }

  private void fail(String why) {
    failure = why;
    draining = true;
    cancel();
    threads.stream().filter(one -> !one.equals(Thread.currentThread())).forEach(Thread::interrupt);
  }

  private void cancel() {
    buffers.forEach(buffer -> buffer.cancel().forEach(item -> board.end(item, Outcome.ABANDONED)));
    signal();
  }

  // From outside

  /// Settings have changed, but for their shape.
  void changed() {
    board.unsettle();
    pace.nudge();
    signal();
  }

  /// Produces no more: what is on its way is still dealt with.
  void drain() {
    draining = true;
    pace.nudge();
  }

  boolean isDraining() {
    return draining;
  }

  boolean isEnded() {
    return ended.getCount() == 0;
  }

  /// Why it stopped by itself; null if it didn't.
  @Nullable String failure() {
    return failure;
  }

  Board.Moment read() {
    return board.read();
  }

  /// How many of its threads wait for a time that has not come.
  long waiting() {
    return pace.waiting();
  }

  List<Channel<Item>> buffers() {
    return buffers;
  }

  /// Waits until all threads have ended.
  void await() throws InterruptedException {
    ended.await();
  }

  /// Stops at once: what is on its way counts as abandoned.
  @Override
  public void close() {
    draining = true;
    threads.forEach(Thread::interrupt);
    cancel();
  }
}
