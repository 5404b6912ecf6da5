package dev.sluice.pipelines;

/// A function that may throw anything; what it throws is dealt with by the stage's [OnError].
///
/// @param <T> what it takes
/// @param <R> what it gives; never null
@FunctionalInterface
public interface ThrowingFunction<T, R> {
  /// Makes of `item` what travels on.
  R apply(T item) throws Exception;
}
