package dev.sluice.monitor;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Link;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that is watched, at about one moment. It never changes.
///
/// @param number greater than that of the one before
/// @param at when it was taken
/// @param health whether the program should get work, and whether it works
/// @param pipelines in the order in which they were added; those that have ended last for a while
/// @param channels in the order in which they were added, and queues elsewhere after them
/// @param unreadable queues elsewhere that can't be looked at now
/// @param taps what items look like, newest first
/// @param alarms those that are raised
public record Snapshot(
    long number,
    Instant at,
    Health health,
    List<Pipeline> pipelines,
    List<Channel> channels,
    List<Unreadable> unreadable,
    List<Tapped> taps,
    List<Raised> alarms) {

  /// As one line of JSON: what `/api/snapshot` answers to those who may not steer.
  public byte[] json() {
    return SnapshotJson.of(this, false);
  }

  /// What an orchestrator asks.
  ///
  /// @param ready whether it should get work: it has not been told to end, and nothing has failed
  /// @param live whether it works at all
  public record Health(boolean ready, boolean live) {}

  /// How a run is.
  public enum State {
    /// At work.
    RUNNING,
    /// At work, but its sources are asked for no more.
    PAUSED,
    /// Told here to end, and not yet done.
    DRAINING,
    /// Ended well.
    DONE,
    /// Ended by a failure or an abort.
    FAILED
  }

  /// A run of a pipeline.
  ///
  /// @param name what it was added as, unique here
  /// @param elapsed since its start, or how long it took
  /// @param failure what ended it, without what it says of items; null if nothing did
  /// @param rate how many items its sources delivered in a second, lately
  /// @param bottleneck the stage that limits the rate; null if none does
  /// @param explanation [dev.sluice.pipelines.Running#explain]
  /// @param stages in the order of the description
  /// @param links which stages items go between
  public record Pipeline(
      String name,
      State state,
      Duration elapsed,
      @Nullable String failure,
      Account account,
      double rate,
      @Nullable String bottleneck,
      String explanation,
      List<Stage> stages,
      List<Link> links) {}

  /// A stage of it. Rates and shares are those of about the last second.
  ///
  /// @param name unique in its pipeline
  /// @param worker the same number for stages that share their workers
  /// @param workers how many are at work
  /// @param most how many it may have
  /// @param in how many items it took so far
  /// @param out how many it passed on so far
  /// @param inRate how many it takes in a second
  /// @param outRate how many it passes on in a second
  /// @param failed how many failed for good
  /// @param retried how many attempts were made after the first
  /// @param dropped how many found no room before it
  /// @param queued how many wait before it
  /// @param capacity how many may; 0 if nothing waits there
  /// @param oldest how long the oldest of these has waited, about
  /// @param busy share of its workers' time at work, from 0 to 1
  /// @param starved waiting for items
  /// @param blocked waiting for room behind it
  /// @param delayed waiting because it is told to
  public record Stage(
      String name,
      int worker,
      int workers,
      int most,
      long in,
      long out,
      double inRate,
      double outRate,
      long failed,
      long retried,
      long dropped,
      long queued,
      long capacity,
      Duration oldest,
      double busy,
      double starved,
      double blocked,
      double delayed) {}

  /// A channel.
  ///
  /// @param name what it was added as, unique here
  /// @param size how many items are in it
  /// @param capacity how many fit
  /// @param sent how many it has accepted
  /// @param received how many have been received
  /// @param dropped how many its overflow policy has dropped
  /// @param sentRate how many it accepts in a second
  /// @param receivedRate how many are received in a second
  /// @param waitingSenders how many threads wait for room
  /// @param waitingReceivers how many threads wait for an item
  /// @param sendingBlocked how long senders waited for room, all together
  /// @param receivingBlocked how long receivers waited for items, all together
  /// @param oldest how long the oldest item has waited, about
  public record Channel(
      String name,
      int size,
      int capacity,
      long sent,
      long received,
      long dropped,
      double sentRate,
      double receivedRate,
      int waitingSenders,
      int waitingReceivers,
      Duration sendingBlocked,
      Duration receivingBlocked,
      Duration oldest) {}

  /// A queue elsewhere of which nobody can tell how it is.
  ///
  /// @param name what it was added as, unique here
  /// @param since since when
  /// @param reason why, in words
  public record Unreadable(String name, Instant since, String reason) {}

  /// What a [Tap] has seen.
  ///
  /// @param name the tap's
  /// @param samples newest first
  public record Tapped(String name, List<Sample> samples) {}

  /// An item, as much of it as may be shown.
  ///
  /// @param at when it passed
  /// @param text what the tap made of it
  public record Sample(Instant at, String text) {}

  /// An alarm that is raised.
  ///
  /// @param name what the [Alarm] is called
  /// @param since since when
  /// @param text what is wrong, in words
  public record Raised(String name, Instant since, String text) {}
}
