package dev.sluice.channels;

import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A channel of [Deques]: each worker sends to its own and receives from it first.
final class StealingDeques<T> extends LockedChannel<T, Deques<T>> implements StealingChannel<T> {
  private final List<Worker<T>> workers;

  StealingDeques(int workers, int capacity, ChannelBuilder<T> settings) {
    super(new Deques<>(workers, capacity), settings, item -> ANY, false);
    this.workers = IntStream.range(0, workers).<Worker<T>>mapToObj(End::new).toList();
  }

  @Override
  public Worker<T> worker(int index) {
    if (index < 0 || index >= workers.size()) {
      throw new IllegalArgumentException(
          "there are workers 0 to " + (workers.size() - 1) + ", but not " + index);
    }
    return workers.get(index);
  }

  /// The channel, as one of its workers sees it.
  private final class End implements Worker<T>, ChannelEnd.Known<T> {
    private final int worker;

    End(int worker) {
      this.worker = worker;
    }

    @Override
    public ChannelEnd<T> end() {
      return new ChannelEnd<>(StealingDeques.this, worker, gate);
    }

    @Override
    public void send(T item) throws InterruptedException {
      StealingDeques.this.send(item, worker, FOREVER, gate);
    }

    @Override
    public boolean trySend(T item) {
      return StealingDeques.this.trySend(item, worker, gate);
    }

    @Override
    public boolean send(T item, Duration patience) throws InterruptedException {
      return StealingDeques.this.send(item, worker, nanos(patience), gate);
    }

    @Override
    public void sendAll(List<? extends T> items) throws InterruptedException {
      StealingDeques.this.sendAll(items, item -> worker, gate);
    }

    @Override
    public void close() {
      StealingDeques.this.close();
    }

    @Override
    public void close(@Nullable Throwable cause) {
      StealingDeques.this.close(cause);
    }

    @Override
    public boolean isClosed() {
      return isSealed();
    }

    @Override
    public T receive() throws InterruptedException {
      return StealingDeques.this.receive(worker);
    }

    @Override
    public @Nullable T tryReceive() {
      return take(worker);
    }

    @Override
    public @Nullable T receive(Duration patience) throws InterruptedException {
      return StealingDeques.this.receive(nanos(patience), worker);
    }

    @Override
    public List<T> receiveMany(int min, int max, Duration linger) throws InterruptedException {
      return StealingDeques.this.receiveMany(min, max, linger, worker);
    }

    @Override
    public int drainTo(Collection<? super T> into, int max) {
      return StealingDeques.this.drainTo(into, max, worker);
    }

    @Override
    public boolean isEnded() {
      return StealingDeques.this.isEnded();
    }

    @Override
    public List<T> cancel() {
      return StealingDeques.this.cancel();
    }

    @Override
    public Iterator<T> iterator() {
      return new Items<>(this);
    }

    @Override
    public CompletableFuture<Void> sendAsync(T item) {
      return StealingDeques.this.sendAsync(item, worker);
    }

    @Override
    public CompletableFuture<T> receiveAsync() {
      return StealingDeques.this.receiveAsync(worker);
    }

    @Override
    public Flow.Publisher<T> asPublisher() {
      return publisher(worker);
    }

    @Override
    public Flow.Subscriber<T> asSubscriber(int prefetch) {
      return new SenderSubscriber<>(this, prefetch);
    }

    @Override
    public Stream<T> stream() {
      return ItemSpliterator.stream(this);
    }
  }
}
