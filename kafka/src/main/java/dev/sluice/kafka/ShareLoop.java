package dev.sluice.kafka;

import dev.sluice.pipelines.Outcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// Polls as a member of a share group.
///
/// A consumer of a share group may poll only when it has said something of every record that it
/// has, and while it renews the lock of one it is given nothing new. So a round begins when all
/// have been settled, or when a third of the time of the locks is over: what has been settled is
/// accepted or released, of the rest the locks are renewed, and it polls. When a reader waits for
/// more and every member is held up by what is still out, another one joins.
final class ShareLoop<K, V> extends Loop<K, V> {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration WITH_RENEWED = Duration.ofMillis(50);
  private static final Duration JOINING = Duration.ofSeconds(10);
  private static final int ALONE_FROM = 3;
  private static final int MOST_ROUNDS_AT_END = 20;

  /// How long a reader waits before another member joins.
  private static final long BEFORE_HELP = 20_000_000;

  private final ShareConsumer<byte[], byte[]> consumer;
  private final ShareSource<K, V> source;
  private final @Nullable DeadLetters deadLetters;

  private final Kafka kafka;
  private final Intake<KafkaRecord<K, V>> intake;

  /// The first member, which the reader has to do with.
  private final ShareLoop<K, V> first;

  /// For the first: all members, and what they do together.
  private final List<ShareLoop<K, V>> members = new CopyOnWriteArrayList<>();

  private final AtomicInteger openOfAll = new AtomicInteger();
  private volatile long lastCame = System.nanoTime();
  private volatile boolean anyCame;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// What it has locks of, by place. Used by the thread that polls alone.
  private final Map<Place, Entry> entries = new LinkedHashMap<>();

  /// What is handed out one by one.
  private final ArrayDeque<Entry> alone = new ArrayDeque<>();

  /// How many of the entries are not settled. Under lock.
  private int open;

  /// Whether there are such.
  private volatile boolean holds;

  /// How many of these may be handed out, or are. Under lock.
  private int atWork;

  private long lastRound = System.nanoTime();

  private record Place(TopicPartition partition, long offset) {}

  private enum State {
    READY,
    OUT,
    DONE,
    BACK,
    LOST
  }

  /// A record, and what is known of it.
  private final class Entry implements KafkaRecord.Owner<K, V> {
    final AtomicReference<State> state = new AtomicReference<>(State.READY);

    /// As it was polled last: only that can be acknowledged.
    private ConsumerRecord<byte[], byte[]> latest;

    /// Whether it was polled and nothing was said of it since.
    private boolean inHand = true;

    private final KafkaRecord<K, V> shown;

    Entry(ConsumerRecord<byte[], byte[]> raw) {
      latest = raw;
      shown = new KafkaRecord<>(raw, source.codecs, this);
    }

    @Override
    public @Nullable PartitionWindow<K, V> window() {
      return null;
    }

    ShareLoop<K, V> loop() {
      return ShareLoop.this;
    }
  }

  ShareLoop(Kafka kafka, ShareSource<K, V> source) {
    this(kafka, source, null);
  }

  private ShareLoop(Kafka kafka, ShareSource<K, V> source, @Nullable ShareLoop<K, V> first) {
    super(
        kafka,
        source.place(),
        source.options().drainTimeout,
        first == null ? new Counts() : first.counts);
    this.kafka = kafka;
    this.source = source;
    this.first = first == null ? this : first;
    consumer = source.consumer();
    intake =
        first == null
            ? new Intake<>(Integer.MAX_VALUE, Long.MAX_VALUE, this::readerWaits)
            : first.intake;
    var dead = source.options().deadLetters;
    deadLetters = dead == null ? null : new DeadLetters(kafka, dead);
    this.first.members.add(this);
  }

  @Override
  Intake<KafkaRecord<K, V>> intake() {
    return intake;
  }

