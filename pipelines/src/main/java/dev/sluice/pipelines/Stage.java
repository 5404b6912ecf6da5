package dev.sluice.pipelines;

/// A piece of a pipeline that can be put into several: what [Pipe#via] applies.
///
/// ```java
/// Stage<String, Order> orders = pipe -> pipe.map(Order::parse).filter(Order::isPaid);
/// ```
///
/// @param <T> what goes in
/// @param <R> what comes out
@FunctionalInterface
public interface Stage<T, R> {

  /// Continues `pipe`.
  Pipe<R> apply(Pipe<T> pipe);
}
