package dev.sluice.log4j2;

import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A queue whose one taker is in no hurry.
///
/// Log4j's dispatcher is quicker than those who log. If it waited to be woken whenever there is
/// nothing left, almost each event would wake it, and waking a thread costs the one who logs more
/// than the event does. So it takes a nap first, and finds many events when it looks again. Only if
/// it finds none, it waits: a program that logs nothing does nothing.
///
/// @param <E> Log4j's events
final class DispatcherQueue<E> extends AbstractQueue<E> implements BlockingQueue<E> {
  /// The shortest that a thread can sleep: about 60 microseconds on Linux.
  private static final long NAP_NANOS = 1;

  private final BlockingQueue<E> queue;

  DispatcherQueue(BlockingQueue<E> queue) {
    this.queue = queue;
  }

  @Override
  public E take() throws InterruptedException {
    var event = queue.poll();
    if (event == null) {
      LockSupport.parkNanos(NAP_NANOS);
      event = queue.poll();
    }
    return event == null ? queue.take() : event;
  }

  @Override
  public void put(E event) throws InterruptedException {
    queue.put(event);
  }

  @Override
  public boolean offer(E event) {
    return queue.offer(event);
  }

  @Override
  public boolean offer(E event, long timeout, TimeUnit unit) throws InterruptedException {
    return queue.offer(event, timeout, unit);
  }

  @Override
  public @Nullable E poll() {
    return queue.poll();
  }

  @Override
  public @Nullable E poll(long timeout, TimeUnit unit) throws InterruptedException {
    return queue.poll(timeout, unit);
  }

  @Override
  public @Nullable E peek() {
    return queue.peek();
  }

  @Override
  public int remainingCapacity() {
    return queue.remainingCapacity();
  }

  @Override
  public int drainTo(Collection<? super E> into) {
    return queue.drainTo(into);
  }

  @Override
  public int drainTo(Collection<? super E> into, int most) {
    return queue.drainTo(into, most);
  }

  @Override
  public Iterator<E> iterator() {
    return queue.iterator();
  }

  @Override
  public int size() {
    return queue.size();
  }
}
