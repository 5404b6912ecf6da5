package dev.sluice.channels;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// One registered producer: sends to its channel until either of the two is closed.
final class RegisteredSender<T> implements Sender<T>, ChannelEnd.Known<T> {
  private final AbstractChannel<T> channel;
  private final Gate gate = new Gate("this sender");
  private final AsyncEnd<Void> asyncSends;

  RegisteredSender(AbstractChannel<T> channel) {
    this.channel = channel;
    asyncSends = channel.newAsyncSends(gate);
  }

  @Override
  public void send(T item) throws InterruptedException {
    channel.send(item, AbstractChannel.FOREVER, gate);
  }

  @Override
  public boolean trySend(T item) {
    return channel.trySend(item, gate);
  }

  @Override
  public boolean send(T item, Duration patience) throws InterruptedException {
    return channel.send(item, AbstractChannel.nanos(patience), gate);
  }

  @Override
  public void sendAll(List<? extends T> items) throws InterruptedException {
    channel.sendAll(items, gate);
  }

  @Override
  public CompletableFuture<Void> sendAsync(T item) {
    return channel.sendAsync(item, gate, asyncSends);
  }

  @Override
  public Flow.Subscriber<T> asSubscriber(int prefetch) {
    return new SenderSubscriber<>(this, prefetch);
  }

  @Override
  public void close() {
    channel.closeSender(gate, null);
  }

  @Override
  public void close(@Nullable Throwable cause) {
    channel.closeSender(gate, cause);
  }

  @Override
  public boolean isClosed() {
    return channel.isSealed() || gate.isClosed();
  }

  @Override
  public ChannelEnd<T> end() {
    return new ChannelEnd<>(channel, Store.ANY, gate);
  }
}
