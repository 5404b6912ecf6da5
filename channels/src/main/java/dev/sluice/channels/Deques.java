package dev.sluice.channels;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A deque for each worker, each under a lock of its own.
final class Deques<T> extends AbstractChannel<T> implements StealingChannel<T> {

  /*
   * `count` is how many items the channel has taken in and not handed out. A sender adds to it
   * before it puts its items into a deque, a receiver subtracts after it has taken some out:
   *
   *   count >= the items in all deques
   *
   * so that the capacity holds, and nobody who finds it 0 misses an item. It is the one thing that
   * Waiters' hand-shake looks at. Who finds all deques empty while it isn't 0 has come between a
   * sender's two steps, or a receiver's, or has looked into one deque before an item came and into
   * another after its last one had gone: it looks again. So "empty" is told from the count alone.
   *
   * The sign bit of the count is the seal: who added to the count before it will put its items.
   */

  private static final long SEAL = Long.MIN_VALUE;

  /// One worker's items. All but `size` are guarded by the lock.
  private static final class Deque<T> {
    final BriefLock lock = new BriefLock();
    final ArrayDeque<T> items = new ArrayDeque<>();
    long accepted;
    long taken;

    /// Read without the lock, to pass by what is empty; too old is safe.
    final AtomicInteger size = new AtomicInteger();

    void add(T[] from, int first, int count) {
      lock.lock();
      try {
        for (int i = first; i < first + count; i++) {
          items.addLast(from[i]);
        }
        accepted += count;
        size.setRelease(items.size());
      } finally {
        lock.unlock();
      }
    }

    void add(T item) {
      lock.lock();
      try {
        items.addLast(item);
        accepted++;
        size.setRelease(items.size());
      } finally {
        lock.unlock();
      }
    }

    @Nullable T take(boolean own) {
      if (size.getAcquire() == 0) {
        return null;
      }
      lock.lock();
      try {
        var item = own ? items.pollFirst() : items.pollLast();
        if (item != null) {
          taken++;
          size.setRelease(items.size());
        }
        return item;
      } finally {
        lock.unlock();
      }
    }

    void take(boolean own, int max, List<T> into) {
      if (size.getAcquire() == 0) {
        return;
      }
      lock.lock();
      try {
        int before = items.size();
        for (int i = Math.min(max, before); i > 0; i--) {
          into.add(own ? items.removeFirst() : items.removeLast());
        }
        taken += before - items.size();
        size.setRelease(items.size());
      } finally {
        lock.unlock();
      }
    }
  }

  private final int capacity;
  private final List<Deque<T>> deques;
  private final List<Worker<T>> workers;
  private final AtomicLong count = new AtomicLong();
  private final AtomicInteger nextToFill = new AtomicInteger();
  private final AtomicInteger nextToEmpty = new AtomicInteger();

