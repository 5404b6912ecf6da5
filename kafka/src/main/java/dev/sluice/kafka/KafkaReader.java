package dev.sluice.kafka;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One reading of a topic: a cursor for pipelines, and for who reads without one.
///
/// Records are handed out to one thread at a time, and settled by any. A thread of its own polls,
/// so that the cluster hears from it however long a record takes.
///
/// @param <K> what keys are
/// @param <V> what values are
public final class KafkaReader<K, V> implements Cursor<KafkaRecord<K, V>> {
  private static final int CHUNK = 256;

  private final Kafka kafka;
  private final Loop<K, V> loop;

  /// Taken from the intake; not handed out yet.
  private final ArrayDeque<KafkaRecord<K, V>> taken = new ArrayDeque<>();

  private volatile boolean closed;

  private final String topic;
  private final @Nullable String group;

  KafkaReader(Kafka kafka, String topic, @Nullable String group, Loop<K, V> loop) {
    this.kafka = kafka;
    this.topic = topic;
    this.group = group;
    this.loop = loop;
  }

  /// Begins to read.
  void start() {
    try {
      kafka.opened(this);
    } catch (IllegalStateException e) {
      loop.close(); // so that it only lets its consumer go
      loop.start(() -> {});
      throw e;
    }
    loop.start(() -> {
      if (loop.isDone()) {
        kafka.ended(this);
      }
    });
  }

  @Override
  public @Nullable KafkaRecord<K, V> next() throws Exception {
    while (!closed) {
      var one = nextTaken();
      if (one != null) {
        return one;
      }
      taken.addAll(loop.intake().take(CHUNK, -1));
      if (taken.isEmpty() && loop.intake().isEnded()) {
        return null;
      }
    }
    return null;
  }

  private @Nullable KafkaRecord<K, V> nextTaken() {
    for (var one = taken.poll(); one != null; one = taken.poll()) {
      if (loop.handOut(one)) {
        return one;
      }
    }
    return null;
  }

  /// Up to `most` records, waiting up to `patience` for the first; empty if none came, or there are
  /// no more ([#isEnded]). They are to be settled one by one ([#settled]).
  public List<KafkaRecord<K, V>> receive(int most, Duration patience) throws Exception {
    var records = new ArrayList<KafkaRecord<K, V>>();
    long deadline = System.nanoTime() + Math.max(0, patience.toNanos());
    while (records.size() < most && !closed) {
      var one = nextTaken();
      if (one != null) {
        records.add(one);
        continue;
      }
      long left = records.isEmpty() ? Math.max(0, deadline - System.nanoTime()) : 0;
      var more = loop.intake().take(CHUNK, left);
      if (more.isEmpty()) {
        break;
      }
      taken.addAll(more);
    }
    return records;
  }

  /// Whether nothing more will come, since it was to end ([KafkaSource#untilEnd]).
  public boolean isEnded() {
    return taken.isEmpty() && loop.intake().isEnded();
  }

  @Override
  public void settled(KafkaRecord<K, V> item, Outcome outcome) {
    loop.settled(item, outcome);
  }

  /// Hands out nothing any more. What is out may still be settled; when it has been, or the time
  /// for that is over, the reading leaves its group ([#awaitSettled]).
  @Override
  public void close() {
    closed = true;
    loop.close();
  }

  /// Waits until the reading has been closed and all that was settled is committed.
  ///
  /// @throws TopicException if something could not be committed: its records will come again
  public void awaitSettled() throws TopicException, InterruptedException {
    loop.await();
    kafka.ended(this);
    loop.throwIfUncommitted();
  }

  boolean isOf(String itsTopic, @Nullable String itsGroup) {
    return topic.equals(itsTopic) && Objects.equals(group, itsGroup);
  }

  boolean isClosed() {
    return closed;
  }

  Loop<K, V> loop() {
    return loop;
  }

  /// How it stands with each partition that is assigned now.
  public List<PartitionState> partitions() {
    return loop.partitions();
  }

  /// What has happened so far.
  public ReaderStats stats() {
    return loop.stats();
  }
}
