package dev.sluice.channels;

/// First in, first out, bounded by a count that can be changed.
final class FifoChannel<T> extends LockedChannel<T, Fifo<T>> implements ResizableChannel<T> {

  FifoChannel(int capacity, ChannelBuilder<T> settings) {
    super(new Fifo<>(capacity, false), settings, null, false);
  }

  @Override
  public void resize(int capacity) {
    locked(it -> {
      it.resize(capacity);
      return it;
    });
    senders.wakeIfReady(); // the first, and each who comes in wakes the next while there is room
  }
}
