package dev.sluice.channels;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All of a channel but the place where its items are: waiting, closing, overflow, and counting.
abstract class AbstractChannel<T> extends Store<T> implements Channel<T>, ChannelEnd.Known<T> {

  /// Patience without end.
  static final long FOREVER = Long.MAX_VALUE;

  final Waiters senders;
  final Waiters receivers;
  final Clock clock;
  private final String name;
  private final Overflow<T> overflow;
  private final @Nullable ToLongFunction<? super T> keys;
  private final boolean fairSending;
  private final boolean fairReceiving;
  private final AtomicLong droppedNewest = new AtomicLong();
  private final AtomicLong droppedOldest = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();
  private volatile Backlog @Nullable [] backlogs;

  /// Held while the channel or a registered sender closes: the order of closes and their causes.
  private final ReentrantLock closing = new ReentrantLock();

  final Gate gate; // guarded by `closing` until the store is sealed
  private int registered; // guarded by `closing`
  private final AsyncEnd<Void> asyncSends;
  private final AsyncEnd<T> asyncReceives;

  AbstractChannel(ChannelBuilder<T> settings) {
    this(settings, null, false, false);
  }

  /// @param keys what `offer` wants to know about an item besides: its weight, its level, or the
  ///   worker that it is for; asked once for each item, before anything is done with it, and
  ///   without any lock. It is 1 for all if null
  /// @param inOrder whether senders are served in order, even if receivers aren't
  /// @param handsOver whether who waits most often waits for one thread's next step
  AbstractChannel(
      ChannelBuilder<T> settings,
      @Nullable ToLongFunction<? super T> keys,
      boolean inOrder,
      boolean handsOver) {
    senders = new Waiters(this::hasRoom, handsOver);
    receivers = new Waiters(need -> hasItem(), handsOver);
    name = settings.name;
    overflow = settings.overflow;
    this.keys = keys;
    fairSending = settings.fair || inOrder;
    fairReceiving = settings.fair;
    clock = settings.clock;
    gate = new Gate(name);
    asyncSends = newAsyncSends(gate);
    asyncReceives = new AsyncEnd<>(this, receivers, this::isSealed, this::freed);
  }

  // Removing

  /// Takes out up to `max` items, wherever they are in the order, and sees to it that a sender
  /// learns of the room. They count as received.
  ///
  /// @param filter asked under the lock of the store: it must not use the channel
  /// @return how many
  final int removeIf(Predicate<? super T> filter, int max) {
    int before = size();
    try {
      return pollIf(filter, max);
    } finally {
      if (before > 0) {
        freed(); // also if the filter threw after it had let some go
      }
    }
  }

  /// Takes out the first item that equals `item`.
  ///
  /// @return whether there was one
  final boolean remove(Object item) {
    return removeIf(item::equals, 1) > 0;
  }

  // Sending

  @Override
  public final void send(T item) throws InterruptedException {
    requireItem(item);
    throwIfInterrupted();
    long key = key(item);
    if (mustQueue(senders) || !accept(item, key)) {
      overflow(item, key, FOREVER, gate);
    }
  }

  @Override
  public final boolean trySend(T item) {
    return trySend(item, gate);
  }

  @Override
  public final boolean send(T item, Duration patience) throws InterruptedException {
    return send(item, nanos(patience), gate);
  }

  @Override
  public final void sendAll(List<? extends T> items) throws InterruptedException {
    sendAll(items, gate);
  }

  final boolean send(T item, long patience, Gate via) throws InterruptedException {
    requireItem(item);
    return send(item, key(item), patience, via);
  }

  final boolean send(T item, long key, long patience, Gate via) throws InterruptedException {
    requireItem(item);
    throwIfInterrupted();
    if (via.isClosed() || (patience > 0 && mustQueue(senders)) || !accept(item, key)) {
      return overflow(item, key, patience, via);
    }
    return true;
  }

  final boolean trySend(T item, Gate via) {
    requireItem(item);
    return trySend(item, key(item), via);
  }

  final boolean trySend(T item, long key, Gate via) {
    requireItem(item);
    if (via.isClosed() || !accept(item, key)) {
      throwIfClosed(via, 0, 1);
      return switch (overflow.policy) {
        case WAIT, FAIL -> false;
        case DROP_OLDEST, DROP_NEWEST -> drop(item, key, via);
      };
    }
    return true;
  }

