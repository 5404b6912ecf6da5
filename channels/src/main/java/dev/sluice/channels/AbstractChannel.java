package dev.sluice.channels;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All of a channel but the place where its items are: waiting, closing, overflow, and counting.
///
/// A kind of channel is a buffer: it says by the abstract methods whether an item fits and whether
/// there is one, never waits, and knows no thread.
abstract class AbstractChannel<T> implements Channel<T> {

  /// Patience without end.
  static final long FOREVER = Long.MAX_VALUE;

  final Waiters senders = new Waiters(this::hasRoom);
  final Waiters receivers = new Waiters(this::hasItem);
  final Clock clock;
  private final String name;
  private final Overflow<T> overflow;
  private final boolean fair;
  private final AtomicLong droppedNewest = new AtomicLong();
  private final AtomicLong droppedOldest = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();
  private volatile Backlog @Nullable [] backlogs;

  /// Held while the channel or a registered sender closes: the order of closes and their causes.
  private final ReentrantLock closing = new ReentrantLock();

  private final Gate gate; // guarded by `closing` until the buffer is sealed
  private int registered; // guarded by `closing`

  AbstractChannel(ChannelBuilder<T> settings) {
    name = settings.name;
    overflow = settings.overflow;
    fair = settings.fair;
    clock = settings.clock;
    gate = new Gate(name);
  }

  // What a buffer does. None of this waits, but for a hand-over that another thread has begun.

  /// Takes `item` in if there is room and the buffer isn't sealed.
  abstract boolean offer(T item);

  /// Takes in as many of `items` as fit, from `from` on, as one step.
  ///
  /// @return how many
  abstract int offerAll(T[] items, int from);

  /// Hands out the next item, or null if there is none.
  abstract @Nullable T poll();

  /// Hands out up to `max` items that are there, as one step.
  abstract List<T> pollAll(int max);

  /// The item that `poll` would hand out now, or null if there is none; it stays.
  abstract @Nullable T peek();

  /// The items that are there, in order: each was at some moment during the call.
  abstract List<T> snapshot();

  /// Whether an item might fit: whether it is worth waking a sender.
  abstract boolean hasRoom();

  /// Whether there is an item.
  abstract boolean hasItem();

  /// Makes every later offer fail. What was taken in before can still be polled.
  abstract void seal();

  abstract boolean isSealed();

  /// How many items were ever taken in.
  abstract long accepted();

  /// How many items were ever handed out.
  abstract long taken();

  /// Nanoseconds until there will be an item without anybody's doing: for a buffer that time fills.
  long dueIn() {
    return FOREVER;
  }

  // Sending

