package dev.sluice.logback;

import static java.util.Objects.requireNonNull;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;
import ch.qos.logback.core.util.Duration;
import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Overflow;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Writes events by a thread of its own, to the appenders that it is given:
///
/// ```xml
/// <appender name="ASYNC" class="dev.sluice.logback.SluiceAppender">
///   <capacity>8192</capacity>
///   <overflow>DROP_OLDEST</overflow>
///   <stopTimeout>5 seconds</stopTimeout>
///   <appender-ref ref="FILE"/>
/// </appender>
/// ```
///
/// Stopping it writes what is left, for up to `stopTimeout`, and then ends its thread. What became
/// of every event is in its [#account].
///
/// An interrupt keeps no event from being logged, and stays set. What the appenders behind it log
/// themselves, on its thread, never waits: if there is no room it is dropped, and counted.
public final class SluiceAppender extends UnsynchronizedAppenderBase<ILoggingEvent>
    implements AppenderAttachable<ILoggingEvent> {
  private static final int STANDARD_CAPACITY = 8192;

  private final AppenderAttachableImpl<ILoggingEvent> behind = new AppenderAttachableImpl<>();
  private final LongAdder in = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong abandoned = new AtomicLong();
  private int capacity = STANDARD_CAPACITY;
  private OverflowPolicy overflow = OverflowPolicy.WAIT;
  private Duration stopTimeout = Duration.buildBySeconds(5);
  private boolean includeCallerData;
  private volatile @Nullable Channel<ILoggingEvent> channel;
  private volatile @Nullable Thread worker;

  /// Makes one that has not been started.
  public SluiceAppender() {}

  /// How many events may wait: 8,192 if nothing is said.
  public void setCapacity(int capacity) {
    this.capacity = capacity;
  }

  /// What becomes of an event that finds no room: it waits if nothing is said.
  public void setOverflow(OverflowPolicy overflow) {
    this.overflow = overflow;
  }

  /// How long [#stop] lets its thread write what is left: 5 seconds if nothing is said.
  public void setStopTimeout(Duration stopTimeout) {
    this.stopTimeout = stopTimeout;
  }

  /// Whether events tell where in the program they come from, which costs a stack trace for each.
  public void setIncludeCallerData(boolean includeCallerData) {
    this.includeCallerData = includeCallerData;
  }

  @Override
  public void start() {
    if (isStarted()) {
      return;
    }
    if (!behind.iteratorForAppenders().hasNext()) {
      addError(
          "%s has no appender to write to, and is not started: add an <appender-ref>"
              .formatted(getName()));
      return;
    }
    if (capacity < 1) {
      addError(
          "%s: capacity must be at least 1, but was %d; it is not started"
              .formatted(getName(), capacity));
      return;
    }
    var opened =
        Channel.<ILoggingEvent>builder()
            .named(getName() == null ? "logback" : getName())
            .onOverflow(
                switch (overflow) {
                  case WAIT -> Overflow.await();
                  case DROP_OLDEST -> Overflow.dropOldest(this::drop);
                  case DROP_NEWEST -> Overflow.dropNewest(this::drop);
                })
            .bounded(capacity);
    channel = opened;
    // A platform thread: appenders write to files and sockets, many of them with a monitor held.
    worker =
        Thread.ofPlatform()
            .name("sluice-logback-" + opened.name())
            .daemon()
            .start(() -> write(opened));
    super.start();
  }

  private void drop(ILoggingEvent event) {
    long before = dropped.sum();
    dropped.increment();
    if (before == 0) {
      addWarn("%s is full, and drops events (%s)".formatted(getName(), overflow));
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (includeCallerData) {
      event.getCallerData();
    }
    in.increment();
    try {
      send(requireNonNull(channel), event);
    } catch (ClosedException e) {
      dropped.increment(); // stopped meanwhile
    }
  }

  private void send(Channel<ILoggingEvent> to, ILoggingEvent event) {
    if (to.trySend(event)) {
      return;
    }
    if (Thread.currentThread().equals(worker)) {
      drop(event); // it would wait for itself
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        to.send(event);
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the event is not to blame
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Channel<ILoggingEvent> from) {
    while (true) {
      ILoggingEvent event;
      try {
        event = from.receive();
      } catch (ClosedException e) {
        return;
      } catch (InterruptedException e) {
        continue; // an appender's, or of stop, which has taken all the events away
      }
      try {
        behind.appendLoopOnAppenders(event);
        written.incrementAndGet();
      } catch (RuntimeException | Error e) {
        // nobody else could write what comes after it
        failed.incrementAndGet();
        addError("%s: an appender behind it failed".formatted(getName()), e);
      }
    }
  }

  /// Writes what is left, and ends. What is left past the time to stop is abandoned and counted,
  /// and an appender that is still at work then is interrupted.
  @Override
  public void stop() {
    var closing = channel;
    var ending = worker;
    if (!isStarted() || closing == null || ending == null) {
      return;
    }
    super.stop();
    closing.close();
    if (!ending.equals(Thread.currentThread()) && !join(ending, stopTimeout.getMilliseconds())) {
      abandoned.addAndGet(closing.cancel().size());
      ending.interrupt();
      addWarn(
          "%s: not all was written %s after it was told to stop: %s"
              .formatted(getName(), stopTimeout, account()));
      if (!join(ending, 1_000)) {
        addWarn(
            "%s: an appender behind it does not end: %s"
                .formatted(getName(), Arrays.toString(ending.getStackTrace())));
      }
    }
    detachAndStopAllAppenders();
  }

  /// Waits through interrupts, which stay set.
  private static boolean join(Thread thread, long millis) {
    long deadline = System.nanoTime() + millis * 1_000_000;
    boolean interrupted = false;
    try {
      while (true) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return !thread.isAlive();
        }
        try {
          return thread.join(java.time.Duration.ofNanos(left));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// What became of the events so far. While others log and write it may be an instant out.
  public Account account() {
    long done = written.get();
    long bad = failed.get();
    long gone = dropped.sum();
    long left = abandoned.get();
    long came = in.sum();
    return new Account(came, done, bad, gone, left, came - done - bad - gone - left);
  }

  /// The channel, for whoever wants to watch it; null before the appender was started.
  public @Nullable Channel<?> channel() {
    return channel;
  }

  // What it writes to

  @Override
  public void addAppender(Appender<ILoggingEvent> appender) {
    behind.addAppender(appender);
  }

  @Override
  public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
    return behind.iteratorForAppenders();
  }

  @Override
  public @Nullable Appender<ILoggingEvent> getAppender(String name) {
    return behind.getAppender(name);
  }

  @Override
  public boolean isAttached(Appender<ILoggingEvent> appender) {
    return behind.isAttached(appender);
  }

  @Override
  public void detachAndStopAllAppenders() {
    behind.detachAndStopAllAppenders();
  }

  @Override
  public boolean detachAppender(Appender<ILoggingEvent> appender) {
    return behind.detachAppender(appender);
  }

  @Override
  public boolean detachAppender(String name) {
    return behind.detachAppender(name);
  }
}
