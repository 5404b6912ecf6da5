package dev.sluice.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Polls as a member of a consumer group, or all partitions alone.
///
/// It goes on polling while the workers are busy, with all partitions paused that have no room, so
/// that it is never taken for dead. What has been dealt with is committed now and then, before a
/// partition leaves, and in the end.
final class GroupLoop<K, V> extends Loop<K, V> {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration WHILE_DRAINING = Duration.ofMillis(20);
  private static final Duration WITH_SOME_PAUSED = Duration.ofMillis(5);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration DESCRIBE = Duration.ofMillis(100);
  private static final Duration COMMIT = Duration.ofSeconds(10);
  private static final int MOST_TRIES = 250;
  private static final Duration LAST_COMMIT = Duration.ofSeconds(20);

  private final Consumer<byte[], byte[]> consumer;
  private final KafkaSource<K, V> source;
  private final KafkaSource.Options options;
  private final Intake<KafkaRecord<K, V>> intake;
  private final Set<TopicPartition> all;
  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, PartitionWindow<K, V>> windows = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> committed = new ConcurrentHashMap<>();
  private volatile List<PartitionState> states = List.of();
  private volatile @Nullable ConsumerGroupMetadata membership;
  private final Set<TopicPartition> pausedAlone = new HashSet<>();
  private boolean pausedAll;

  /// Whether nothing more is polled until there is room.
  private volatile boolean wantsRoom;

  /// Whether it waits by itself, and not in a poll.
  private volatile boolean rests;

  /// Assigned, and not looked at yet.
  private final Set<TopicPartition> arrived = new HashSet<>();

  private long lastLook = System.nanoTime();
  private long lastDescribed = System.nanoTime() - DESCRIBE.toNanos();
  private boolean committing;
  private long lastCommit = System.nanoTime();
  private @Nullable RuntimeException commitFailure;

  /// @param all partitions, for a reading without a group
  /// @param ends where to stop; empty for never
  GroupLoop(
      Kafka kafka,
      KafkaSource<K, V> source,
      Consumer<byte[], byte[]> consumer,
      Set<TopicPartition> all,
      Map<TopicPartition, Long> ends) {
    super(kafka, source.place(), source.options().drainTimeout, new Counts());
    options = source.options();
    intake = new Intake<>(options.buffer, options.bufferBytes);
    this.source = source;
    this.consumer = consumer;
    this.all = all;
    this.ends = ends;
  }

  @Override
  Intake<KafkaRecord<K, V>> intake() {
    return intake;
  }

  // On the thread that polls

  @Override
  void loop() throws Exception {
    if (source.group == null) {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      all.forEach(it -> adopt(it, null));
    } else {
      consumer.subscribe(List.of(source.topic), new Rebalancing());
    }
    while (!isClosing()) {
      cycle(POLL);
      if (options.ends && hasReachedEnd()) {
        intake.end();
      }
    }
    // Nothing is handed out any more; what is out is waited for, as a member that is alive.
    windows.values().forEach(PartitionWindow::close);
    while (!isPatienceOver() && windows.values().stream().anyMatch(it -> it.out() > 0)) {
      cycle(WHILE_DRAINING);
    }
  }

  private void cycle(Duration patience) {
    commitIfDue();
    if (commitFailure != null) {
      throw commitFailure;
    }
    wantsRoom = pauseAndResume();
    boolean anyPaused = !consumer.paused().isEmpty();
    sleeps(true);
    ConsumerRecords<byte[], byte[]> records;
    try {
      // With a paused partition that it has records of, the consumer would not wait but spin.
      records = consumer.poll(anyPaused ? Duration.ZERO : patience);
    } catch (WakeupException e) {
      return;
    } finally {
      sleeps(false);
    }
    if (source.group != null) {
      membership = consumer.groupMetadata();
    }
    adoptArrived();
    if (!records.isEmpty()) {
      take(records);
    }
    for (var window : windows.values()) {
      // What is no record (the end of a transaction) is passed over too.
      long end = ends.getOrDefault(window.partition(), Long.MAX_VALUE);
      window.passedOver(Math.min(end, consumerPosition(window.partition())));
    }
    describeIfDue();
    if (anyPaused && records.isEmpty()) {
      rest(wantsRoom ? patience : WITH_SOME_PAUSED);
    }
  }