  final void sendAll(List<? extends T> items, Gate via) throws InterruptedException {
    sendAll(items, keys, via);
  }

  @SuppressWarnings("unchecked") // what a List<? extends T> holds
  final void sendAll(List<? extends T> items, @Nullable ToLongFunction<? super T> keys, Gate via)
      throws InterruptedException {
    var all = (T[]) items.toArray(); // a copy, so that its length is what was checked
    for (int i = 0; i < all.length; i++) {
      if (all[i] == null) {
        throw new NullPointerException(
            "item " + i + " of the list is null; an item can't be, since null means \"none\"");
      }
    }
    if (all.length == 0) {
      return;
    }
    var itemKeys = keys == null ? null : Arrays.stream(all).mapToLong(keys).toArray();
    var dropped = new ArrayList<T>(0);
    int sent = 0;
    try {
      throwIfInterrupted();
      while (sent < all.length) {
        throwIfClosed(via, sent, all.length);
        int accepted = mustQueue(senders) ? 0 : acceptAll(all, itemKeys, sent);
        if (accepted == 0) {
          long key = itemKeys == null ? 1 : itemKeys[sent];
          overflow(all[sent], key, FOREVER, via, sent, all.length, dropped);
          accepted = 1;
        }
        sent += accepted;
      }
    } catch (InterruptedException e) {
      throw (InterruptedException) new InterruptedSendException(sent, all.length).initCause(e);
    } catch (RuntimeException e) {
      overflow.drop(dropped, e);
    }
    overflow.drop(dropped, null);
  }

  private long key(T item) {
    return keys == null ? 1 : keys.applyAsLong(item);
  }

  /// Takes `item` in if it fits, and sees to it that a receiver learns of it.
  final boolean accept(T item, long key) {
    if (!offer(item, key)) {
      return false;
    }
    filled();
    return true;
  }

  private int acceptAll(T[] items, long @Nullable [] itemKeys, int from) {
    int accepted = offerAll(items, itemKeys, from);
    if (accepted > 0) {
      filled();
    }
    return accepted;
  }

  private void filled() {
    if (receivers.isArmed()) {
      receivers.wake();
    }
    if (backlogs != null) {
      checkBacklogs();
    }
  }

  private boolean overflow(T item, long key, long patience, Gate via) throws InterruptedException {
    return switch (overflow.policy) {
      case WAIT, FAIL -> overflow(item, key, patience, via, 0, 1, List.of());
      case DROP_OLDEST, DROP_NEWEST -> drop(item, key, via);
    };
  }

  /// Sends what didn't get in at once.
  ///
  /// @param dropped gets what was dropped for it, for the caller to hand over
  private boolean overflow(
      T item, long key, long patience, Gate via, int sent, int count, List<T> dropped)
      throws InterruptedException {
    switch (overflow.policy) {
      case WAIT -> {
        boolean accepted = awaitRoom(item, key, via, patience);
        if (!accepted) {
          throwIfClosed(via, sent, count);
        }
        return accepted;
      }
      case FAIL -> {
        throwIfClosed(via, sent, count);
        if (accept(item, key)) {
          return true;
        }
        throwIfClosed(via, sent, count);
        var progress = count == 1 ? "" : "; " + sent + " of " + count + " items were sent";
        throw new FullException(name + " is full" + progress, sent);
      }
      case DROP_OLDEST -> {
        throwIfClosed(via, sent, count);
        int before = dropped.size();
        boolean accepted = false;
        try {
          accepted = displace(item, key, dropped);
        } finally {
          droppedOldest.addAndGet(dropped.size() - before);
        }
        if (!accepted) {
          throw gate.refusal(sent, count);
        }
        filled();
      }
      case DROP_NEWEST -> {
        throwIfClosed(via, sent, count);
        if (!accept(item, key)) {
          throwIfClosed(via, sent, count);
          droppedNewest.getAndIncrement();
          dropped.add(item);
        }
      }
    }
    return true;
  }

  /// Sends by dropping something, which never waits.
  private boolean drop(T item, long key, Gate via) {
    var dropped = new ArrayList<T>(1);
    try {
      overflow(item, key, 0, via, 0, 1, dropped);
    } catch (RuntimeException e) {
      overflow.drop(dropped, e);
    } catch (InterruptedException e) {
      throw new AssertionError("what drops doesn't wait", e);
    }
    overflow.drop(dropped, null);
    return true;
  }

  // Receiving

