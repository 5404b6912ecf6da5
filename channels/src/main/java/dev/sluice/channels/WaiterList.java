package dev.sluice.channels;

import org.jspecify.annotations.Nullable;

/// A linked list through the waiters themselves, so that any of them can leave at once. Guarded by
/// the lock of whoever has it.
final class WaiterList<W extends Waiter> {
  private @Nullable Waiter first;
  private @Nullable Waiter last;
  private int size;

  @SuppressWarnings("unchecked") // only W are added
  @Nullable W first() {
    return (W) first;
  }

  @SuppressWarnings("unchecked") // only W are added
  @Nullable W after(W waiter) {
    return (W) waiter.next;
  }

  int size() {
    return size;
  }

  void addFirst(W waiter) {
    var next = first;
    waiter.next = next;
    if (next == null) {
      last = waiter;
    } else {
      next.previous = waiter;
    }
    first = waiter;
    size++;
  }

  void addLast(W waiter) {
    var previous = last;
    waiter.previous = previous;
    if (previous == null) {
      first = waiter;
    } else {
      previous.next = waiter;
    }
    last = waiter;
    size++;
  }

  void remove(W waiter) {
    var previous = waiter.previous;
    var next = waiter.next;
    if (previous == null) {
      first = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      last = previous;
    } else {
      next.previous = previous;
    }
    waiter.previous = null;
    waiter.next = null;
    size--;
  }
}
