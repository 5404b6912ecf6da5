package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Waits until one of several sends and receives can be done, does that one, and no other.
///
/// Each clause is a receive or a send with what to do after it; the result of that is the result of
/// the select. A clause that isn't chosen moves nothing. What a clause does runs on the calling
/// thread, after the select has let go of all channels, and may throw anything.
///
/// A channel may stand in several clauses. A receiver that has ended takes no part any more, unless
/// its clause says what to do at the end; when no clause is left that could ever be chosen, the
/// select throws [ClosedException]. A channel closed with a cause throws it once it is empty, and a
/// closed one that is to be sent to throws at once, as [Sender#send] does.
///
/// A select may be used again and again, by one thread at a time: a send clause sends its item each
/// time.
///
/// @param <R> what the clauses return
public final class Select<R> {

  /// What to do with an item that was received.
  ///
  /// @param <T> what was received
  /// @param <R> what comes of it
  @FunctionalInterface
  public interface Then<T, R> {
    /// Does it.
    R apply(T item) throws Exception;
  }

  /*
   * Most channels only tell a waiter to look again, so a select enlists in all of them and looks
   * again itself when woken: nothing is claimed while it waits.
   *
   * A rendezvous is another matter: there a party that waits may be met by another thread at any
   * moment, and that is the clause that is chosen. So as soon as the select has joined a
   * rendezvous, it does nothing elsewhere without having made its own choice first: the choice is
   * made once, by whoever comes first, and a select that has chosen NONE leaves all rendezvous
   * before it tries a clause itself.
   *
   * Leaving a channel's waiters passes a wake-up on that was meant for this thread but is not used:
   * see Waiters.
   */

  private final boolean fair;
  private final List<Clause<?, R>> clauses = new ArrayList<>();

  /// Its rendezvous in the order in which they are locked.
  private List<RendezvousChannel<?>> rendezvous = List.of();

  private Select(boolean fair) {
    this.fair = fair;
  }

  /// Starts a select that tries its clauses from a random one on, so that none starves another.
  public static <R> Select<R> fair() {
    return new Select<>(true);
  }

  /// Starts a select that chooses the first clause that can be done, in the order in which they are
  /// added: an urgent one before the others.
  public static <R> Select<R> inOrder() {
    return new Select<>(false);
  }

  /// Adds a clause: receive from `channel`.
  ///
  /// @throws IllegalArgumentException if `channel` isn't one of this library's
  public <T> Select<R> receive(Receiver<T> channel, Then<? super T, ? extends R> then) {
    return add(new ReceiveClause<>(channel, then, null));
  }

  /// Adds a clause: receive from `channel`, or notice that it has ended, as often as that is found.
  ///
  /// @param onEnd called when the channel is closed and empty, also if it was closed with a cause
  /// @throws IllegalArgumentException if `channel` isn't one of this library's
  public <T> Select<R> receive(
      Receiver<T> channel, Then<? super T, ? extends R> then, Callable<? extends R> onEnd) {
    return add(new ReceiveClause<>(channel, then, requireNonNull(onEnd, "onEnd is null")));
  }

  /// Adds a clause: send `item` to `channel`.
  ///
  /// @throws IllegalArgumentException if `channel` isn't one of this library's
  public <T> Select<R> send(Sender<? super T> channel, T item, Callable<? extends R> then) {
    return add(new SendClause<>(channel, item, then));
  }

  private Select<R> add(Clause<?, R> clause) {
    clauses.add(clause);
    rendezvous =
        clauses.stream()
            .<RendezvousChannel<?>>mapMulti((c, all) -> {
              if (c.channel instanceof RendezvousChannel<?> r) {
                all.accept(r);
              }
            })
            .distinct()
            .sorted(Comparator.comparingLong(r -> r.number))
            .toList();
    return this;
  }

  /// Waits as long as it takes until a clause can be done, and does it.
  ///
  /// @throws ClosedException if no clause can ever be done, a channel to send to is closed, or one
  ///   to receive from was closed with a cause and is empty
  /// @throws InterruptedException if interrupted before or while waiting; nothing was moved
  /// @throws Exception what the clause throws
  public R await() throws Exception {
    return await(
        AbstractChannel.FOREVER,
        () -> {
          throw new AssertionError("patience without end has ended");
        });
  }

  /// Waits up to `patience` until a clause can be done, and does it; else does `otherwise`.
  ///
  /// @throws ClosedException as for [#await()]
  /// @throws InterruptedException if interrupted before or while waiting; nothing was moved
  /// @throws Exception what the clause throws
  public R await(Duration patience, Callable<? extends R> otherwise) throws Exception {
    return await(AbstractChannel.nanos(patience), otherwise);
  }

