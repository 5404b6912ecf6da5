package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

/// Settings of a channel, and the last word that makes it: see [Channel#builder].
///
/// @param <T> what travels
public final class ChannelBuilder<T> {
  String name = "the channel";
  Overflow<T> overflow = Overflow.await();
  boolean fair;
  Clock clock = Clock.system();

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

  /// Measures patience on `clock`: the system's otherwise.
  public ChannelBuilder<T> clock(Clock clock) {
    this.clock = requireNonNull(clock, "clock is null");
    return this;
  }

  /// Makes a channel that holds up to `capacity` items: see [Channel#bounded].
  public Channel<T> bounded(int capacity) {
    return new RingChannel<>(capacity, this);
  }

  /// Makes a hand-off without a buffer: see [Channel#rendezvous].
  public Channel<T> rendezvous() {
    return new RendezvousChannel<>(this);
  }
}
