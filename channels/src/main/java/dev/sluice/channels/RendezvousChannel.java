package dev.sluice.channels;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A channel without a buffer: a sender and a receiver meet.
final class RendezvousChannel<T> extends AbstractChannel<T> {

  /*
   * Who comes looks for somebody of the other side who waits, and if there is nobody waits itself,
   * in one step under the lock. So never do a sender and a receiver both wait.
   *
   * Who finds somebody makes that party's choice, moves the item, and unparks it. A party that
   * gives up makes its own choice first: whichever of the two choices comes first decides whether
   * the item was moved, and both sides agree on it.
   *
   * A select waits in several channels with one choice. It holds the locks of all its rendezvous
   * while it looks in each and then joins each, so that two selects that could meet don't miss each
   * other; the locks are taken in the order of `number`.
   *
   * Receivers that wait for a future or for a Flow stand among Waiters, as in any other channel: who
   * offers wakes one, which then looks. They are not requests: a send that doesn't wait finds
   * nobody.
   */

  private static final AtomicLong NUMBERS = new AtomicLong();

  final long number = NUMBERS.getAndIncrement();
  final BriefLock lock = new BriefLock();

  // Guarded by the lock; the counts are read without it.
  private final WaiterList<Party<T>> offers = new WaiterList<>();
  private final WaiterList<Party<T>> requests = new WaiterList<>();
  private volatile int offering;
  private volatile int requesting;
  private volatile boolean sealed;
  private volatile long met;

  RendezvousChannel(ChannelBuilder<T> settings) {
    super(settings, null, false, true);
  }

  @Override
  boolean offer(T item) {
    if (requesting == 0) {
      return false;
    }
    lock.lock();
    try {
      return give(item);
    } finally {
      lock.unlock();
    }
  }

  @Override
  int offerAll(T[] items, int from) {
    int given = from;
    while (given < items.length && offer(items[given])) {
      given++;
    }
    return given - from;
  }