  /// Waits for the time to poll again, for room if that is wanted, or for the end.
  private void rest(Duration patience) {
    rests = true;
    sleeps(true);
    // Room that was made before is seen here, what is made later wakes it.
    if (!isWanted()) {
      LockSupport.parkNanos(patience.toNanos());
    }
    sleeps(false);
    rests = false;
  }

  private boolean isWanted() {
    return isClosing()
        ? windows.values().stream().allMatch(it -> it.out() == 0)
        : wantsRoom && intake.hasRoom();
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    for (var partition : records.partitions()) {
      var window = windows.get(partition);
      if (window == null) {
        continue; // it left in this very poll
      }
      var owner = new Owning(window);
      var some = records.records(partition);
      var ready = new ArrayList<KafkaRecord<K, V>>(some.size());
      long end = ends.getOrDefault(partition, Long.MAX_VALUE);
      for (ConsumerRecord<byte[], byte[]> raw : some) {
        if (raw.offset() >= end) {
          break;
        }
        var one = new KafkaRecord<>(raw, source.codecs, owner);
        counts.polled.incrementAndGet();
        var what = window.polled(one);
        if (what == PartitionWindow.Polled.DONE_BEFORE) {
          counts.doneBefore.incrementAndGet();
          continue;
        }
        if (what == PartitionWindow.Polled.READY) {
          ready.add(one);
        }
      }
      intake.addAll(ready);
    }
  }

  /// @return whether all are paused
  private boolean pauseAndResume() {
    var mine = consumer.assignment();
    pausedAll = pausedAll ? !intake.hasRoom() : intake.isFull();
    var pause = new ArrayList<TopicPartition>();
    var resume = new ArrayList<TopicPartition>();
    var paused = consumer.paused();
    pausedAlone.retainAll(mine);
    boolean crowded = !intake.hasRoom();
    for (var partition : mine) {
      var window = windows.get(partition);
      boolean hasShare = false;
      if (window != null) {
        long open = window.open();
        if (open >= options.window) {
          pausedAlone.add(partition);
        } else if (open <= options.window / 2) {
          pausedAlone.remove(partition);
        }
        // A poll gives what was fetched of one partition before it goes on to the next: were that
        // to take all the room there is, only its keys could be worked on.
        hasShare = crowded && window.holdsShareOf(mine.size());
      }
      boolean past =
          ends.containsKey(partition)
              && window != null
              && consumerPosition(partition) >= ends.get(partition);
      boolean must =
          pausedAll || isClosing() || past || hasShare || pausedAlone.contains(partition);
      if (must && !paused.contains(partition)) {
        pause.add(partition);
      } else if (!must && paused.contains(partition)) {
        resume.add(partition);
      }
    }
    if (!pause.isEmpty()) {
      consumer.pause(pause);
    }
    if (!resume.isEmpty()) {
      consumer.resume(resume);
    }
    return pausedAll;
  }

  /// Where the next poll reads; -1 if that is not known yet. Doesn't wait for it: other partitions
  /// need the thread.
  private long consumerPosition(TopicPartition partition) {
    try {
      return undisturbed(() -> consumer.position(partition, Duration.ZERO));
    } catch (TimeoutException e) {
      return -1;
    }
  }

  /// Whether the topic has been read to where it ended when this began: by this reading, or by
  /// others of the group, as far as they have committed.
  private boolean hasReachedEnd() {
    if (!arrived.isEmpty()) {
      return false;
    }
    var elsewhere = new HashSet<TopicPartition>();
    for (var end : ends.entrySet()) {
      var window = windows.get(end.getKey());
      if (window == null) {
        elsewhere.add(end.getKey());
      } else if (consumerPosition(end.getKey()) < end.getValue() || window.anyWaits()) {
        return false;
      }
    }
    if (elsewhere.isEmpty()) {
      return true;
    }
    if (System.nanoTime() - lastLook < LOOK.toNanos()) {
      return false;
    }
    lastLook = System.nanoTime();
    var found = undisturbed(() -> consumer.committed(elsewhere));
    for (var partition : elsewhere) {
      var its = found.get(partition);
      if (its == null || its.offset() < ends.getOrDefault(partition, 0L)) {
        return false;
      }
    }
    return true;
  }

