package dev.sluice.pipelines;

/// A condition that may throw anything; what it throws is dealt with by the stage's [OnError].
///
/// @param <T> what it judges
@FunctionalInterface
public interface ThrowingPredicate<T> {
  /// Whether `item` travels on.
  boolean test(T item) throws Exception;
}