  /// Does a clause that can be done now, or else `otherwise`. Never waits.
  ///
  /// @throws ClosedException as for [#await()]
  /// @throws Exception what the clause throws
  public R tryNow(Callable<? extends R> otherwise) throws Exception {
    requireNonNull(otherwise, "otherwise is null");
    int first = first();
    Clause<?, R> chosen;
    long before;
    do {
      before = changes();
      chosen = tryAll(first);
    } while (chosen == null && before != changes());
    return chosen == null ? otherwise.call() : chosen.then();
  }

  /// Grows when a channel changes. If it stays the same while the clauses are looked at one after
  /// the other, then none of them could be done at one and the same moment.
  private long changes() {
    long sum = 0;
    for (var clause : clauses) {
      var channel = clause.channel;
      sum += channel.accepted() + channel.taken() + (clause.isOver() ? 1 : 0);
    }
    return sum;
  }

  private R await(long patience, Callable<? extends R> otherwise) throws Exception {
    requireNonNull(otherwise, "otherwise is null");
    AbstractChannel.throwIfInterrupted();
    int first = first();
    var chosen = tryAll(first);
    if (chosen == null && patience > Waiters.A_WHILE && rendezvous.isEmpty()) {
      chosen = clauses.getFirst().waiters().tryForAWhile(() -> tryAll(first));
    }
    if (chosen == null && patience > 0) {
      chosen = new Wait(first).await(patience);
    }
    return chosen == null ? otherwise.call() : chosen.then();
  }

  private int first() {
    if (clauses.isEmpty()) {
      throw new IllegalStateException("a select needs at least one clause");
    }
    return fair ? ThreadLocalRandom.current().nextInt(clauses.size()) : 0;
  }

  private Clause<?, R> clause(int first, int i) {
    int at = first + i;
    return clauses.get(at < clauses.size() ? at : at - clauses.size());
  }

  /// Does a clause that can be done now.
  private @Nullable Clause<?, R> tryAll(int first) {
    int ended = 0;
    for (int i = 0; i < clauses.size(); i++) {
      var clause = clause(first, i);
      if (clause.isDone()) {
        return clause;
      }
      clause.ended = clause.hasEnded();
      if (clause.ended) {
        ended++;
      }
    }
    if (ended == clauses.size()) {
      throw new ClosedException("all channels of the select are closed and empty", null);
    }
    return null;
  }

  /// One wait of the calling thread in all channels.
  private final class Wait {
    private final int first;
    private final List<Waiter> waiters;
    private final long start;
    private final Clock clock;

    Wait(int first) {
      this.first = first;
      clock = clauses.getFirst().channel.clock;
      start = clock.nanoTime();
      waiters = Stream.generate(Waiter::new).limit(clauses.size()).toList();
    }

    @Nullable Clause<?, R> await(long patience) throws InterruptedException {
      try {
        while (true) {
          for (int i = 0; i < waiters.size(); i++) {
            if (!(clauses.get(i).channel instanceof RendezvousChannel)) {
              clauses.get(i).waiters().enlist(waiters.get(i));
            }
          }
          var chosen = tryAll(first);
          if (chosen != null) {
            return chosen;
          }
          AbstractChannel.throwIfInterrupted();
          long left =
              patience == AbstractChannel.FOREVER
                  ? patience
                  : patience - (clock.nanoTime() - start);
          if (left <= 0) {
            return null;
          }
          for (var clause : clauses) {
            left = Math.min(left, clause.dueIn());
          }
          if (rendezvous.isEmpty()) {
            park(left);
          } else {
            chosen = meet(left);
            if (chosen != null) {
              return chosen;
            }
          }
        }
      } finally {
        long nanos = clock.nanoTime() - start;
        for (int i = 0; i < waiters.size(); i++) {
          clauses.get(i).waiters().leave(waiters.get(i), nanos);
        }
      }
    }

    /// Parks, unless a channel has woken this thread since it enlisted there.
    private void park(long nanos) {
      for (var waiter : waiters) {
        if (waiter.isWoken()) {
          return;
        }
      }
      clauses.getFirst().waiters().park(clock, nanos);
    }