  private void readerWaits() {
    members.forEach(ShareLoop::signal);
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// For the first, on the thread of any: has another member join if none is free.
  private void help() {
    ShareLoop<K, V> another = null;
    lock.lock();
    try {
      if (!isClosing()
          && members.size() < source.options().members
          && members.stream().allMatch(it -> it.holds)) {
        another = new ShareLoop<>(kafka, source, this);
      }
    } finally {
      lock.unlock();
    }
    if (another != null) {
      another.start(() -> {});
      if (isClosing()) { // since we looked: whoever closes may have passed it by
        another.close();
      }
    }
  }

  @Override
  void loop() throws Exception {
    consumer.setAcknowledgementCommitCallback(this::acknowledged);
    consumer.subscribe(List.of(source.topic));
    while (!isClosing()) {
      awaitRound(false);
      round();
      var idle = source.options().idle;
      if (idle != null
          && first.openOfAll.get() == 0
          && System.nanoTime() - first.lastCame > first.patience(idle)) {
        intake.end();
      }
    }
    giveBackReady();
    while (!isPatienceOver() && anyOut()) {
      awaitRound(true);
      round();
      giveBackReady();
    }
    // What was settled while its lock was renewed can be accepted when it has come back.
    for (int i = 0; i < MOST_ROUNDS_AT_END && anyDoneElsewhere(); i++) {
      round();
      giveBackReady();
    }
  }

  /// How long nothing may come. Until something has, the group may only not have taken this in yet.
  private long patience(Duration idle) {
    return (anyCame || idle.compareTo(JOINING) > 0 ? idle : JOINING).toNanos();
  }

  private boolean anyOut() {
    return entries.values().stream().anyMatch(it -> it.state.get() == State.OUT);
  }

  private boolean anyDoneElsewhere() {
    return entries.values().stream().anyMatch(it -> it.state.get() == State.DONE && !it.inHand);
  }

  private void giveBackReady() {
    for (var entry : entries.values()) {
      entry.state.compareAndSet(State.READY, State.BACK);
    }
  }

  /// Waits until there is a reason to poll.
  private void awaitRound(boolean draining) throws InterruptedException {
    long third = consumer.acquisitionLockTimeoutMs().orElse(15_000) / 3 * 1_000_000L;
    lock.lockInterruptibly();
    try {
      boolean helped = false;
      while (open > 0 && isClosing() == draining && (!draining || anyOut())) {
        long now = System.nanoTime();
        long left = atWork == 0 && !draining ? 0 : lastRound + third - now;
        if (left <= 0) {
          return;
        }
        if (helped || draining || !intake.isWanted()) {
          changed.awaitNanos(left);
        } else if (changed.awaitNanos(Math.min(left, BEFORE_HELP)) <= 0 && intake.isWanted()) {
          helped = true;
          lock.unlock();
          try {
            first.help();
          } finally {
            lock.lock();
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void round() throws Exception {
    boolean renewed = acknowledgeAll();
    if (renewed) {
      undisturbed(() -> consumer.commitSync(Duration.ofSeconds(10)));
    }
    sleeps(!renewed);
    if (isClosing() && !renewed) {
      sleeps(false);
      return;
    }
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = consumer.poll(renewed ? WITH_RENEWED : POLL);
    } catch (WakeupException e) {
      records = ConsumerRecords.empty();
    } finally {
      sleeps(false);
    }
    lastRound = System.nanoTime();
    take(records);
    handOutAlone();
  }

  /// @return whether locks are renewed
  private boolean acknowledgeAll() {
    boolean renewed = false;
    for (var all = entries.values().iterator(); all.hasNext(); ) {
      var entry = all.next();
      var state = entry.state.get();
      if (state == State.LOST) {
        all.remove();
      } else if (entry.inHand) {
        var type = typeOf(state);
        if (!acknowledge(entry, type) || type != AcknowledgeType.RENEW) {
          all.remove();
          if (state == State.BACK) {
            givenBack();
          }
        } else {
          entry.inHand = false;
          renewed = true;
        }
      } else {
        renewed = true; // its renewal is still to come back
      }
    }
    return renewed;
  }

  private void givenBack() {
    lock.lock();
    try {
      opens(-1);
      atWork = Math.max(0, atWork - 1);
    } finally {
      lock.unlock();
    }
  }

  private static AcknowledgeType typeOf(State state) {
    return switch (state) {
      case DONE -> AcknowledgeType.ACCEPT;
      case BACK, LOST -> AcknowledgeType.RELEASE;
      case READY, OUT -> AcknowledgeType.RENEW;
    };
  }

  /// @return whether it is still ours
  private boolean acknowledge(Entry entry, AcknowledgeType type) {
    try {
      consumer.acknowledge(entry.latest, type);
      return true;
    } catch (IllegalStateException e) {
      counts.lost.incrementAndGet(); // the consumer has given it up, with its connection
      lose(entry);
      return false;
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> records) throws Exception {
    var ready = new ArrayList<KafkaRecord<K, V>>();
    int added = 0;
    int done = 0;
    for (var raw : records) {
      var place = new Place(new TopicPartition(raw.topic(), raw.partition()), raw.offset());
      var known = entries.get(place);
      if (known != null && known.state.get() != State.LOST) {
        known.latest = raw;
        known.inHand = true;
        continue;
      }
      counts.polled.incrementAndGet();
      var entry = new Entry(raw);
      entries.put(place, entry);
      added++;
      int deliveries = entry.shown.deliveryCount();
      if (deliveries > source.options().deliveries) {
        bury(entry);
        done++;
      } else if (deliveries >= ALONE_FROM) {
        // Forwards, and the next time backwards: what is before a record that ends its process is
        // settled first, and then what is behind it.
        if (deliveries % 2 == 1) {
          alone.addLast(entry);
        } else {
          alone.addFirst(entry);
        }
      } else {
        ready.add(entry.shown);
      }
    }
    if (added > 0) {
      first.lastCame = System.nanoTime();
      first.anyCame = true;
      lock.lock();
      try {
        opens(added - done);
        atWork += ready.size();
      } finally {
        lock.unlock();
      }
      intake.addAll(ready);
    }
  }

  private void bury(Entry entry) throws Exception {
    var one = entry.shown;
    if (deadLetters == null) {
      throw new TopicException(
          "%s was handed out %d times without being settled; see what it does to a worker, or name a topic for such records with deadLetters"
              .formatted(one, one.deliveryCount() - 1),
          null);
    }
    deadLetters.bury(one, "delivery", null, one.deliveryCount() - 1);
    counts.buried.incrementAndGet();
    entry.state.set(State.DONE);
  }

  private void handOutAlone() {
    lock.lock();
    try {
      if (alone.isEmpty() || atWork > 0 || isClosing()) {
        return;
      }
      atWork++;
    } finally {
      lock.unlock();
    }
    intake.add(alone.remove().shown);
  }

  /// Under lock.
  private void opens(int more) {
    open += more;
    holds = open > 0;
    first.openOfAll.addAndGet(more);
  }

  /// What the cluster said of acknowledgements. On the thread that polls.
  private void acknowledged(Map<TopicIdPartition, Set<Long>> offsets, @Nullable Exception e) {
    if (e == null) {
      counts.commits.incrementAndGet();
      return;
    }
    counts.commitsFailed.incrementAndGet();
    offsets.forEach((partition, its) -> {
      for (long offset : its) {
        var entry = entries.get(new Place(partition.topicPartition(), offset));
        counts.lost.incrementAndGet();
        if (entry != null) {
          lose(entry);
        }
      }
    });
  }

  /// Its lock has ended: another has it, or will.
  private void lose(Entry entry) {
    var was = entry.state.getAndSet(State.LOST);
    if (was != State.DONE && was != State.LOST) {
      lock.lock();
      try {
        opens(-1);
        atWork = Math.max(0, atWork - (alone.remove(entry) ? 0 : 1));
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  void leave() {
    try {
      // The rest is released by leaving. Released before, it could be handed to this very member
      // once more, by a fetch that is still under way, and would be counted.
      for (var entry : entries.values()) {
        if (entry.state.get() == State.DONE && entry.inHand) {
          acknowledge(entry, AcknowledgeType.ACCEPT);
        }
      }
      entries.clear();
      undisturbed(() -> consumer.commitSync(Duration.ofSeconds(20)));
    } finally {
      consumer.close(Duration.ofSeconds(10));
    }
  }

  // On any thread

  @Override
  void wake() {
    consumer.wakeup();
  }

  @Override
  void close() {
    super.close();
    signal();
    for (var member : members) {
      if (member != this) {
        member.close();
      }
    }
  }

  @Override
  void await() throws InterruptedException {
    super.await();
    for (int i = 0; i < members.size(); i++) { // one may yet join while another ends
      if (members.get(i) != this) {
        members.get(i).await();
      }
    }
  }

  @Override
  void hasEnded() {
    if (first == this) {
      super.hasEnded();
    } else {
      first.hasEnded();
    }
  }

  @Override
  boolean isDone() {
    return super.isDone() && members.stream().allMatch(it -> it == this || it.isDone());
  }

  @Override
  void throwIfUncommitted() throws TopicException {
    super.throwIfUncommitted();
    for (var member : members) {
      if (member != this) {
        member.throwIfUncommitted();
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // its own records
  void settled(KafkaRecord<K, V> one, Outcome outcome) {
    var loop = ((Entry) one.owner()).loop();
    if (loop == this) {
      super.settled(one, outcome);
    } else {
      loop.settled(one, outcome);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // its own records
  boolean handOut(KafkaRecord<K, V> one) {
    boolean mine = ((Entry) one.owner()).state.compareAndSet(State.READY, State.OUT);
    if (mine) {
      counts.handedOut.incrementAndGet();
    }
    return mine;
  }

  @Override
  @SuppressWarnings("unchecked") // its own records
  void settle(KafkaRecord<K, V> one, boolean dealtWith) {
    var entry = (Entry) one.owner();
    if (!entry.state.compareAndSet(State.OUT, dealtWith ? State.DONE : State.BACK)) {
      if (entry.state.get() == State.LOST) {
        return;
      }
      throw new IllegalStateException("settled twice: " + one);
    }
    lock.lock();
    try {
      if (dealtWith) {
        opens(-1); // what was abandoned is told when this leaves, or in a while
        atWork--;
      }
      if (open == 0 || atWork == 0 || !dealtWith) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  List<PartitionState> partitions() {
    return List.of();
  }
}