  @Override
  public final T receive() throws InterruptedException {
    return receive(ANY);
  }

  final T receive(int end) throws InterruptedException {
    var item = receive(FOREVER, end);
    if (item == null) {
      throw gate.end();
    }
    return item;
  }

  @Override
  public final @Nullable T receive(Duration patience) throws InterruptedException {
    return receive(nanos(patience), ANY);
  }

  final @Nullable T receive(long patience, int end) throws InterruptedException {
    throwIfInterrupted();
    var item = patience > 0 && mustQueue(receivers) ? null : take(end);
    return item != null || patience <= 0 ? item : awaitItem(patience, end);
  }

  @Override
  public final @Nullable T tryReceive() {
    return take();
  }

  @Override
  public final List<T> receiveMany(int min, int max, Duration linger) throws InterruptedException {
    return receiveMany(min, max, linger, ANY);
  }

  final List<T> receiveMany(int min, int max, Duration linger, int end)
      throws InterruptedException {
    if (min < 1 || max < min) {
      throw new IllegalArgumentException(
          "min must be at least 1 and max at least min, but they were " + min + " and " + max);
    }
    long patience = nanos(linger);
    throwIfInterrupted();
    var items = takeAll(max, end);
    if (items.isEmpty()) {
      items = new ArrayList<>();
      items.add(receive(end));
      items.addAll(takeAll(max - 1, end));
    }
    long start = items.size() < min ? clock.nanoTime() : 0;
    while (items.size() < min) {
      long left = patience == FOREVER ? FOREVER : patience - (clock.nanoTime() - start);
      try {
        var item = receive(left, end);
        if (item == null) {
          break; // out of time, or the end: the next call finds out which
        }
        items.add(item);
        items.addAll(takeAll(max - items.size(), end));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // these items have been received: that can't be undone
        break;
      }
    }
    return items;
  }

  @Override
  public final int drainTo(Collection<? super T> into, int max) {
    return drainTo(into, max, ANY);
  }

  final int drainTo(Collection<? super T> into, int max, int end) {
    requireNonNull(into, "into is null");
    if (max < 0) {
      throw new IllegalArgumentException("max must not be negative, but was " + max);
    }
    var items = takeAll(max, end);
    for (int i = 0; i < items.size(); i++) {
      try {
        into.add(items.get(i));
      } catch (RuntimeException | Error e) {
        throw new RefusedItemsException(List.copyOf(items.subList(i, items.size())), e);
      }
    }
    return items.size();
  }

  /// Hands out the next item if there is one, and sees to it that a sender learns of the room.
  final @Nullable T take() {
    return take(ANY);
  }

  final @Nullable T take(int end) {
    var item = poll(end);
    if (item != null) {
      freed();
    }
    return item;
  }

  private List<T> takeAll(int max, int end) {
    var items = pollAll(max, end);
    if (!items.isEmpty()) {
      freed();
    }
    return items;
  }

  final void freed() {
    if (senders.isArmed()) {
      senders.wake();
    }
    if (backlogs != null) {
      checkBacklogs();
    }
  }

  @Override
  public final List<T> cancel() {
    close();
    var leftovers = new ArrayList<T>();
    while (true) {
      var items = pollAll(Integer.MAX_VALUE);
      if (items.isEmpty() && isEnded()) {
        break;
      }
      leftovers.addAll(items);
    }
    cancelled.addAndGet(leftovers.size());
    if (backlogs != null) {
      checkBacklogs();
    }
    return leftovers;
  }

  @Override
  public final Iterator<T> iterator() {
    return new Items<>(this);
  }

  // Views

  @Override
  public final BlockingQueue<T> asBlockingQueue() {
    return new QueueView<>(this);
  }

  @Override
  public final Stream<T> stream() {
    return ItemSpliterator.stream(this);
  }

  @Override
  public final CompletableFuture<T> receiveAsync() {
    return receiveAsync(ANY);
  }

  final CompletableFuture<T> receiveAsync(int end) {
    return asyncReceives.call(() -> {
      var item = poll(end);
      if (item != null) {
        return new AsyncEnd.Outcome<>(item, null);
      }
      return isEnded() ? new AsyncEnd.Outcome<>(null, gate.end()) : null;
    });
  }

  @Override
  public final CompletableFuture<Void> sendAsync(T item) {
    requireItem(item);
    return sendAsync(item, key(item), gate, asyncSends);
  }