    /// Waits in every rendezvous, and in the other channels too.
    private @Nullable Clause<?, R> meet(long nanos) {
      var choice = new Choice();
      rendezvous.forEach(channel -> channel.lock.lock());
      try {
        for (int i = 0; i < clauses.size(); i++) {
          var clause = clause(first, i);
          if (clause.channel instanceof RendezvousChannel && !clause.ended) {
            if (clause.isDone()) {
              return clause;
            }
            if (clause.isOver()) {
              return null;
            }
          }
        }
        for (int i = 0; i < clauses.size(); i++) {
          int number = (first + i) % clauses.size(); // of two in one channel the first is met
          if (!clauses.get(number).ended) {
            clauses.get(number).join(choice, number);
          }
        }
      } finally {
        rendezvous.forEach(channel -> channel.lock.unlock());
      }
      // The other channels were looked at before, and need no other look: what has changed since
      // has woken this thread, which is enlisted there. A rendezvous that closes unparks it.
      if (choice.isOpen()) {
        park(nanos);
      }
      boolean met = !choice.choose(Choice.NONE);
      clauses.forEach(Clause::leave);
      return met ? clauses.get(choice.chosen()).met() : null;
    }
  }

  /// One of the sends and receives.
  private abstract static sealed class Clause<T, R> {
    final ChannelEnd<T> end;
    final AbstractChannel<T> channel;
    @Nullable Party<T> party;
    boolean ended;

    Clause(Object senderOrReceiver) {
      end = ChannelEnd.of(senderOrReceiver);
      channel = end.channel();
    }

    /// Tries to do it.
    ///
    /// @throws ClosedException if it never can be done, and that isn't a plain end
    abstract boolean isDone();

    /// Whether it takes no part any more.
    abstract boolean hasEnded();

    /// Whether its channel has been closed to it, so that it must be looked at anew.
    abstract boolean isOver();

    abstract Waiters waiters();

    abstract void join(Choice choice, int number);

    abstract void leave();

    /// Another thread has done it.
    abstract Clause<T, R> met();

    abstract R then() throws Exception;

    long dueIn() {
      return AbstractChannel.FOREVER;
    }
  }

  private static final class ReceiveClause<T, R> extends Clause<T, R> {
    private final Then<? super T, ? extends R> then;
    private final @Nullable Callable<? extends R> onEnd;
    private @Nullable T item;

    ReceiveClause(
        Receiver<T> channel,
        Then<? super T, ? extends R> then,
        @Nullable Callable<? extends R> onEnd) {
      super(channel);
      this.then = requireNonNull(then, "then is null");
      this.onEnd = onEnd;
    }

    @Override
    boolean isDone() {
      item = channel.take(end.worker());
      if (item == null && channel.isEnded()) {
        if (onEnd != null) {
          return true;
        }
        channel.throwIfFailed();
      }
      return item != null;
    }

    @Override
    boolean hasEnded() {
      return channel.isEnded();
    }

    @Override
    boolean isOver() {
      return channel.isSealed();
    }

    @Override
    long dueIn() {
      return channel.dueIn();
    }

    @Override
    Waiters waiters() {
      return channel.receivers;
    }

    @Override
    void join(Choice choice, int number) {
      if (channel instanceof RendezvousChannel<T> rendezvous) {
        party = new Party<>(choice, number, null);
        party.parks = true;
        rendezvous.joinReceivers(party);
      }
    }

    @Override
    void leave() {
      if (party != null && channel instanceof RendezvousChannel<T> rendezvous) {
        rendezvous.leaveReceivers(party);
      }
    }

    @Override
    Clause<T, R> met() {
      item = requireNonNull(party).item;
      return this;
    }

    @Override
    @SuppressWarnings("NullAway") // null from a clause is what the caller asked for
    R then() throws Exception {
      var received = item;
      item = null;
      party = null;
      return received == null ? requireNonNull(onEnd).call() : then.apply(received);
    }
  }

  private static final class SendClause<T, R> extends Clause<T, R> {
    private final T item;
    private final Callable<? extends R> then;

    SendClause(Sender<? super T> channel, T item, Callable<? extends R> then) {
      super(channel);
      this.item = requireNonNull(item, "item is null");
      this.then = requireNonNull(then, "then is null");
    }

    @Override
    boolean isDone() {
      return end.trySend(item);
    }

    @Override
    boolean hasEnded() {
      return false; // sending to a closed channel throws
    }

    @Override
    boolean isOver() {
      return channel.isSealed() || end.gate().isClosed();
    }

    @Override
    Waiters waiters() {
      return channel.senders;
    }

    @Override
    void join(Choice choice, int number) {
      if (channel instanceof RendezvousChannel<T> rendezvous) {
        party = new Party<>(choice, number, item);
        party.parks = true;
        rendezvous.joinSenders(party);
      }
    }

    @Override
    void leave() {
      if (party != null && channel instanceof RendezvousChannel<T> rendezvous) {
        rendezvous.leaveSenders(party);
      }
    }

    @Override
    Clause<T, R> met() {
      return this;
    }

    @Override
    R then() throws Exception {
      party = null;
      return then.call();
    }
  }
}
