package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Comparator;
import java.util.function.LongUnaryOperator;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Settings of a channel, and the last word that makes it: see [Channel#builder]. It refuses, by
/// [IllegalStateException], a setting that makes no sense for the kind of channel that is made. It
/// may make more than one.
///
/// @param <T> what travels
public final class ChannelBuilder<T> {
  String name = "the channel";
  Overflow<T> overflow = Overflow.await();
  boolean fair;
  Clock clock = Clock.system();
  private boolean removable;
  private @Nullable Duration ageing;

  ChannelBuilder() {}

  /// Names the channel, for messages, stats and monitors: it is "the channel" otherwise.
  public ChannelBuilder<T> named(String name) {
    this.name = requireNonNull(name, "name is null");
    return this;
  }

  /// Says what happens to an item that there is no room for: its sender waits otherwise.
  public ChannelBuilder<T> onOverflow(Overflow<T> overflow) {
    this.overflow = requireNonNull(overflow, "overflow is null");
    return this;
  }

  /// Serves those who wait in the order in which they came, and lets no newcomer overtake them but
  /// by the calls that never wait. Slower: by default whoever is there first gets the room or the
  /// item, and among those who wait the longest is woken first.
  public ChannelBuilder<T> fair() {
    fair = true;
    return this;
  }

  /// Lets items be taken out of the middle, by the channel's views. All kinds that can do so do it
  /// anyway, but for `bounded`, for which it means a lock instead of a ring.
  public ChannelBuilder<T> removable() {
    removable = true;
    return this;
  }

  /// Lets an item of a channel with levels of priority rise by one level each time that it has
  /// waited so long: see [#priority(int, ToIntFunction)].
  ///
  /// @param ageing above zero
  public ChannelBuilder<T> ageing(Duration ageing) {
    if (requireNonNull(ageing, "ageing is null").isNegative() || ageing.isZero()) {
      throw new IllegalArgumentException("ageing must be above zero, but was " + ageing);
    }
    this.ageing = ageing;
    return this;
  }

  /// Measures patience, and time for [#after], [#tick] and [#ageing], on `clock`: the system's
  /// otherwise.
  public ChannelBuilder<T> clock(Clock clock) {
    this.clock = requireNonNull(clock, "clock is null");
    return this;
  }

  /// Makes a channel that holds up to `capacity` items: see [Channel#bounded].
  public Channel<T> bounded(int capacity) {
    refuseAgeing("bounded");
    return removable ? new FifoChannel<>(capacity, this) : new RingChannel<>(capacity, this);
  }

  /// Makes a channel whose capacity can be changed: see [Channel#resizable].
  public ResizableChannel<T> resizable(int capacity) {
    refuseAgeing("resizable");
    return new FifoChannel<>(capacity, this);
  }

  /// Makes a channel that holds items of up to `capacity` in weight, in the order in which they
  /// came.
  ///
  /// Each item is weighed once, by its sender. One that is heavier than the capacity is refused
  /// with [IllegalArgumentException], and so is one that weighs less than 1. Senders that wait are
  /// served in the order in which they came, so that a heavy item isn't kept out by lighter ones
  /// behind it; only `trySend` overtakes. The weight is told by [Stats#weight]: [Channel#size]
  /// counts items, and [Channel#capacity] is how many of weight 1 would fit.
  ///
  /// @param capacity at least 1
  /// @param weight how heavy an item is, such as its length in bytes; what it throws reaches the
  ///   sender, who keeps the item
  public Channel<T> weighed(long capacity, ToLongFunction<? super T> weight) {
    requireNonNull(weight, "weight is null");
    refuseAgeing("weighed");
    return new LockedChannel<>(
        new Fifo<>(capacity, true),
        this,
        item -> {
          long itsWeight = weight.applyAsLong(item);
          if (itsWeight < 1) {
            throw new IllegalArgumentException(
                "the weight of an item must be at least 1, but was " + itsWeight);
          }
          if (itsWeight > capacity) {
            throw new IllegalArgumentException(
                "an item of weight "
                    + itsWeight
                    + " never fits into "
                    + name
                    + ", whose capacity is "
                    + capacity
                    + ": split the item, or raise the capacity");
          }
          return itsWeight;
        },
        true);
  }

  /// Makes a channel that hands out the lowest item first: see [Channel#priority(int, Comparator)].
  public Channel<T> priority(int capacity, Comparator<? super T> order) {
    requireNonNull(order, "order is null");
    if (ageing != null) {
      throw new IllegalStateException(
          "items that are ordered by a comparator have no levels to rise by: leave out ageing, or"
              + " use priority(capacity, level)");
    }
    return new LockedChannel<>(new Heap<>(capacity, rank -> 0, order), this, null, false);
  }

  /// Makes a channel that hands out the item of the lowest level first, and first in, first out
  /// among equals: see [Channel#priority(int, ToIntFunction)].
  ///
  /// With [#ageing] an item falls by one level, continuously, for each such time that it has
  /// waited. All that wait fall alike, so their order never changes: an item that is one level
  /// higher leaves first if and only if it came more than one such time earlier.
  ///
  /// @param capacity at least 1
  /// @param level asked once for each item, by its sender; what it throws reaches the sender, who
  ///   keeps the item
  public Channel<T> priority(int capacity, ToIntFunction<? super T> level) {
    requireNonNull(level, "level is null");
    return new LockedChannel<>(
        new Heap<>(capacity, rank(), null), this, item -> level.applyAsInt(item), false);
  }

  /// What makes of an item's level the number that is lowest for the next to leave: its level, or
  /// the moment at which it will have come down to level 0.
  private LongUnaryOperator rank() {
    if (ageing == null) {
      return level -> level;
    }
    long fall = AbstractChannel.nanos(ageing);
    long limit = Long.MAX_VALUE / 2; // 146 years: further levels count as that far
    long opened = clock.nanoTime();
    return level -> {
      long time = Math.abs(level) > limit / fall ? Long.signum(level) * limit : level * fall;
      return time + (clock.nanoTime() - opened);
    };
  }

  /// Makes a channel that keeps the newest item only: see [Channel#latest].
  ///
  /// An item that was replaced before it was received counts as dropped. To get it, give
  /// [Overflow#dropOldest] with a callback; other policies make no sense.
  public Channel<T> latest() {
    refuseAgeing("latest");
    if (overflow.policy == Overflow.Policy.WAIT) {
      return copy().onOverflow(Overflow.dropOldest(replaced -> {})).latest();
    }
    if (overflow.policy != Overflow.Policy.DROP_OLDEST) {
      throw new IllegalStateException(
          "latest is never full, it replaces what it holds: leave out onOverflow, or give"
              + " Overflow.dropOldest(callback) to get what is replaced");
    }
    return new LockedChannel<>(new Fifo<T>(1, false), this, null, false);
  }

  /// Makes a channel that is never full: see [Channel#unbounded].
  public Channel<T> unbounded() {
    refuseAgeing("unbounded");
    refuseOverflow("unbounded is never full: leave out onOverflow, or use bounded(capacity)");
    return new LockedChannel<>(new Fifo<T>(Integer.MAX_VALUE, false), this, null, false);
  }

  /// Makes a hand-off without a buffer: see [Channel#rendezvous].
  public Channel<T> rendezvous() {
    refuseAgeing("rendezvous");
    refuseRemovable("rendezvous");
    if (overflow.policy == Overflow.Policy.DROP_OLDEST) {
      throw new IllegalStateException(
          "rendezvous holds nothing that could be dropped: use Overflow.dropNewest(callback), or"
              + " latest()");
    }
    return new RendezvousChannel<>(this);
  }

  /// Makes a channel with a queue for each worker: see [Channel#stealing].
  public StealingChannel<T> stealing(int workers, int capacity) {
    refuseAgeing("stealing");
    return new StealingDeques<>(workers, capacity, this);
  }

  /// Makes a channel that gives one item, when `delay` has passed: see [Channel#after].
  public Receiver<Duration> after(Duration delay) {
    return new TimerChannel(delay, true, timer("after"));
  }

  /// Makes a channel that gives an item after each `period`: see [Channel#tick].
  public Receiver<Duration> tick(Duration period) {
    if (requireNonNull(period, "period is null").isNegative() || period.isZero()) {
      throw new IllegalArgumentException("period must be above zero, but was " + period);
    }
    return new TimerChannel(period, false, timer("tick"));
  }

  private ChannelBuilder<Duration> timer(String kind) {
    refuseAgeing(kind);
    refuseRemovable(kind);
    refuseOverflow("nobody sends to " + kind + ": leave out onOverflow");
    var settings = new ChannelBuilder<Duration>().named(name).clock(clock);
    settings.fair = fair;
    return settings;
  }

  private ChannelBuilder<T> copy() {
    var copy = new ChannelBuilder<T>().named(name).onOverflow(overflow).clock(clock);
    copy.fair = fair;
    return copy;
  }

  private void refuseAgeing(String kind) {
    if (ageing != null) {
      throw new IllegalStateException(
          kind + " has no levels to rise by: leave out ageing, or use priority(capacity, level)");
    }
  }

  private void refuseRemovable(String kind) {
    if (removable) {
      throw new IllegalStateException(
          kind
              + " can't take items out of its middle: leave out removable, or use"
              + " bounded(capacity)");
    }
  }

  private void refuseOverflow(String message) {
    if (overflow.policy != Overflow.Policy.WAIT) {
      throw new IllegalStateException(message);
    }
  }
}