  final CompletableFuture<Void> sendAsync(T item, Gate via, AsyncEnd<Void> end) {
    requireItem(item);
    return sendAsync(item, key(item), via, end);
  }

  final CompletableFuture<Void> sendAsync(T item, long key) {
    requireItem(item);
    return sendAsync(item, key, gate, asyncSends);
  }

  private CompletableFuture<Void> sendAsync(T item, long key, Gate via, AsyncEnd<Void> end) {
    if (overflow.policy != Overflow.Policy.WAIT) {
      try {
        overflow(item, key, 0, via);
        return CompletableFuture.completedFuture(null);
      } catch (RuntimeException | Error | InterruptedException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
    return awaitRoomAsync(item, key, via, end);
  }

  /// Sends `item` when it is accepted, without a thread of the caller's.
  CompletableFuture<Void> awaitRoomAsync(T item, long key, Gate via, AsyncEnd<Void> end) {
    return end.call(() -> {
      if (!via.isClosed() && offer(item, key)) {
        return new AsyncEnd.Outcome<>(null, null);
      }
      throwIfClosed(via, 0, 1);
      return null;
    });
  }

  final AsyncEnd<Void> newAsyncSends(Gate via) {
    return new AsyncEnd<>(this, senders, () -> via.isClosed() || isSealed(), this::filled);
  }

  @Override
  public final Flow.Publisher<T> asPublisher() {
    return publisher(ANY);
  }

  final Flow.Publisher<T> publisher(int end) {
    return subscriber -> new ReceiverSubscription<>(this, end, subscriber).start();
  }

  @Override
  public final Flow.Subscriber<T> asSubscriber(int prefetch) {
    return new SenderSubscriber<>(this, prefetch);
  }

  /// Receives until there is an item, the channel has ended, or somebody who has made `over` true
  /// unparks the thread.
  ///
  /// @return null if it isn't the first
  final @Nullable T receiveUnless(BooleanSupplier over, int end) throws InterruptedException {
    var item = mustQueue(receivers) ? null : take(end);
    if (item != null) {
      return item;
    }
    return await(
        receivers,
        1,
        () -> over.getAsBoolean() ? null : take(end),
        () -> over.getAsBoolean() || isSealed(),
        FOREVER);
  }

  /// What the channel was closed with, once it is closed.
  final @Nullable Throwable cause() {
    return gate.cause();
  }

  /// Whether a newcomer has to let those who wait at `side` go first.
  final boolean mustQueue(Waiters side) {
    return (side == senders ? fairSending : fairReceiving) && side.count() > 0;
  }

  // Waiting

  /// Waits until `item` is accepted.
  ///
  /// @return false if out of patience, or sending is over
  boolean awaitRoom(T item, long key, Gate via, long patience) throws InterruptedException {
    return await(
            senders,
            key,
            () -> !via.isClosed() && accept(item, key) ? item : null,
            () -> via.isClosed() || isSealed(),
            patience)
        != null;
  }

  /// Waits for an item.
  ///
  /// @return null if out of patience, or the channel has ended
  @Nullable T awaitItem(long patience, int end) throws InterruptedException {
    return await(receivers, 1, () -> take(end), this::isSealed, patience);
  }

  /// Wakes all who wait to send, so that they look whether they still may.
  void wakeSenders() {
    senders.wakeAll();
  }

  void wakeReceivers() {
    receivers.wakeAll();
  }

  int waitingSenders() {
    return senders.count();
  }

  int waitingReceivers() {
    return receivers.count();
  }

  /// Tries until it succeeds, it is over, or patience runs out.
  ///
  /// @param need how much room is waited for; for an item 1
  /// @param attempt returns null if it didn't succeed
  /// @param over whether no later attempt can succeed: after that there is one more
  /// @return what the attempt returned; null if out of patience or over
  final <R> @Nullable R await(
      Waiters side,
      long need,
      Supplier<? extends @Nullable R> attempt,
      BooleanSupplier over,
      long patience)
      throws InterruptedException {
    boolean fair = side == senders ? fairSending : fairReceiving;
    if (!fair && patience > Waiters.A_WHILE) {
      var result = side.tryForAWhile(attempt);
      if (result != null) {
        return result;
      }
    }
    var waiter = new Waiter(need);
    long start = clock.nanoTime();
    try {
      while (true) {
        side.enlist(waiter);
        if (fair) {
          side.wakeIfReady();
        } else {
          var result = attempt.get();
          if (result != null) {
            return result;
          }
        }
        if (over.getAsBoolean()) {
          return attempt.get();
        }
        throwIfInterrupted();
        long left = patience == FOREVER ? FOREVER : patience - (clock.nanoTime() - start);
        if (left <= 0) {
          return null;
        }
        side.park(waiter, clock, Math.min(left, side == receivers ? dueIn() : FOREVER));
        if (!fair || waiter.isWoken()) {
          var result = attempt.get();
          if (result != null) {
            return result;
          }
        }
      }
    } finally {
      side.leave(waiter, clock.nanoTime() - start);
    }
  }

  // Closing

  @Override
  public final Sender<T> newSender() {
    return senders(1).getFirst();
  }

  @Override
  public final List<Sender<T>> senders(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, but was " + count);
    }
    closing.lock();
    try {
      throwIfClosed(gate, 0, 1);
      registered += count;
    } finally {
      closing.unlock();
    }
    return Stream.<Sender<T>>generate(() -> new RegisteredSender<>(this)).limit(count).toList();
  }

  @Override
  public final void close() {
    close(null);
  }

  @Override
  public final void close(@Nullable Throwable cause) {
    closing.lock();
    try {
      gate.blame(cause);
      shut();
    } finally {
      closing.unlock();
    }
  }

  final void closeSender(Gate via, @Nullable Throwable cause) {
    closing.lock();
    try {
      if (via.isClosed()) {
        return;
      }
      via.blame(cause);
      via.close();
      gate.blame(cause);
      registered--;
      if (registered == 0) {
        shut();
      } else {
        wakeSenders(); // for those who wait to send through this one
      }
    } finally {
      closing.unlock();
    }
  }

  private void shut() {
    if (!gate.isClosed()) {
      seal();
      gate.close(); // after the seal: who is turned away here must find the channel closed
      wakeSenders();
      wakeReceivers();
    }
  }

  @Override
  public final boolean isClosed() {
    return isSealed();
  }

  @Override
  public final boolean isEnded() {
    return isSealed() && !hasItem();
  }

  final void throwIfClosed(Gate via, int sent, int count) {
    if (isSealed()) {
      throw gate.refusal(sent, count);
    }
    if (via.isClosed()) {
      throw via.refusal(sent, count);
    }
  }

  // Looking

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Stats stats() {
    long dropped = droppedNewest.get() + droppedOldest.get();
    return new Stats(
        name,
        size(),
        capacity(),
        weight(),
        maxWeight(),
        accepted() + droppedNewest.get(),
        taken() - droppedOldest.get() - cancelled.get(),
        dropped,
        cancelled.get(),
        waitingSenders(),
        waitingReceivers(),
        Duration.ofNanos(senders.blockedNanos()),
        Duration.ofNanos(receivers.blockedNanos()));
  }

  @Override
  public final void onBacklog(int high, int low, BacklogListener listener) {
    requireNonNull(listener, "listener is null");
    if (low < 0 || high <= low) {
      throw new IllegalArgumentException(
          "high must be above low, and low not negative, but they were " + high + " and " + low);
    }
    closing.lock();
    try {
      var old = backlogs;
      var all = old == null ? new Backlog[1] : Arrays.copyOf(old, old.length + 1);
      all[all.length - 1] = new Backlog(high, low, listener);
      backlogs = all;
    } finally {
      closing.unlock();
    }
    checkBacklogs();
  }

  private void checkBacklogs() {
    var all = backlogs;
    if (all != null) {
      for (var backlog : all) {
        backlog.check(this);
      }
    }
  }

  @Override
  public String toString() {
    return name + " (" + size() + " of " + capacity() + (isSealed() ? ", closed)" : ")");
  }

  // For a select

  @Override
  public final ChannelEnd<T> end() {
    return new ChannelEnd<>(this, ANY, gate);
  }

  /// Throws what the channel was closed with, if anything. Only once it has ended.
  final void throwIfFailed() {
    if (gate.cause() != null) {
      throw gate.end();
    }
  }

  // Small things

  /// `patience` in nanoseconds, 0 if negative; one that is too long to count is [#FOREVER].
  static long nanos(Duration patience) {
    requireNonNull(patience, "patience is null; to wait without end leave it out");
    return Math.max(0, NANOSECONDS.convert(patience));
  }

  static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  static void requireItem(Object item) {
    requireNonNull(item, "an item can't be null, since null means \"none\" to a receiver");
  }
}
