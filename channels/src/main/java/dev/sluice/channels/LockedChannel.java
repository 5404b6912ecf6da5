package dev.sluice.channels;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A channel kept in a buffer under one lock: for orders and bounds that a ring can't serve.
class LockedChannel<T, B extends Buffer<T>> extends AbstractChannel<T> {

  /*
   * The hand-shake with Waiters: the changes of the buffer and the looks at it are inside the lock,
   * so each look comes before or after each change. A waiter that looked before a change had
   * enlisted before that, and the maker, who asks for waiters after the change, sees it. One that
   * looks after the change finds what was made. That goes for all that makes room or an item: also
   * for a removal, a new capacity, and the seal.
   */

  private final BriefLock lock = new BriefLock();
  private final B buffer; // what follows is guarded by the lock
  private volatile boolean sealed; // read without it, too
  private long accepted;
  private long taken;

  /// @param keys what the buffer wants to know about an item: its weight or level; 1 if null
  /// @param inOrder whether senders are served in order
  LockedChannel(
      B buffer,
      ChannelBuilder<T> settings,
      @Nullable ToLongFunction<? super T> keys,
      boolean inOrder) {
    super(settings, keys, inOrder, false);
    this.buffer = buffer;
  }

  /// Does some work on the buffer under the lock: not for what has to be fast.
  final <R extends @Nullable Object> R locked(Function<? super B, R> work) {
    lock.lock();
    try {
      return work.apply(buffer);
    } finally {
      lock.unlock();
    }
  }

  @Override
  final boolean offer(T item) {
    return offer(item, 1);
  }

  @Override
  final boolean offer(T item, long key) {
    lock.lock();
    try {
      if (sealed || !buffer.fits(key)) {
        return false;
      }
      buffer.add(item, key);
      buffer.filled();
      accepted++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  final int offerAll(T[] items, int from) {
    return offerAll(items, null, from);
  }

  @Override
  final int offerAll(T[] items, long @Nullable [] itemKeys, int from) {
    int i = from;
    lock.lock();
    try {
      while (i < items.length && !sealed) {
        long key = itemKeys == null ? 1 : itemKeys[i];
        if (!buffer.fits(key)) {
          break;
        }
        buffer.add(items[i], key);
        accepted++;
        i++;
      }
      buffer.filled();
    } catch (RuntimeException | Error e) {
      if (i == from) {
        throw e; // else the next call will, when those that are in have been told of
      }
    } finally {
      lock.unlock();
    }
    return i - from;
  }

  @Override
  final boolean displace(T item, long key, List<T> out) {
    lock.lock();
    try {
      if (sealed) {
        return false;
      }
      while (!buffer.fits(key)) {
        var next = buffer.take();
        if (next != null) {
          taken++;
          out.add(next);
        }
      }
      buffer.add(item, key);
      buffer.filled();
      accepted++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  final @Nullable T poll() {
    return poll(ANY);
  }

  @Override
  final @Nullable T poll(int end) {
    lock.lock();
    try {
      var item = buffer.take(end);
      if (item != null) {
        taken++;
        buffer.emptied();
      }
      return item;
    } finally {
      lock.unlock();
    }
  }

  @Override
  final List<T> pollAll(int max) {
    return pollAll(max, ANY);
  }

  @Override
  final List<T> pollAll(int max, int end) {
    List<T> items = List.of();
    lock.lock();
    try {
      items = new ArrayList<>(Math.min(max, buffer.size()));
      while (items.size() < max) {
        var item = buffer.take(end);
        if (item == null) {
          break;
        }
        taken++;
        items.add(item);
      }
      buffer.emptied();
    } catch (RuntimeException | Error e) {
      if (items.isEmpty()) {
        throw e; // else the next call will: these are the caller's
      }
    } finally {
      lock.unlock();
    }
    return items;
  }

  @Override
  final int pollIf(Predicate<? super T> filter, int max) {
    return locked(it -> {
      int before = it.size();
      try {
        return it.removeIf(filter, max);
      } finally {
        taken += before - it.size();
      }
    });
  }

  @Override
  final @Nullable T peek() {
    return this.<@Nullable T>locked(Buffer::peek);
  }

  @Override
  final List<T> snapshot() {
    return locked(Buffer::toList);
  }

  @Override
  final boolean hasRoom() {
    return hasRoom(1);
  }

  @Override
  final boolean hasRoom(long key) {
    return locked(it -> !sealed && it.fits(key));
  }

  @Override
  final boolean hasItem() {
    return size() > 0;
  }

  @Override
  final void seal() {
    locked(it -> sealed = true);
  }

  @Override
  final boolean isSealed() {
    return sealed;
  }

  @Override
  final long accepted() {
    return locked(it -> accepted);
  }

  @Override
  final long taken() {
    return locked(it -> taken);
  }

  @Override
  public final int size() {
    return locked(Buffer::size);
  }

  @Override
  public final int capacity() {
    return locked(Buffer::capacity);
  }

  @Override
  final long weight() {
    return locked(Buffer::weight);
  }

  @Override
  final long maxWeight() {
    return locked(Buffer::maxWeight);
  }
}
