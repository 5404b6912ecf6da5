package dev.sluice.channels;

/// A channel whose capacity can be changed while it is in use: see [Channel#resizable].
///
/// @param <T> what travels; never null
public interface ResizableChannel<T> extends Channel<T> {

  /// Changes how many items fit. More room wakes senders that wait for it. Below the size it lets
  /// nothing go: the channel is full until receivers have taken enough. Never waits.
  ///
  /// @param capacity at least 1
  void resize(int capacity);
}
