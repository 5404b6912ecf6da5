package dev.sluice.monitor;

import java.time.Duration;

/// A queue outside of this process, in a file or on a server, as a [Monitor] sees it.
@FunctionalInterface
public interface Backlog {

  /// Looks at it: once a second, on a thread where it may wait.
  ///
  /// @throws Exception if nobody can tell now. Until somebody can, the snapshots have the first
  ///   line of its message instead, which everybody sees who may see the monitor: so without a
  ///   secret
  Depth look() throws Exception;

  /// How it is.
  ///
  /// @param size how many items are in it
  /// @param capacity how many fit
  /// @param sent how many it has accepted so far
  /// @param received how many have been dealt with so far
  /// @param oldest for how long the oldest that could be received has waited
  record Depth(long size, long capacity, long sent, long received, Duration oldest) {}
}
