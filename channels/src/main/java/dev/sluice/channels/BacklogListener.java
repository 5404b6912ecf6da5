package dev.sluice.channels;

/// Told when a channel's backlog has become high, and when it is low again: see
/// [Channel#onBacklog].
@FunctionalInterface
public interface BacklogListener {

  /// Called on the thread that crossed the line, a sender's or a receiver's, which waits for it; so
  /// it should be quick, and must not wait for the channel. What it throws goes to the uncaught
  /// exception handler of that thread, which goes on.
  ///
  /// @param high whether the backlog is high now, or low again
  /// @param size how many items were in the channel then
  void changed(boolean high, int size);
}
