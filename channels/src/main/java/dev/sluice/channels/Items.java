package dev.sluice.channels;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Iterates over what a receiver receives, as [Receiver#iterator] promises.
final class Items<T> implements Iterator<T> {
  private final Receiver<T> receiver;
  private @Nullable T next;

  Items(Receiver<T> receiver) {
    this.receiver = receiver;
  }

  @Override
  public boolean hasNext() {
    return next != null || (next = receive()) != null;
  }

  @Override
  public T next() {
    var item = next == null ? receive() : next;
    if (item == null) {
      throw new NoSuchElementException("the channel is closed and empty");
    }
    next = null;
    return item;
  }

  private @Nullable T receive() {
    try {
      return receiver.receive();
    } catch (ClosedException e) {
      if (e.getCause() == null) {
        return null;
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedWaitException(e);
    }
  }
}