  /// Not at each poll: the lag of a partition is a question to another thread.
  private void describeIfDue() {
    if (System.nanoTime() - lastDescribed < DESCRIBE.toNanos()) {
      return;
    }
    lastDescribed = System.nanoTime();
    var now = new ArrayList<PartitionState>();
    for (var window : windows.values()) {
      var partition = window.partition();
      if (!consumer.assignment().contains(partition)) {
        continue;
      }
      var watermark = window.watermark();
      long position = window.position();
      var behind = consumer.currentLag(partition);
      now.add(
          new PartitionState(
              partition.topic(),
              partition.partition(),
              position,
              watermark,
              committed.getOrDefault(partition, -1L),
              window.open(),
              behind.isPresent() ? behind.getAsLong() + position - watermark : -1));
    }
    states = List.copyOf(now);
  }

  private void commitIfDue() {
    if (!source.commits()) {
      return;
    }
    long untold = 0;
    for (var window : windows.values()) {
      untold += window.untold();
    }
    if (untold >= options.mostUncommitted) {
      commit(windows.values(), COMMIT);
    } else if (untold > 0
        && !committing
        && System.nanoTime() - lastCommit >= options.commitInterval.toNanos()) {
      commitSoon();
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<PartitionWindow<K, V>> of) {
    var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (var window : of) {
      var its = window.toCommit();
      if (its != null) {
        offsets.put(window.partition(), its);
      }
    }
    return offsets;
  }

  private void commitSoon() {
    lastCommit = System.nanoTime();
    var offsets = toCommit(windows.values());
    if (offsets.isEmpty()) {
      return;
    }
    committing = true;
    consumer.commitAsync(
        offsets,
        (told, e) -> {
          committing = false;
          if (e == null) {
            committed(told);
          } else {
            notCommitted(told.keySet(), e);
          }
        });
  }

  private void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    counts.commits.incrementAndGet();
    offsets.forEach((partition, its) -> committed.put(partition, its.offset()));
  }

