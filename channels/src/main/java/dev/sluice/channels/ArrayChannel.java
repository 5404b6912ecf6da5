package dev.sluice.channels;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A channel kept in an array, used as a ring, under one lock.
final class ArrayChannel<T> implements Channel<T> {

  /*
   * The textbook bounded buffer with two conditions.
   *
   *          head = 3      size = 3          capacity = 8
   *            v
   *      . . . d   e   f   . .               [head, head + size) holds items, round the end of the
   *                                          array; every other slot is null
   *
   * Each change of the ring wakes as many waiters as it made places or items for, and no more. That
   * is enough, because no wake-up is lost while it is needed:
   *
   * - Who was woken looks at the ring before it leaves, and takes its place or item even if it was
   *   interrupted or ran out of patience meanwhile. If there is none, another thread was faster and
   *   has used it up.
   * - Who was interrupted or timed out first is no longer waiting: the condition wakes the next.
   * - Only a sender whose own gate closed leaves a place that it was woken for. Closing a gate
   *   wakes all senders, so that they look for themselves.
   *
   * The contract's tests named "... leaves the item (room) to another" fail without any of these.
   */

  /// Patience without end.
  static final long FOREVER = Long.MAX_VALUE;

  private final ReentrantLock lock = new ReentrantLock();
  private final Waiting senders = new Waiting();
  private final Waiting receivers = new Waiting();

  // All below is guarded by the lock.
  private final @Nullable Object[] slots;
  private int head;
  private int size;
  private final Gate gate = new Gate("the channel");
  private int registered;

