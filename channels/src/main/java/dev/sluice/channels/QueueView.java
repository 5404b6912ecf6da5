package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// [Channel#asBlockingQueue].
final class QueueView<T> extends AbstractQueue<T> implements BlockingQueue<T> {
  private final AbstractChannel<T> channel;

  QueueView(AbstractChannel<T> channel) {
    this.channel = channel;
  }

  // Putting

  @Override
  public void put(T item) throws InterruptedException {
    channel.send(item);
  }

  @Override
  public boolean offer(T item) {
    return channel.trySend(item);
  }

  @Override
  public boolean offer(T item, long timeout, TimeUnit unit) throws InterruptedException {
    return channel.send(item, Duration.ofNanos(unit.toNanos(timeout)));
  }

  @Override
  public boolean add(T item) {
    if (!offer(item)) {
      throw new IllegalStateException(channel.name() + " is full");
    }
    return true;
  }

  // Taking

  @Override
  public T take() throws InterruptedException {
    return channel.receive();
  }

  @Override
  public @Nullable T poll() {
    return channel.tryReceive();
  }

  @Override
  public @Nullable T poll(long timeout, TimeUnit unit) throws InterruptedException {
    return channel.receive(Duration.ofNanos(unit.toNanos(timeout)));
  }

  @Override
  public int drainTo(Collection<? super T> into) {
    return drainTo(into, Integer.MAX_VALUE);
  }

  @Override
  public int drainTo(Collection<? super T> into, int max) {
    if (into instanceof QueueView<?> view && view.channel.equals(channel)) {
      throw new IllegalArgumentException(channel.name() + " can't be drained into itself");
    }
    return channel.drainTo(into, Math.max(0, max));
  }

  // Looking

  @Override
  public @Nullable T peek() {
    return channel.peek();
  }

  @Override
  public int size() {
    return channel.size();
  }

  @Override
  public boolean isEmpty() {
    return !channel.hasItem();
  }

  @Override
  public int remainingCapacity() {
    int capacity = channel.capacity();
    return capacity == Integer.MAX_VALUE ? capacity : Math.max(0, capacity - size());
  }

  @Override
  public boolean contains(@Nullable Object item) {
    return channel.snapshot().contains(item);
  }

  @Override
  public Object[] toArray() {
    return channel.snapshot().toArray();
  }

  @Override
  @SuppressWarnings("SuspiciousToArrayCall") // what the array may hold is the caller's word
  public <A> A[] toArray(A[] array) {
    return channel.snapshot().toArray(array);
  }

  @Override
  public Iterator<T> iterator() {
    return new Walk(channel.snapshot().iterator());
  }

  @Override
  public Spliterator<T> spliterator() {
    return channel.snapshot().spliterator(); // it knows its size, whatever happens meanwhile
  }

  // Removing from the middle

  @Override
  public boolean remove(@Nullable Object item) {
    return item != null && channel.remove(item);
  }

  @Override
  public boolean removeIf(Predicate<? super T> condition) {
    requireNonNull(condition, "condition is null");
    boolean removed = false;
    for (var item : channel.snapshot()) {
      if (condition.test(item)) {
        removed |= removeThis(item);
      }
    }
    return removed;
  }

  @Override
  public boolean removeAll(Collection<?> items) {
    requireNonNull(items, "items is null");
    return removeIf(items::contains);
  }

  @Override
  public boolean retainAll(Collection<?> items) {
    requireNonNull(items, "items is null");
    return removeIf(item -> !items.contains(item));
  }

  /// Removes `item` itself, and not another that is equal to it.
  @SuppressWarnings("ReferenceEquality") // an equal one may be another
  private boolean removeThis(T item) {
    return channel.removeIf(other -> other == item, 1) > 0;
  }

  /// Goes through what was there when it began.
  private final class Walk implements Iterator<T> {
    private final Iterator<T> items;
    private @Nullable T last;

    Walk(Iterator<T> items) {
      this.items = items;
    }

    @Override
    public boolean hasNext() {
      return items.hasNext();
    }

    @Override
    public T next() {
      var item = items.next();
      last = item;
      return item;
    }

    @Override
    public void remove() {
      if (last == null) {
        throw new IllegalStateException("next() has to come before remove(), each time");
      }
      removeThis(last);
      last = null;
    }
  }
}