  private void notCommitted(Set<TopicPartition> partitions, Exception e) {
    counts.commitsFailed.incrementAndGet();
    for (var partition : partitions) {
      var window = windows.get(partition);
      if (window != null) {
        window.forgetTold();
      }
    }
    // A rebalance that is under way, or about to be, tells what is still ours.
    boolean passes =
        e instanceof RetriableException
            || e instanceof RebalanceInProgressException
            || e instanceof CommitFailedException
            || e instanceof StaleMemberEpochException
            || e instanceof UnknownMemberIdException;
    if (!passes) {
      commitFailure =
          e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
  }

  /// Commits, and waits for it.
  ///
  /// @return why it failed; null if it did not
  private @Nullable RuntimeException commit(
      Collection<PartitionWindow<K, V>> of, Duration patience) {
    if (!source.commits()) {
      return null;
    }
    lastCommit = System.nanoTime();
    if (committing) {
      of.forEach(PartitionWindow::forgetTold); // what is under way may yet fail
    }
    var offsets = toCommit(of);
    if (offsets.isEmpty()) {
      return null;
    }
    try {
      undisturbed(() -> {
        consumer.commitSync(offsets, patience);
        return true;
      });
      committed(offsets);
      return null;
    } catch (RuntimeException e) {
      notCommitted(offsets.keySet(), e);
      return e;
    }
  }

  /// Begins with what has arrived, where an earlier owner has left it.
  private void adoptArrived() {
    if (arrived.isEmpty()) {
      return;
    }
    var found = committedOf(arrived);
    for (var partition : arrived) {
      adopt(partition, found.get(partition));
    }
    arrived.clear();
  }

  /// What is read in this poll waits for it, so a cluster that is away for a while is waited for.
  private Map<TopicPartition, OffsetAndMetadata> committedOf(Set<TopicPartition> partitions) {
    while (true) {
      try {
        return undisturbed(() -> consumer.committed(partitions, COMMIT));
      } catch (TimeoutException e) {
        if (isClosing()) {
          throw e;
        }
      }
    }
  }

  private void adopt(TopicPartition partition, @Nullable OffsetAndMetadata left) {
    var done = left == null ? OffsetSet.NONE : OffsetSet.read(left.offset(), left.metadata());
    long position = left == null ? -1 : left.offset();
    windows.put(partition, new PartitionWindow<>(partition, position, done, options.order, intake));
    if (left != null) {
      committed.put(partition, left.offset());
    }
  }

  private void release(Collection<TopicPartition> partitions) {
    for (var partition : partitions) {
      arrived.remove(partition);
      var window = windows.remove(partition);
      committed.remove(partition);
      if (window != null) {
        window.release();
      }
    }
  }

  /// Partitions come and go: those that go are drained first.
  private final class Rebalancing implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      arrived.addAll(partitions); // looked at when the poll has returned: here it must not wait
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      var leaving = new ArrayList<PartitionWindow<K, V>>();
      for (var partition : partitions) {
        var window = windows.get(partition);
        if (window != null) {
          window.close();
          leaving.add(window);
        }
      }
      long deadline = System.nanoTime() + options.revokeTimeout.toNanos();
      for (var window : leaving) {
        try {
          if (!window.awaitAllIn(deadline - System.nanoTime())) {
            counts.lost.incrementAndGet();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      commit(leaving, COMMIT);
      counts.revoked.addAndGet(leaving.size());
      release(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      for (var partition : partitions) {
        var window = windows.get(partition);
        if (window != null && window.out() > 0) {
          counts.lost.incrementAndGet();
        }
      }
      release(partitions);
    }
  }

  @Override
  void leave() {
    try {
      var failure = commit(windows.values(), LAST_COMMIT);
      for (int i = 0; i < MOST_TRIES && failure instanceof RebalanceInProgressException; i++) {
        undisturbed(() -> consumer.poll(WHILE_DRAINING)); // what it brings is not ours to work on
        failure = commit(windows.values(), LAST_COMMIT);
      }
      if (failure != null) {
        throw failure; // also one that would pass: there is no next time
      }
      if (commitFailure != null) {
        throw commitFailure;
      }
    } finally {
      windows.values().forEach(PartitionWindow::close);
      windows.clear();
      states = List.of();
      consumer.close(CloseOptions.timeout(COMMIT));
    }
  }

  // On any thread

  @Override
  void wake() {
    if (rests) {
      LockSupport.unpark(thread());
    } else {
      consumer.wakeup();
    }
  }

  /// By which a record finds its window, which a later one of the same partition does not take the
  /// place of.
  final class Owning implements KafkaRecord.Owner<K, V> {
    private final PartitionWindow<K, V> window;

    Owning(PartitionWindow<K, V> window) {
      this.window = window;
    }

    @Override
    public PartitionWindow<K, V> window() {
      return window;
    }

    GroupLoop<K, V> loop() {
      return GroupLoop.this;
    }
  }

  @Override
  boolean handOut(KafkaRecord<K, V> one) {
    var window = one.owner().window();
    if (window == null || !window.handOut()) {
      return false; // its partition has left, with all that was held of it
    }
    counts.handedOut.incrementAndGet();
    return true;
  }

  @Override
  void settle(KafkaRecord<K, V> one, boolean dealtWith) {
    var window = one.owner().window();
    if (window == null) {
      throw new IllegalStateException(one + " came from elsewhere");
    }
    window.settled(one, dealtWith);
    if (isClosing() ? window.out() == 0 : wantsRoom && intake.hasRoom()) {
      wakeIfAsleep();
    }
  }

  @Override
  List<PartitionState> partitions() {
    return states;
  }

  /// A transaction has committed these.
  void committedElsewhere(Map<TopicPartition, OffsetAndMetadata> offsets) {
    counts.commits.incrementAndGet();
    offsets.forEach((partition, its) -> committed.put(partition, its.offset()));
  }

  @Nullable ConsumerGroupMetadata membership() {
    return membership;
  }
}
