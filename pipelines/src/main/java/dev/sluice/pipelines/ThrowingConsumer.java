package dev.sluice.pipelines;

/// Does something with a value, and may throw.
///
/// @param <T> what it is given
@FunctionalInterface
public interface ThrowingConsumer<T> {

  /// Does it.
  void accept(T value) throws Exception;
}
