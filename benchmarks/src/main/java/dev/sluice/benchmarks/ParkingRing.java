package dev.sluice.benchmarks;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.MpmcArrayQueue;

/// JCTools' ring with a wrapper that waits: the strongest rival we could think of, since what one
/// would otherwise write by hand is this.
///
/// Whoever finds the ring full (or empty) spins a little, yields a few times, and then registers as
/// a waiter, tries again, and parks. Whoever took (or put) an item looks for waiters of the other
/// side. Both put a full fence between the two steps, so at least one of them sees the other:
/// either the waiter finds the item, or the other side finds the waiter.
final class ParkingRing implements Handoff {

  // Of 64+4, 10+20, 0+4, 0+20, 200+4 and 10+100 the one without spins and with many yields did best
  // on two cores, where a spin mostly keeps the other side from running.
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 2 ? 32 : 0;
  private static final int YIELDS = 20;

  /// Those who wait on one side.
  private static final class Waiters {

    private static final class Waiter {
      final Thread thread = Thread.currentThread();
      volatile boolean called;
    }

    private final ConcurrentLinkedQueue<Waiter> queue = new ConcurrentLinkedQueue<>();

    /// How many are in the queue, or about to be: never less. Padded by what is between the fields.
    private final AtomicInteger count = new AtomicInteger();

    Waiter register() {
      Waiter waiter = new Waiter();
      count.getAndIncrement();
      queue.add(waiter);
      VarHandle.fullFence();
      return waiter;
    }

    /// After a registration that turned out to be needless, or was interrupted.
    void leave(Waiter waiter) {
      if (queue.remove(waiter)) {
        count.getAndDecrement();
      } else {
        call(1); // the call was for another
      }
    }

    void await(Waiter waiter) throws InterruptedException {
      while (!waiter.called) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          leave(waiter);
          throw new InterruptedException();
        }
      }
    }

    /// Wakes up to `most`, after that many items have been moved.
    void call(int most) {
      VarHandle.fullFence();
      for (int i = 0; i < most && count.getOpaque() > 0; i++) {
        Waiter waiter = queue.poll();
        if (waiter == null) {
          return; // counted, but not in the queue yet: it will try again after that
        }
        count.getAndDecrement();
        waiter.called = true;
        LockSupport.unpark(waiter.thread);
      }
    }
  }

  private final MpmcArrayQueue<Item> ring;
  private final Waiters forRoom = new Waiters();
  private final Waiters forItems = new Waiters();

  ParkingRing(int capacity) {
    ring = new MpmcArrayQueue<>(Math.max(2, capacity));
  }

  @Override
  public void send(Item item) throws InterruptedException {
    if (!ring.offer(item)) {
      sendSlowly(item);
    }
    forItems.call(1);
  }

  private void sendSlowly(Item item) throws InterruptedException {
    while (true) {
      for (int i = 0; i < SPINS + YIELDS; i++) {
        pause(i);
        if (ring.offer(item)) {
          return;
        }
      }
      Waiters.Waiter waiter = forRoom.register();
      if (ring.offer(item)) {
        forRoom.leave(waiter);
        return;
      }
      forRoom.await(waiter);
      if (ring.offer(item)) {
        return;
      }
    }
  }

  @Override
  public Item receive() throws InterruptedException {
    Item item = ring.poll();
    if (item == null) {
      item = receiveSlowly();
    }
    forRoom.call(1);
    return item;
  }

  private Item receiveSlowly() throws InterruptedException {
    while (true) {
      for (int i = 0; i < SPINS + YIELDS; i++) {
        pause(i);
        Item item = ring.poll();
        if (item != null) {
          return item;
        }
      }
      Waiters.Waiter waiter = forItems.register();
      Item item = ring.poll();
      if (item != null) {
        forItems.leave(waiter);
        return item;
      }
      forItems.await(waiter);
      item = ring.poll();
      if (item != null) {
        return item;
      }
    }
  }

  private static void pause(int turn) {
    if (turn < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  @Override
  public Handoff sender(int index) {
    return new Port();
  }

  @Override
  public Handoff receiver(int index) {
    return new Port();
  }

  /// One thread's: batches in one claim, without allocating.
  private final class Port
      implements Handoff, MessagePassingQueue.Supplier<Item>, MessagePassingQueue.Consumer<Item> {

    private List<Item> from = List.of();
    private Item[] into = {};
    private int at;

    @Override
    public void send(Item item) throws InterruptedException {
      ParkingRing.this.send(item);
    }

    @Override
    public Item receive() throws InterruptedException {
      return ParkingRing.this.receive();
    }

    @Override
    public void sendAll(List<Item> items) throws InterruptedException {
      from = items;
      at = 0;
      while (at < items.size()) {
        int filled = ring.fill(this, items.size() - at);
        if (filled == 0) {
          sendSlowly(items.get(at++));
          filled = 1;
        }
        forItems.call(filled);
      }
    }

    @Override
    public int receiveMany(Item[] items, int max) throws InterruptedException {
      into = items;
      at = 0;
      if (ring.drain(this, max) == 0) {
        into[at++] = receiveSlowly();
      }
      forRoom.call(at);
      return at;
    }

    @Override
    public Item get() {
      return from.get(at++);
    }

    @Override
    public void accept(Item item) {
      into[at++] = item;
    }
  }
}
