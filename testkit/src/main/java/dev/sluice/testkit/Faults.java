package dev.sluice.testkit;

import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.ThrowingFunction;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A script of what goes wrong at which call, to put around a function or a sink of a pipeline
/// under test.
///
/// ```java
/// var faults = new Faults().fail(2, new IOException("line down")).hang(3);
/// var pipeline = Pipeline.from(source).map(faults.around(Order::parse)).onError(OnError.skip());
/// ```
///
/// Calls are counted from 1, over all threads. Each fault happens once.
public final class Faults {
  private static final long PATIENCE_SECONDS = 10;

  /// What happens before the call goes on, if it does.
  private interface Fault {
    void happen() throws Exception;
  }

  private final Map<Integer, Fault> script = new HashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger hanging = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);

  /// An empty script.
  public Faults() {}

  /// The call of that number throws `cause`.
  public Faults fail(int call, Exception cause) {
    script.put(
        call,
        () -> {
          throw cause;
        });
    return this;
  }

  /// Each of these calls throws `cause`.
  ///
  /// @param first the number of the first one
  /// @param last the number of the last one
  public Faults fail(int first, int last, Exception cause) {
    for (int call = first; call <= last; call++) {
      fail(call, cause);
    }
    return this;
  }

  /// The call of that number waits for [#release], or an interrupt.
  public Faults hang(int call) {
    script.put(call, this::hang);
    return this;
  }

  /// The call of that number waits for [#release], and minds no interrupt.
  public Faults hangDeaf(int call) {
    script.put(
        call,
        () -> {
          boolean interrupted = false;
          boolean waits = true;
          while (waits) {
            try {
              hang();
              waits = false;
            } catch (InterruptedException e) {
              interrupted = true;
            }
          }
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
        });
    return this;
  }

  private void hang() throws InterruptedException {
    hanging.incrementAndGet();
    try {
      released.await();
    } finally {
      hanging.decrementAndGet();
    }
  }

  /// Lets all go on that hang or will.
  public void release() {
    released.countDown();
  }

  /// How many calls there have been.
  public int calls() {
    return calls.get();
  }

  /// Waits until so many calls hang.
  ///
  /// @throws AssertionError if they don't within ten seconds
  public void awaitHanging(int count) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (hanging.get() < count) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "expected %d calls to hang, but %d do, of %d in all"
                .formatted(count, hanging.get(), calls.get()));
      }
      Thread.onSpinWait();
    }
  }

  private void next() throws Exception {
    var fault = script.get(calls.incrementAndGet());
    if (fault != null) {
      fault.happen();
    }
  }

  /// `function` with this script.
  public <T, R> ThrowingFunction<T, R> around(ThrowingFunction<T, R> function) {
    return item -> {
      next();
      return function.apply(item);
    };
  }

  /// `sink` with this script for its writes.
  public <T> Sink<T> writing(Sink<T> sink) {
    return new Sink<>() {
      @Override
      public void write(T item) throws Exception {
        Faults.this.next();
        sink.write(item);
      }

      @Override
      public void finish() throws Exception {
        sink.finish();
      }
    };
  }
}
