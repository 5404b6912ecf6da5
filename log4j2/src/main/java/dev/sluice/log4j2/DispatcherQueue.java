package dev.sluice.log4j2;

import java.util.AbstractQueue;
import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A queue whose threads are in no hurry.
///
/// Log4j's dispatcher is quicker than those who log, or slower. If it waited to be woken whenever
/// nothing is left, almost each event would wake it; and if those who log waited to be woken
/// whenever the queue is full, each event that it takes would wake one of them. To wake a thread
/// costs more than the event does. So both take some naps first, and find many events, or much
/// room, when they look again. Only if there is still nothing after a millisecond they wait: a
/// program that logs nothing does nothing.
///
/// @param <E> Log4j's events
final class DispatcherQueue<E> extends AbstractQueue<E> implements BlockingQueue<E> {
  /// The shortest that a thread can sleep: about 60 microseconds on Linux.
  private static final long NAP_NANOS = 1;

  private static final int NAPS = 16;

  private final BlockingQueue<E> queue;

  DispatcherQueue(BlockingQueue<E> queue) {
    this.queue = queue;
  }

  @Override
  public E take() throws InterruptedException {
    var event = queue.poll();
    for (int naps = 0; event == null && naps < NAPS; naps++) {
      LockSupport.parkNanos(NAP_NANOS);
      event = queue.poll();
    }
    return event == null ? queue.take() : event;
  }

  @Override
  public void put(E event) throws InterruptedException {
    for (int naps = 0; naps < NAPS; naps++) {
      if (queue.offer(event)) {
        return;
      }
      LockSupport.parkNanos(NAP_NANOS);
    }
    queue.put(event);
  }

  @Override
  public @Nullable E poll() {
    return queue.poll();
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

  /// Asked by Log4j after each event, to know whether it is the last of a batch.
  @Override
  public boolean isEmpty() {
    return queue.isEmpty();
  }
}
