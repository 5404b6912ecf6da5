package dev.sluice.queues;

/// There was no room for all items of a call that does not wait; none of them was stored.
public final class QueueFullException extends QueueException {
  private static final long serialVersionUID = 1;

  QueueFullException(String message) {
    super(message);
  }
}
