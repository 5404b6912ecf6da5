package dev.sluice.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// Plays a block of code on a thread of its own, so that a test can watch it wait and end.
///
/// ```java
/// try (var sender = Actor.playing(() -> channel.send("second"))) {
///   sender.awaitWaiting();
///   channel.receive();
///   sender.awaitDone();
/// }
/// ```
///
/// Whatever an actor is asked to do and does not within ten seconds fails the test, with the stack
/// trace of where its thread is stuck.
///
/// @param <R> what the block returns
public final class Actor<R extends @Nullable Object> implements AutoCloseable {

  /// A block that returns nothing and may throw anything.
  @FunctionalInterface
  public interface Action {
    void play() throws Exception;
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Duration patience;
  private final Thread thread;
  private @Nullable R result; // these two are published by the thread's end
  private @Nullable Throwable failure;
  private boolean seen;

  /// @param patience how long it may take to do what it is asked to
  Actor(Thread.Builder threads, Callable<R> part, Duration patience) {
    this.patience = patience;
    thread =
        threads.start(() -> {
          try {
            result = part.call();
          } catch (Throwable e) { // an AssertionError too is the test's to see
            failure = e;
          }
        });
  }

  /// Plays `part` on a virtual thread.
  public static <R extends @Nullable Object> Actor<R> playing(Callable<R> part) {
    return playing(Thread.ofVirtual(), part);
  }

  /// Plays `part` on a virtual thread.
  public static Actor<@Nullable Void> playing(Action part) {
    return playing(Thread.ofVirtual(), part);
  }

  /// Plays `part` on a thread made by `threads`, such as `Thread.ofPlatform()`.
  public static <R extends @Nullable Object> Actor<R> playing(
      Thread.Builder threads, Callable<R> part) {
    return new Actor<>(threads, part, PATIENCE);
  }

  /// Plays `part` on a thread made by `threads`, such as `Thread.ofPlatform()`.
  public static Actor<@Nullable Void> playing(Thread.Builder threads, Action part) {
    return new Actor<>(
        threads,
        () -> {
          part.play();
          return null;
        },
        PATIENCE);
  }

  /// Returns once the thread waits for another: its state is watched, nothing sleeps.
  ///
  /// @throws AssertionError if the block ends instead, or goes on without waiting
  @SuppressWarnings("ThreadPriorityCheck") // yielding is a courtesy here, nothing relies on it
  public void awaitWaiting() {
    var deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      switch (thread.getState()) {
        case WAITING, TIMED_WAITING -> {
          return;
        }
        case TERMINATED -> {
          seen = true;
          throw new AssertionError("expected " + this + " to wait, but it " + ending(), failure);
        }
        default -> {
          if (System.nanoTime() - deadline > 0) {
            throw new AssertionError("expected " + this + " to wait, but it runs", whereabouts());
          }
          Thread.yield();
        }
      }
    }
  }

  /// Waits for the end of the block and returns its result.
  ///
  /// @throws AssertionError if the block throws, with what it threw as cause; or does not end
  public R awaitDone() throws InterruptedException {
    awaitEnd();
    if (failure != null) {
      throw new AssertionError("expected " + this + " to return, but it " + ending(), failure);
    }
    return result();
  }

  /// Waits for the end of the block and returns what it threw.
  ///
  /// @throws AssertionError if the block returns, or does not end
  public Throwable awaitFailure() throws InterruptedException {
    awaitEnd();
    if (failure == null) {
      throw new AssertionError("expected " + this + " to throw, but it " + ending());
    }
    return failure;
  }

  /// Whether the block has ended, one way or the other.
  public boolean isDone() {
    return !thread.isAlive();
  }

  /// Interrupts the thread.
  public void interrupt() {
    thread.interrupt();
  }

  /// Ends the part: interrupts the thread if the block still plays, and waits for its end.
  ///
  /// @throws AssertionError if the block had thrown by itself and nobody has looked at that, or if
  ///   it does not end
  @Override
  public void close() {
    if (isDone()) {
      if (failure != null && !seen) {
        throw new AssertionError("nobody saw that " + this + " " + ending(), failure);
      }
      return;
    }
    interrupt();
    try {
      awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for the end of " + this, e);
    }
  }

  private void awaitEnd() throws InterruptedException {
    if (!thread.join(patience)) {
      throw new AssertionError(this + " has not ended within " + patience, whereabouts());
    }
    seen = true;
  }

  private String ending() {
    return failure == null ? "returned " + result : "threw " + failure;
  }

  @SuppressWarnings("NullAway") // R decides whether the block may return null
  private R result() {
    return result;
  }

  private Throwable whereabouts() {
    var where = new Throwable(thread.getName() + " is " + thread.getState());
    where.setStackTrace(thread.getStackTrace());
    return where;
  }

  @Override
  public String toString() {
    return "actor " + (thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName());
  }
}