  ArrayChannel(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
    }
    slots = new Object[capacity];
  }

  /// `patience` in nanoseconds; one that is too long to count is [#FOREVER].
  static long nanos(Duration patience) {
    return NANOSECONDS.convert(
        requireNonNull(patience, "patience is null; to wait without end leave it out"));
  }

  @Override
  public void send(T item) throws InterruptedException {
    send(item, FOREVER, gate);
  }

  @Override
  public boolean trySend(T item) {
    return trySend(item, gate);
  }

  @Override
  public boolean send(T item, Duration patience) throws InterruptedException {
    return send(item, nanos(patience), gate);
  }

  @Override
  public void sendAll(List<? extends T> items) throws InterruptedException {
    sendAll(items, gate);
  }

  boolean send(T item, long patience, Gate via) throws InterruptedException {
    requireItem(item);
    lock.lockInterruptibly();
    try {
      if (!awaitRoom(patience, via, 0, 1)) {
        return false;
      }
      put(item);
      receivers.wake(1);
      return true;
    } finally {
      lock.unlock();
    }
  }

  boolean trySend(T item, Gate via) {
    requireItem(item);
    lock.lock();
    try {
      checkOpen(via, 0, 1);
      if (size == slots.length) {
        return false;
      }
      put(item);
      receivers.wake(1);
      return true;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("unchecked") // what a List<? extends T> holds
  void sendAll(List<? extends T> items, Gate via) throws InterruptedException {
    var all = (T[]) items.toArray(); // a copy: foreign code must not run under the lock
    for (int i = 0; i < all.length; i++) {
      requireNonNull(
          all[i],
          "item " + i + " of the list is null; an item can't be, since null means \"none\"");
    }
    if (all.length == 0) {
      return;
    }
    int sent = 0;
    try {
      lock.lockInterruptibly();
      try {
        while (sent < all.length) {
          awaitRoom(FOREVER, via, sent, all.length);
          int fit = Math.min(slots.length - size, all.length - sent);
          for (int i = 0; i < fit; i++) {
            put(all[sent++]);
          }
          receivers.wake(fit);
        }
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      throw (InterruptedException) new InterruptedSendException(sent, all.length).initCause(e);
    }
  }

  @Override
  public T receive() throws InterruptedException {
    var item = receive(FOREVER);
    if (item == null) {
      throw gate.end();
    }
    return item;
  }

  @Override
  public @Nullable T receive(Duration patience) throws InterruptedException {
    return receive(nanos(patience));
  }

  private @Nullable T receive(long patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience;
      while (size == 0) {
        if (gate.isClosed() || left <= 0) {
          return null;
        }
        left = receivers.await(left);
      }
      var item = take();
      senders.wake(1);
      return item;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable T tryReceive() {
    lock.lock();
    try {
      if (size == 0) {
        return null;
      }
      var item = take();
      senders.wake(1);
      return item;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int drainTo(Collection<? super T> into, int max) {
    requireNonNull(into, "into is null");
    if (max < 0) {
      throw new IllegalArgumentException("max must not be negative, but was " + max);
    }
    lock.lock();
    int taken = 0;
    try {
      for (int claim = Math.min(size, max); taken < claim; taken++) {
        into.add(peek()); // before it is taken: what `into` refuses by throwing stays here
        take();
      }
      return taken;
    } finally {
      senders.wake(taken);
      lock.unlock();
    }
  }

  @Override
  public List<T> cancel() {
    lock.lock();
    try {
      closeGate();
      var leftovers = new ArrayList<T>(size);
      while (size > 0) {
        leftovers.add(take());
      }
      return leftovers;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Iterator<T> iterator() {
    return new Items<>(this);
  }

  @Override
  public Sender<T> newSender() {
    return senders(1).getFirst();
  }

  @Override
  public List<Sender<T>> senders(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, but was " + count);
    }
    lock.lock();
    try {
      checkOpen(gate, 0, 1);
      registered += count;
    } finally {
      lock.unlock();
    }
    return Stream.<Sender<T>>generate(() -> new RegisteredSender<>(this)).limit(count).toList();
  }

  @Override
  public void close() {
    close(null);
  }

  @Override
  public void close(@Nullable Throwable cause) {
    lock.lock();
    try {
      gate.blame(cause);
      closeGate();
    } finally {
      lock.unlock();
    }
  }

  void closeSender(Gate via, @Nullable Throwable cause) {
    lock.lock();
    try {
      if (via.isClosed()) {
        return;
      }
      via.blame(cause);
      via.close();
      gate.blame(cause);
      registered--;
      if (registered == 0) {
        closeGate();
      } else {
        senders.wakeAll(); // for those who wait to send through this one
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isClosed() {
    return isClosed(gate);
  }

  boolean isClosed(Gate via) {
    lock.lock();
    try {
      return gate.isClosed() || via.isClosed();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isEnded() {
    lock.lock();
    try {
      return gate.isClosed() && size == 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int capacity() {
    return slots.length;
  }

  private static void requireItem(Object item) {
    requireNonNull(item, "an item can't be null, since null means \"none\" to a receiver");
  }

  /// Waits until there is room, and tells whether there was in time; throws when sending is over.
  private boolean awaitRoom(long patience, Gate via, int sent, int count)
      throws InterruptedException {
    long left = patience;
    while (true) {
      checkOpen(via, sent, count);
      if (size < slots.length) {
        return true;
      }
      if (left <= 0) {
        return false;
      }
      left = senders.await(left);
    }
  }

  private void checkOpen(Gate via, int sent, int count) {
    if (gate.isClosed()) {
      throw gate.refusal(sent, count);
    }
    if (via.isClosed()) {
      throw via.refusal(sent, count);
    }
  }

  private void closeGate() {
    gate.close();
    senders.wakeAll();
    receivers.wakeAll();
  }

  private void put(T item) {
    slots[slot(size)] = item;
    size++;
  }

  @SuppressWarnings("unchecked") // only put() fills slots
  private T peek() {
    return (T) requireNonNull(slots[head]);
  }

  private T take() {
    var item = peek();
    slots[head] = null; // the receiver may keep the item long after; the ring must not
    head = slot(1);
    size--;
    return item;
  }

  /// The slot that is `distance` after the head: from 0 to the capacity.
  private int slot(int distance) {
    int toEnd = slots.length - head;
    return distance < toEnd ? head + distance : distance - toEnd;
  }

  /// Those who wait for one thing, room or an item. Guarded by the lock.
  private final class Waiting {
    private final Condition condition = lock.newCondition();
    private int count;

    /// Waits to be woken, and returns what is left of `patience`.
    @SuppressWarnings("WaitNotInLoop") // whoever calls this looks again
    long await(long patience) throws InterruptedException {
      count++;
      try {
        if (patience == FOREVER) {
          condition.await();
          return FOREVER;
        }
        return condition.awaitNanos(patience);
      } finally {
        count--;
      }
    }

    /// Wakes one for each of `chances`, as far as there are any.
    void wake(int chances) {
      for (int i = Math.min(chances, count); i > 0; i--) {
        condition.signal();
      }
    }

    void wakeAll() {
      condition.signalAll();
    }
  }
}
