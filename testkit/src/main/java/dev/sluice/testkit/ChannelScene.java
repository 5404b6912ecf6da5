package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.channels.Channel;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/// What a test of a channel plays with: a kind of channel, a kind of threads, actors on them.
@Timeout(30) // a test's own thread may be what a broken channel keeps waiting
abstract class ChannelScene {
  private final List<Actor<?>> actors = new ArrayList<>();

  /// Opens a channel of the kind that is tested.
  ///
  /// @param capacity how many items fit; a kind that is never full pays no regard to it
  protected abstract <T> Channel<T> open(int capacity);

  /// What makes the threads that the actors play on: virtual ones, unless overridden.
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }

  /// What this kind promises: all there is, unless overridden.
  protected Set<Trait> traits() {
    return EnumSet.allOf(Trait.class);
  }

  @BeforeEach
  void skip_what_this_kind_does_not_promise(TestInfo test) {
    var needs = test.getTestMethod().map(method -> method.getAnnotation(Needs.class));
    for (var trait : needs.map(Needs::value).orElse(new Trait[0])) {
      assumeTrue(traits().contains(trait), trait.reason);
    }
  }

  final <R extends @Nullable Object> Actor<R> play(Callable<R> part) {
    return cast(Actor.playing(threads(), part));
  }

  final Actor<@Nullable Void> play(Actor.Action part) {
    return cast(Actor.playing(threads(), part));
  }

  /// The same, for a part that takes longer than most.
  final <R extends @Nullable Object> Actor<R> play(Callable<R> part, Duration patience) {
    return cast(new Actor<>(threads(), part, patience));
  }

  private <R extends @Nullable Object> Actor<R> cast(Actor<R> actor) {
    actors.add(actor);
    return actor;
  }

  @AfterEach
  void dismiss_the_actors() {
    for (var actor : actors) {
      actor.interrupt(); // all of them first: one may wait for another
    }
    for (var actor : actors) {
      actor.close();
    }
    actors.clear();
  }

  static void awaitCleared(WeakReference<?> reference) {
    var deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (reference.get() != null && System.nanoTime() - deadline < 0) {
      System.gc();
    }
    assertThat(reference.get()).as("what the channel should have let go").isNull();
  }
}
