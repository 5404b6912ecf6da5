package dev.sluice.races;

import java.io.Serial;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The lock that parts of a scene get instead of a [ReentrantLock]: waiting for it is waiting for
/// the turn. Barging, as the real one: whoever has the turn when it is free gets it.
///
/// Public only because rewritten code is in other packages.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
public final class HookedLock extends ReentrantLock {
  @Serial private static final long serialVersionUID = 1;

  private transient @Nullable Part<?> owner;
  private transient int holds;

  public HookedLock() {}

  public HookedLock(boolean fair) {
    super(fair);
  }

  @Override
  public void lock() {
    var me = Run.playing();
    if (me == null) {
      super.lock();
      return;
    }
    me.run.here(me);
    acquire(me, 1);
  }

  private void acquire(Part<?> me, int count) {
    if (owner != me) {
      boolean waits = owner != null;
      me.await(() -> owner == null, Part.FOREVER);
      owner = me;
      if (waits && me.run.random.nextBoolean()) {
        me.losePermit(); // the real one parks, which takes a permit that was meant for another park
      }
    }
    holds += count;
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    var me = Run.playing();
    if (me == null) {
      super.lockInterruptibly();
      return;
    }
    me.run.here(me);
    me.throwIfInterrupted();
    if (owner != me) {
      me.await(() -> owner == null || me.isInterrupted(), Part.FOREVER);
      if (owner != null) {
        me.throwIfInterrupted();
      }
      owner = me;
    }
    holds++;
  }

  @Override
  public boolean tryLock() {
    var me = Run.playing();
    if (me == null) {
      return super.tryLock();
    }
    me.run.here(me);
    if (owner != null && owner != me) {
      return false;
    }
    owner = me;
    holds++;
    return true;
  }

  @Override
  public void unlock() {
    var me = Run.playing();
    if (me == null) {
      super.unlock();
      return;
    }
    requireOwner(me);
    if (--holds == 0) {
      owner = null;
    }
  }

  private void requireOwner(Part<?> me) {
    if (owner != me) {
      throw new IllegalMonitorStateException(me + " does not hold the lock");
    }
  }

  @Override
  public boolean isHeldByCurrentThread() {
    var me = Run.playing();
    return me == null ? super.isHeldByCurrentThread() : owner == me;
  }

  @Override
  public Condition newCondition() {
    return Run.playing() == null ? super.newCondition() : new HookedCondition();
  }

  private static final class Node {
    boolean signalled;
  }

  private final class HookedCondition implements Condition {
    private final Deque<Node> nodes = new ArrayDeque<>();

    private boolean waitForSignal(long nanos, boolean interruptible) throws InterruptedException {
      var me = Run.playing();
      if (me == null) {
        throw new IllegalStateException("this condition belongs to a scene");
      }
      requireOwner(me);
      if (interruptible) {
        me.throwIfInterrupted();
      }
      var node = new Node();
      nodes.add(node);
      int held = holds;
      holds = 0;
      owner = null;
      me.await(() -> node.signalled || (interruptible && me.isInterrupted()), nanos);
      // As the real one: it stays in the queue until it goes on, so a signal may come meanwhile.
      boolean signalled = node.signalled;
      if (!signalled) {
        nodes.remove(node);
      }
      acquire(me, held);
      if (!signalled && interruptible) {
        me.throwIfInterrupted();
      }
      return signalled;
    }

    @Override
    public void await() throws InterruptedException {
      waitForSignal(Part.FOREVER, true);
    }

    @Override
    public void awaitUninterruptibly() {
      try {
        waitForSignal(Part.FOREVER, false);
      } catch (InterruptedException e) {
        throw new AssertionError("nothing here is interruptible", e);
      }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      var deadline = Hooks.nanoTime() + nanos;
      waitForSignal(nanos, true);
      return deadline - Hooks.nanoTime();
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
      return waitForSignal(unit.toNanos(time), true);
    }

    @Override
    public boolean awaitUntil(Date deadline) {
      throw new UnsupportedOperationException("a scene has no wall clock");
    }

    @Override
    public void signal() {
      wake(1);
    }

    @Override
    public void signalAll() {
      wake(nodes.size());
    }

    private void wake(int count) {
      for (int i = 0; i < count && !nodes.isEmpty(); i++) {
        nodes.remove().signalled = true;
      }
    }
  }
}
