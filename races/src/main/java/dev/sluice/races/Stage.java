package dev.sluice.races;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What a scene uses to play its parts, within one schedule. The scene itself is a part too.
public interface Stage {

  /// A block that returns nothing and may throw anything.
  @FunctionalInterface
  interface Action {
    void play() throws Exception;
  }

  /// Makes a part of `block`; it begins when the schedule says so.
  ///
  /// What a block throws fails the scene: a block that expects to be turned away says so itself.
  <R extends @Nullable Object> Part<R> play(String name, Callable<R> block);

  /// Makes a part of `block`; it begins when the schedule says so.
  default Part<@Nullable Void> play(String name, Action block) {
    return play(
        name,
        () -> {
          block.play();
          return null;
        });
  }

  /// Waits until these parts have ended.
  void await(List<? extends Part<?>> parts);

  /// Waits until `condition` holds, which is looked at between steps.
  void await(BooleanSupplier condition);

  /// Waits until all parts have ended.
  void awaitAll();

  /// Choices of the scene's own, from the same seed as the schedule's.
  SplittableRandom random();

  /// How many steps have been taken: a clock that orders all that the parts do.
  int step();
}
