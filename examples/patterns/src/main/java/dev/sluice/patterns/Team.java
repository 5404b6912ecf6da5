package dev.sluice.patterns;

import static java.util.Objects.requireNonNullElse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Threads that work together. Closing waits for all of them; if one failed the others are
/// interrupted, and its exception is thrown as the cause of another.
///
/// ```text
///   try (var team = new Team()) {
///     team.play("producer", () -> ...);
///     team.play("consumer", () -> ...);
///   } // both have ended
/// ```
final class Team implements AutoCloseable {

  /// What a member does.
  @FunctionalInterface
  interface Part {
    void play() throws Exception;
  }

  private final Thread.Builder builder;
  private final List<Thread> members = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /// A team on virtual threads.
  Team() {
    this(Thread.ofVirtual());
  }

  Team(Thread.Builder builder) {
    this.builder = builder;
  }

  /// Starts one more. For the thread that made the team.
  void play(String name, Part part) {
    members.add(
        builder
            .name(name)
            .start(() -> {
              try {
                part.play();
              } catch (Throwable e) {
                failure.compareAndSet(null, e); // those that follow from it are of no interest
              }
            }));
  }

  @Override
  public void close() throws ExecutionException {
    try {
      for (var member : members) {
        while (!member.join(Duration.ofMillis(100))) {
          if (failure.get() != null) {
            members.forEach(Thread::interrupt);
          }
        }
      }
    } catch (InterruptedException e) {
      members.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
      throw new ExecutionException("interrupted while waiting for the team", e);
    }
    var first = failure.get();
    if (first != null) {
      throw new ExecutionException(requireNonNullElse(first.getMessage(), first.toString()), first);
    }
  }
}