  @Override
  public final void send(T item) throws InterruptedException {
    requireItem(item);
    throwIfInterrupted();
    if ((fair && senders.count() > 0) || !accept(item)) {
      overflow(item, FOREVER, gate);
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
    throwIfInterrupted();
    if (via.isClosed() || (fair && patience > 0 && senders.count() > 0) || !accept(item)) {
      return overflow(item, patience, via);
    }
    return true;
  }

  final boolean trySend(T item, Gate via) {
    requireItem(item);
    if (via.isClosed() || !accept(item)) {
      throwIfClosed(via, 0, 1);
      return switch (overflow.policy) {
        case WAIT, FAIL -> false;
        case DROP_OLDEST, DROP_NEWEST -> makeRoom(item, via, 0, 1);
      };
    }
    return true;
  }

  @SuppressWarnings("unchecked") // what a List<? extends T> holds
  final void sendAll(List<? extends T> items, Gate via) throws InterruptedException {
    var all = (T[]) items.toArray(); // a copy, so that its length is what was checked
    for (int i = 0; i < all.length; i++) {
      requireNonNull(
          all[i],
          "item " + i + " of the list is null; an item can't be, since null means \"none\"");
    }
    if (all.length == 0) {
      return;
    }
    int sent = 0;
    try {
      throwIfInterrupted();
      while (sent < all.length) {
        throwIfClosed(via, sent, all.length);
        boolean mayPass = !fair || senders.count() == 0;
        int accepted = mayPass ? acceptAll(all, sent) : 0;
        if (accepted == 0) {
          overflow(all[sent], FOREVER, via, sent, all.length);
          accepted = 1;
        }
        sent += accepted;
      }
    } catch (InterruptedException e) {
      throw (InterruptedException) new InterruptedSendException(sent, all.length).initCause(e);
    }
  }

  /// Takes `item` in if it fits, and sees to it that a receiver learns of it.
  final boolean accept(T item) {
    if (!offer(item)) {
      return false;
    }
    if (receivers.isArmed()) {
      receivers.wake();
    }
    if (backlogs != null) {
      checkBacklogs();
    }
    return true;
  }

  private int acceptAll(T[] items, int from) {
    int accepted = offerAll(items, from);
    if (accepted > 0) {
      if (receivers.isArmed()) {
        receivers.wake();
      }
      if (backlogs != null) {
        checkBacklogs();
      }
    }
    return accepted;
  }

  private boolean overflow(T item, long patience, Gate via) throws InterruptedException {
    return overflow(item, patience, via, 0, 1);
  }

  /// Sends what didn't get in at once.
  private boolean overflow(T item, long patience, Gate via, int sent, int count)
      throws InterruptedException {
    switch (overflow.policy) {
      case WAIT -> {
        boolean accepted = awaitRoom(item, via, patience);
        if (!accepted) {
          throwIfClosed(via, sent, count);
        }
        return accepted;
      }
      case FAIL -> {
        throwIfClosed(via, sent, count);
        if (accept(item)) {
          return true;
        }
        throwIfClosed(via, sent, count);
        var progress = count == 1 ? "" : "; " + sent + " of " + count + " items were sent";
        throw new FullException(name + " is full" + progress, sent);
      }
      case DROP_OLDEST, DROP_NEWEST -> makeRoom(item, via, sent, count);
    }
    return true;
  }

  /// Sends by dropping something.
  private boolean makeRoom(T item, Gate via, int sent, int count) {
    var dropped = new ArrayList<T>(1);
    while (true) {
      throwIfClosed(via, sent, count);
      if (accept(item)) {
        break;
      }
      if (overflow.policy == Overflow.Policy.DROP_NEWEST) {
        droppedNewest.getAndIncrement();
        dropped.add(item);
        break;
      }
      var oldest = poll();
      if (oldest != null) {
        droppedOldest.getAndIncrement();
        dropped.add(oldest);
      }
    }
    dropped.forEach(overflow::drop);
    return true;
  }

  // Receiving

  @Override
  public final T receive() throws InterruptedException {
    var item = receive(FOREVER);
    if (item == null) {
      throw gate.end();
    }
    return item;
  }

  @Override
  public final @Nullable T receive(Duration patience) throws InterruptedException {
    return receive(nanos(patience));
  }

  private @Nullable T receive(long patience) throws InterruptedException {
    throwIfInterrupted();
    var item = fair && patience > 0 && receivers.count() > 0 ? null : take();
    return item != null || patience <= 0 ? item : awaitItem(patience);
  }

  @Override
  public final @Nullable T tryReceive() {
    return take();
  }

  @Override
  public final List<T> receiveMany(int min, int max, Duration linger) throws InterruptedException {
    if (min < 1 || max < min) {
      throw new IllegalArgumentException(
          "min must be at least 1 and max at least min, but they were " + min + " and " + max);
    }
    long patience = nanos(linger);
    throwIfInterrupted();
    var items = takeAll(max);
    if (items.isEmpty()) {
      items = new ArrayList<>();
      items.add(receive());
      items.addAll(takeAll(max - 1));
    }
    long start = items.size() < min ? clock.nanoTime() : 0;
    while (items.size() < min) {
      long left = patience == FOREVER ? FOREVER : patience - (clock.nanoTime() - start);
      try {
        var item = receive(left);
        if (item == null) {
          break; // out of time, or the end: the next call finds out which
        }
        items.add(item);
        items.addAll(takeAll(max - items.size()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // these items have been received: that can't be undone
        break;
      }
    }
    return items;
  }

  @Override
  public final int drainTo(Collection<? super T> into, int max) {
    requireNonNull(into, "into is null");
    if (max < 0) {
      throw new IllegalArgumentException("max must not be negative, but was " + max);
    }
    var items = takeAll(max);
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
    var item = poll();
    if (item != null) {
      freed();
    }
    return item;
  }

  private List<T> takeAll(int max) {
    var items = pollAll(max);
    if (!items.isEmpty()) {
      freed();
    }
    return items;
  }

  private void freed() {
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

  // Waiting

  /// Waits until `item` is accepted.
  ///
  /// @return false if out of patience, or sending is over
  boolean awaitRoom(T item, Gate via, long patience) throws InterruptedException {
    return await(
            senders,
            () -> !via.isClosed() && accept(item) ? item : null,
            () -> via.isClosed() || isSealed(),
            patience)
        != null;
  }

  /// Waits for an item.
  ///
  /// @return null if out of patience, or the channel has ended
  @Nullable T awaitItem(long patience) throws InterruptedException {
    return await(receivers, this::take, this::isSealed, patience);
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
  /// @param attempt returns null if it didn't succeed
  /// @param over whether no later attempt can succeed: after that there is one more
  /// @return what the attempt returned; null if out of patience or over
  private <R> @Nullable R await(
      Waiters side, Supplier<? extends @Nullable R> attempt, BooleanSupplier over, long patience)
      throws InterruptedException {
    if (!fair && patience > Waiters.A_WHILE) {
      var result = side.tryForAWhile(attempt);
      if (result != null) {
        return result;
      }
    }
    var waiter = new Waiter();
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
        if (!fair || waiter.place == Waiter.Place.WOKEN) {
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
      gate.close(); // before the seal: who fails to send for the seal must find the cause
      seal();
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

  private void throwIfClosed(Gate via, int sent, int count) {
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

  /// The channel that `end` is an end of.
  @SuppressWarnings("unchecked") // each end of ours has items of its channel's type
  static <T> AbstractChannel<T> of(Object end) {
    if (end instanceof AbstractChannel<?> channel) {
      return (AbstractChannel<T>) channel;
    }
    if (end instanceof RegisteredSender<?> sender) {
      return (AbstractChannel<T>) sender.channel;
    }
    throw new IllegalArgumentException(
        "a select works on this library's own channels, but got a " + end.getClass().getName());
  }

  final Gate gate() {
    return gate;
  }

  /// Throws what the channel was closed with, if anything. Only once it has ended.
  final void throwIfFailed() {
    var end = gate.end();
    if (end.getCause() != null) {
      throw end;
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

  private static void requireItem(Object item) {
    requireNonNull(item, "an item can't be null, since null means \"none\" to a receiver");
  }
}
