package dev.sluice.kafka;

import dev.sluice.pipelines.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// The thread that polls: the only one that uses a consumer of Kafka's.
abstract class Loop<K, V> implements Runnable {
  /// After an abort, for stages to say what they had in hand.
  private static final Duration AFTER_ABANDONED = Duration.ofSeconds(6);

  final Counts counts;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Kafka kafka;
  private final String place;
  private final Duration drain;
  private volatile boolean closing;
  private volatile boolean abandoning;
  private volatile long closedAt;
  private volatile boolean sleeps;
  private volatile @Nullable TopicException uncommitted;
  private Runnable onEnd = () -> {};
  private volatile @Nullable Thread thread;

  /// @param place the topic and the group, for messages
  /// @param drain how long records may stay out after it was closed
  Loop(Kafka kafka, String place, Duration drain, Counts counts) {
    this.kafka = kafka;
    this.counts = counts;
    this.place = place;
    this.drain = drain;
  }

  /// What may be handed out.
  abstract Intake<KafkaRecord<K, V>> intake();

  /// @param end called when it has ended, on its thread
  void start(Runnable end) {
    onEnd = end;
    thread = Thread.ofPlatform().daemon().name("sluice-kafka-" + place).unstarted(this);
    thread.start();
  }

  /// What it runs on; null before it was started.
  @Nullable Thread thread() {
    return thread;
  }

  @Override
  public void run() {
    try {
      loop();
    } catch (Throwable e) {
      failed(e);
    } finally {
      try {
        leave();
      } catch (RuntimeException e) {
        failed(e);
      } finally {
        intake().end();
        ended.countDown();
        hasEnded();
      }
    }
  }

  void hasEnded() {
    onEnd.run();
  }

  /// Whether it has ended, and all that was settled is committed.
  boolean isDone() {
    return ended.getCount() == 0 && uncommitted == null;
  }

  /// Polls until it is to end.
  abstract void loop() throws Exception;

  /// Commits what there is to commit and lets the consumer go.
  abstract void leave();

  /// Lets the consumer's thread return from a poll.
  abstract void wake();

  /// Whether the record may be handed out; if so, it is.
  abstract boolean handOut(KafkaRecord<K, V> one);

  abstract List<PartitionState> partitions();

  abstract void settle(KafkaRecord<K, V> one, boolean dealtWith);

  void settled(KafkaRecord<K, V> one, Outcome outcome) {
    boolean dealtWith = outcome != Outcome.ABANDONED;
    if (dealtWith) {
      counts.settled.incrementAndGet();
    } else {
      counts.givenBack.incrementAndGet();
      abandoning = true;
    }
    settle(one, dealtWith);
  }

  private void failed(Throwable e) {
    var told =
        e instanceof TopicException
            ? e
            : e instanceof KafkaException
                ? new TopicException(
                    "%s: %s".formatted(place, kafka.settings().redacted(reason(e))), e)
                : e;
    intake().fail(told);
    if (uncommitted == null) {
      uncommitted =
          told instanceof TopicException t ? t : new TopicException(place + ": " + told, told);
    }
  }

  private static String reason(Throwable e) {
    var cause = e.getCause();
    return e.getMessage()
        + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
  }

  void close() {
    if (!closing) {
      closedAt = System.nanoTime();
      closing = true;
      wakeIfAsleep();
    }
  }

  boolean isClosing() {
    return closing;
  }

  /// Whether records that are out need not be waited for any longer.
  boolean isPatienceOver() {
    var patience = abandoning && drain.compareTo(AFTER_ABANDONED) > 0 ? AFTER_ABANDONED : drain;
    return closing && System.nanoTime() - closedAt > patience.toNanos();
  }

  /// Says, on the thread that polls, that the next poll waits for something that others do.
  void sleeps(boolean itDoes) {
    sleeps = itDoes;
  }

  void wakeIfAsleep() {
    if (sleeps) {
      sleeps = false;
      wake();
    }
  }

  /// Does what a late [#wake] may disturb, again if it did.
  static <R> R undisturbed(Supplier<R> work) {
    while (true) {
      try {
        return work.get();
      } catch (WakeupException e) {
        Thread.onSpinWait(); // it was meant for a poll: once more
      }
    }
  }

  void await() throws InterruptedException {
    ended.await();
  }

  void throwIfUncommitted() throws TopicException {
    var its = uncommitted;
    if (its != null) {
      throw new TopicException(
          String.valueOf(its.getMessage()), its); // a run may have thrown the other
    }
  }

  ReaderStats stats() {
    return counts.stats();
  }
}