  Deques(int workers, int capacity, ChannelBuilder<T> settings) {
    super(settings, item -> ANY, false, false);
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, but was " + workers);
    }
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
    }
    this.capacity = capacity;
    deques = IntStream.range(0, workers).mapToObj(i -> new Deque<T>()).toList();
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

  @Override
  boolean offer(T item) {
    return offer(item, ANY);
  }

  @Override
  boolean offer(T item, long key) {
    if (claim(1) == 0) {
      return false;
    }
    deque((int) key, nextToFill).add(item);
    return true;
  }

  @Override
  int offerAll(T[] items, int from) {
    return offerAll(items, ANY, from);
  }

  @Override
  int offerAll(T[] items, long @Nullable [] itemKeys, int from) {
    return offerAll(items, itemKeys == null ? ANY : (int) itemKeys[from], from);
  }

  private int offerAll(T[] items, int worker, int from) {
    int claimed = claim(items.length - from);
    if (claimed > 0) {
      deque(worker, nextToFill).add(items, from, claimed);
    }
    return claimed;
  }

  /// Counts up to `max` items in.
  private int claim(int max) {
    while (true) {
      long n = count.get();
      int claimed = n < 0 ? 0 : (int) Math.min(max, capacity - n);
      if (claimed <= 0) {
        return 0;
      }
      if (count.compareAndSet(n, n + claimed)) {
        return claimed;
      }
    }
  }

  private Deque<T> deque(int worker, AtomicInteger next) {
    return deques.get(worker == ANY ? inTurn(next) : worker);
  }

  private int inTurn(AtomicInteger next) {
    return deques.size() == 1 ? 0 : Math.floorMod(next.getAndIncrement(), deques.size());
  }

  @Override
  @Nullable T poll() {
    return poll(ANY);
  }

  @Override
  @Nullable T poll(int end) {
    int start = end == ANY ? inTurn(nextToEmpty) : end;
    for (int looks = 0; size() > 0; looks = RingChannel.lookAgain(this, looks)) {
      for (int i = 0; i < deques.size(); i++) {
        var item = deques.get((start + i) % deques.size()).take(end == ANY || i == 0);
        if (item != null) {
          count.getAndDecrement();
          return item;
        }
      }
    }
    return null;
  }

  @Override
  List<T> pollAll(int max) {
    return pollAll(max, ANY);
  }

  @Override
  List<T> pollAll(int max, int end) {
    int start = end == ANY ? inTurn(nextToEmpty) : end;
    var items = new ArrayList<T>(Math.min(max, size()));
    for (int looks = 0; max > 0 && size() > 0; looks = RingChannel.lookAgain(this, looks)) {
      for (int i = 0; i < deques.size() && items.size() < max; i++) {
        deques
            .get((start + i) % deques.size())
            .take(end == ANY || i == 0, max - items.size(), items);
      }
      if (!items.isEmpty()) {
        count.getAndAdd(-items.size());
        break;
      }
    }
    return items;
  }

  @Override
  @Nullable T peek() {
    for (int looks = 0; size() > 0; looks = RingChannel.lookAgain(this, looks)) {
      for (var deque : deques) {
        deque.lock.lock();
        try {
          var item = deque.items.peekFirst();
          if (item != null) {
            return item;
          }
        } finally {
          deque.lock.unlock();
        }
      }
    }
    return null;
  }

  @Override
  List<T> snapshot() {
    var items = new ArrayList<T>();
    for (var deque : deques) {
      deque.lock.lock();
      try {
        items.addAll(deque.items);
      } finally {
        deque.lock.unlock();
      }
    }
    return items;
  }

  @Override
  boolean hasRoom() {
    long n = count.get();
    return n >= 0 && n < capacity;
  }

  @Override
  boolean hasItem() {
    return size() > 0;
  }

  @Override
  void seal() {
    count.getAndUpdate(n -> n | SEAL);
  }

  @Override
  boolean isSealed() {
    return count.get() < 0;
  }

  @Override
  long accepted() {
    return sum(deque -> deque.accepted);
  }

  @Override
  long taken() {
    return sum(deque -> deque.taken);
  }

  private interface Figure<T> {
    long of(Deque<T> deque);
  }

  private long sum(Figure<T> figure) {
    long sum = 0;
    for (var deque : deques) {
      deque.lock.lock();
      try {
        sum += figure.of(deque);
      } finally {
        deque.lock.unlock();
      }
    }
    return sum;
  }

  @Override
  public int size() {
    return (int) (count.get() & ~SEAL);
  }

  @Override
  public int capacity() {
    return capacity;
  }

  /// The channel, as one of its workers sees it.
  private final class End implements Worker<T>, ChannelEnd.Known<T> {
    private final int worker;

    End(int worker) {
      this.worker = worker;
    }

    @Override
    public ChannelEnd<T> end() {
      return new ChannelEnd<>(Deques.this, worker, gate);
    }

    @Override
    public void send(T item) throws InterruptedException {
      Deques.this.send(item, worker, FOREVER, gate);
    }

    @Override
    public boolean trySend(T item) {
      return Deques.this.trySend(item, worker, gate);
    }

    @Override
    public boolean send(T item, Duration patience) throws InterruptedException {
      return Deques.this.send(item, worker, nanos(patience), gate);
    }

    @Override
    public void sendAll(List<? extends T> items) throws InterruptedException {
      Deques.this.sendAll(items, item -> worker, gate);
    }

    @Override
    public void close() {
      Deques.this.close();
    }

    @Override
    public void close(@Nullable Throwable cause) {
      Deques.this.close(cause);
    }

    @Override
    public boolean isClosed() {
      return isSealed();
    }

    @Override
    public T receive() throws InterruptedException {
      return Deques.this.receive(worker);
    }

    @Override
    public @Nullable T tryReceive() {
      return take(worker);
    }

    @Override
    public @Nullable T receive(Duration patience) throws InterruptedException {
      return Deques.this.receive(nanos(patience), worker);
    }

    @Override
    public List<T> receiveMany(int min, int max, Duration linger) throws InterruptedException {
      return Deques.this.receiveMany(min, max, linger, worker);
    }

    @Override
    public int drainTo(Collection<? super T> into, int max) {
      return Deques.this.drainTo(into, max, worker);
    }

    @Override
    public boolean isEnded() {
      return Deques.this.isEnded();
    }

    @Override
    public List<T> cancel() {
      return Deques.this.cancel();
    }

    @Override
    public Iterator<T> iterator() {
      return new Items<>(this);
    }

    @Override
    public CompletableFuture<Void> sendAsync(T item) {
      return Deques.this.sendAsync(item, worker);
    }

    @Override
    public CompletableFuture<T> receiveAsync() {
      return Deques.this.receiveAsync(worker);
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
