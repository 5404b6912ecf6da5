package dev.sluice.pipelines;

import org.jspecify.annotations.Nullable;

/// One reading of a [Source], from its beginning to its end.
///
/// `next` is called by one thread at a time, `settled` by any thread, `close` once, after the last
/// `next`.
///
/// @param <T> what it delivers
@FunctionalInterface
public interface Cursor<T> {

  /// Delivers the next item, waiting for it as long as it takes.
  ///
  /// A drain that finds the reader waiting in here interrupts it. The answer may be an item after
  /// all (it still goes all the way), or null, or an `InterruptedException`,
  /// `InterruptedIOException` or `ClosedByInterruptException`: each of these is then the end.
  /// Nothing is asked for after that.
  ///
  /// @return the item, or null at the end
  /// @throws Exception to fail the run, which then throws the same exception
  @Nullable T next() throws Exception;

  /// Told once for each item that `next` gave, when all that came of it has been dealt with: an
  /// acknowledging source commits here. Must not wait; what it throws fails the run.
  ///
  /// Not called for items in the hands of a stage that would not stop: they are abandoned without a
  /// word.
  default void settled(T item, Outcome outcome) throws Exception {}

  /// The same for a cursor that wants to know which one it was: `next` may give equal items, or the
  /// same one again.
  ///
  /// @param index how many items `next` gave before this one
  default void settled(long index, T item, Outcome outcome) throws Exception {
    settled(item, outcome);
  }

  /// Lets go of what the reading held. Does nothing unless overridden.
  default void close() throws Exception {}
}