  @Override
  @Nullable T poll() {
    if (offering == 0) {
      return null;
    }
    lock.lock();
    try {
      return get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  List<T> pollAll(int max) {
    var items = new ArrayList<T>();
    while (items.size() < max) {
      var item = poll();
      if (item == null) {
        break;
      }
      items.add(item);
    }
    return items;
  }

  /// Gives `item` to the first receiver that waits and still wants it. With the lock.
  private boolean give(T item) {
    if (sealed) {
      return false;
    }
    for (var party = requests.first(); party != null; party = requests.first()) {
      remove(requests, party);
      party.item = item;
      if (meet(party)) {
        return true;
      }
      party.item = null;
    }
    return false;
  }

  /// Gets the item of the first sender that waits and still wants to send. With the lock.
  private @Nullable T get() {
    if (sealed) {
      return null;
    }
    for (var party = offers.first(); party != null; party = offers.first()) {
      remove(offers, party);
      var item = party.item;
      if (meet(party)) {
        return item;
      }
    }
    return null;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock only
  private boolean meet(Party<T> party) {
    if (!party.choice.choose(party.clause)) {
      return false;
    }
    met++;
    if (party.parks) {
      LockSupport.unpark(party.thread);
    }
    return true;
  }

  @Override
  boolean awaitRoom(T item, long key, Gate via, long patience) throws InterruptedException {
    var party = new Party<>(new Choice(), 0, item);
    lock.lock();
    try {
      if (give(item)) {
        return true;
      }
      join(offers, party);
    } finally {
      lock.unlock();
    }
    return awaitMeeting(senders, offers, party, via, patience);
  }

  @Override
  @Nullable T awaitItem(long patience, int end) throws InterruptedException {
    var party = new Party<T>(new Choice(), 0, null);
    lock.lock();
    try {
      var item = get();
      if (item != null) {
        return item;
      }
      join(requests, party);
    } finally {
      lock.unlock();
    }
    return awaitMeeting(receivers, requests, party, null, patience) ? party.item : null;
  }

  /// Waits until somebody has met `party`; or it leaves, out of patience or because it is over.
  private boolean awaitMeeting(
      Waiters side, WaiterList<Party<T>> list, Party<T> party, @Nullable Gate via, long patience)
      throws InterruptedException {
    if (patience > Waiters.A_WHILE
        && side.tryForAWhile(() -> party.choice.isOpen() ? null : party) != null) {
      return party.choice.chosen() == party.clause;
    }
    long start = clock.nanoTime(); // the clock costs as much as the rest: only who parks reads it
    boolean interrupted;
    while (party.choice.isOpen()) {
      long left = patience == FOREVER ? FOREVER : patience - (clock.nanoTime() - start);
      interrupted = Thread.currentThread().isInterrupted();
      if ((interrupted || left <= 0 || sealed || (via != null && via.isClosed()))
          && party.choice.choose(Choice.NONE)) {
        leave(list, party);
        side.addBlocked(clock.nanoTime() - start);
        if (interrupted) {
          throwIfInterrupted();
        }
        return false;
      }
      party.parks = true;
      if (party.choice.isOpen()) {
        side.park(clock, left);
      }
    }
    side.addBlocked(clock.nanoTime() - start);
    return party.choice.chosen() == party.clause;
  }

  @Override
  CompletableFuture<Void> awaitRoomAsync(T item, long key, Gate via, AsyncEnd<Void> end) {
    var offer = new Offer(item, via);
    lock.lock();
    try {
      if (give(item)) {
        return CompletableFuture.completedFuture(null);
      }
      join(offers, offer.party);
    } finally {
      lock.unlock();
    }
    offer.party.thread.start();
    return offer;
  }

  /// A send that a virtual thread waits for, in the place that the caller has taken for it.
  private final class Offer extends CompletableFuture<Void> {
    private final Party<T> party;
    private final Gate via;

    Offer(T item, Gate via) {
      this.via = via;
      var thread = Thread.ofVirtual().name(name() + ", asynchronous").unstarted(this::await);
      party = new Party<>(thread, new Choice(), 0, item);
    }

    private void await() {
      try {
        if (awaitMeeting(senders, offers, party, via, FOREVER)) {
          complete(null);
        } else {
          throwIfClosed(via, 0, 1);
        }
      } catch (ClosedException | InterruptedException e) {
        completeExceptionally(e);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      if (!party.choice.choose(Choice.NONE)) {
        return isCancelled(); // somebody has the item, or will get none
      }
      leave(offers, party);
      LockSupport.unpark(party.thread);
      return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }
  }

  // For a select, which holds the lock while it looks and joins.

  boolean tryGive(T item) {
    return give(item);
  }

  @Nullable T tryGet() {
    return get();
  }

  void joinSenders(Party<T> party) {
    join(offers, party);
  }

  void joinReceivers(Party<T> party) {
    join(requests, party);
  }

  void leaveSenders(Party<T> party) {
    leave(offers, party);
  }

  void leaveReceivers(Party<T> party) {
    leave(requests, party);
  }

  private void join(WaiterList<Party<T>> list, Party<T> party) {
    party.place = Waiter.Place.QUEUED;
    list.addLast(party);
    count();
    if (list == offers && receivers.isArmed()) {
      receivers.wake();
    }
  }

  private void leave(WaiterList<Party<T>> list, Party<T> party) {
    lock.lock();
    try {
      if (party.place == Waiter.Place.QUEUED) {
        remove(list, party);
      }
    } finally {
      lock.unlock();
    }
  }

  private void remove(WaiterList<Party<T>> list, Party<T> party) {
    party.place = Waiter.Place.AWAY;
    list.remove(party);
    count();
  }

  private void count() {
    offering = offers.size();
    requesting = requests.size();
  }

  @Override
  void seal() {
    lock.lock();
    try {
      sealed = true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  void wakeSenders() {
    wake(offers);
  }

  @Override
  void wakeReceivers() {
    super.wakeReceivers();
    wake(requests);
  }

  private void wake(WaiterList<Party<T>> list) {
    lock.lock();
    try {
      for (var party = list.first(); party != null; party = list.after(party)) {
        LockSupport.unpark(party.thread); // also one that doesn't park yet: it may have looked
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  @Nullable T peek() {
    return null; // what is offered is still its sender's
  }

  @Override
  List<T> snapshot() {
    return List.of();
  }

  @Override
  boolean hasRoom() {
    return requesting > 0;
  }

  @Override
  boolean hasItem() {
    return !sealed && offering > 0;
  }

  @Override
  boolean isSealed() {
    return sealed;
  }

  @Override
  long accepted() {
    return met;
  }

  @Override
  long taken() {
    return met;
  }

  @Override
  int waitingSenders() {
    return offering;
  }

  @Override
  int waitingReceivers() {
    return requesting + super.waitingReceivers();
  }

  @Override
  public int size() {
    return 0;
  }

  @Override
  public int capacity() {
    return 0;
  }
}
