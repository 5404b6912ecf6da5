package dev.sluice.kafka;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What has come of the records of a partition, for as long as it is ours: which were polled, which
/// are in somebody's hands, which have been dealt with.
///
/// ```text
///   offset   40  41  45  46  47  48        41 to 45: there may be gaps
///   number    0   1   2   3   4   5
///   done      x   x   .   x   .   x        the mark is 2: 45 is committed, with 46 and 48 as its note
/// ```
///
/// Any thread may use it.
final class PartitionWindow<K, V> {

  /*
   * Invariant: mark <= next <= mark + capacity. Place i & (capacity - 1) of offsets and done tells of number i, for
   * i in [mark, next); all other bits of done are clear, and so is that of the mark. The capacity doubles when there is
   * no room: the loop pauses the partition at its limit.
   */
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition allIn = lock.newCondition();
  private final TopicPartition partition;
  private final Order order;
  private final OffsetSet before;
  private long[] offsets = new long[256];
  private BitSet done = new BitSet(256);
  private long mark;
  private long next;

  /// The offset after the last that was polled.
  private long position;

  private long lastTold;
  private String lastNote = "";
  private long settledSinceTold;

  /// By its key, what waits for the record of the same key that is out; empty if one is out alone.
  private final Map<Object, ArrayDeque<KafkaRecord<K, V>>> lanes = new HashMap<>();

  private final Intake<KafkaRecord<K, V>> intake;
  private int waits;
  private int out;
  private int held;
  private long heldBytes;
  private boolean closed;
  private boolean released;

  /// @param position where it begins; -1 if that is not known yet
  /// @param intake counts what is held, and takes what has waited
  /// @param before what an earlier owner had dealt with beyond the offset that it committed
  PartitionWindow(
      TopicPartition partition,
      long position,
      OffsetSet before,
      Order order,
      Intake<KafkaRecord<K, V>> intake) {
    this.partition = partition;
    this.intake = intake;
    this.position = position;
    this.before = before;
    this.order = order;
    lastTold = position;
  }

  TopicPartition partition() {
    return partition;
  }

  /// A record was polled.
  ///
  /// @return whether it may be handed out now; it may not if it has been dealt with, or has to wait
  ///   for another
  Polled polled(KafkaRecord<K, V> one) {
    lock.lock();
    try {
      makeRoom();
      int place = place(next);
      offsets[place] = one.offset();
      one.number(next++);
      position = one.offset() + 1;
      if (before.contains(one.offset())) {
        done.set(place);
        settledSinceTold++;
        advance();
        return Polled.DONE_BEFORE;
      }
      held++;
      heldBytes += one.weight();
      intake.holds(1, one.weight());
      var lane = order.laneOf(one.raw());
      if (lane == null) {
        return Polled.READY;
      }
      one.lane(lane);
      var waiting = lanes.get(lane);
      if (waiting == null) {
        lanes.put(lane, new ArrayDeque<>(0));
        return Polled.READY;
      }
      waiting.add(one);
      waits++;
      return Polled.WAITS;
    } finally {
      lock.unlock();
    }
  }

  /// Nothing else is between what was polled and `offset`; if nothing was, that is where this
  /// begins.
  ///
  /// @param offset -1 if it is not known
  void passedOver(long offset) {
    lock.lock();
    try {
      if (offset > position) {
        position = offset;
        settledSinceTold++;
      }
    } finally {
      lock.unlock();
    }
  }

  /// What is to be done with a record that was polled.
  enum Polled {
    READY,
    WAITS,
    DONE_BEFORE
  }

  private void makeRoom() {
    int capacity = offsets.length;
    if (next - mark < capacity) {
      return;
    }
    var more = new long[2 * capacity];
    var moreDone = new BitSet(2 * capacity);
    for (long i = mark; i < next; i++) {
      int to = (int) (i & (more.length - 1));
      more[to] = offsets[place(i)];
      moreDone.set(to, done.get(place(i)));
    }
    offsets = more;
    done = moreDone;
  }

  private int place(long number) {
    return (int) (number & (offsets.length - 1));
  }

  private void advance() {
    while (mark < next && done.get(place(mark))) {
      done.clear(place(mark));
      mark++;
    }
  }

  /// A record is handed out.
  ///
  /// @return whether it may be: not if the partition leaves, or has left
  boolean handOut() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      out++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// A record that was handed out comes back. What waited for it is ready then, in the intake,
  /// before [#anyWaits] says that nothing waits.
  ///
  /// @param dealtWith or else it stays open: the mark doesn't pass it
  void settled(KafkaRecord<K, V> one, boolean dealtWith) {
    lock.lock();
    try {
      int place = place(one.number());
      if (one.number() < mark || one.number() >= next || done.get(place)) {
        throw new IllegalStateException("settled twice: " + one);
      }
      out--;
      if (!released) {
        held--;
        heldBytes -= one.weight();
        intake.holds(-1, -one.weight());
      }
      if (dealtWith) {
        done.set(place);
        settledSinceTold++;
        if (one.number() == mark) {
          advance();
        }
      }
      if (out == 0) {
        allIn.signalAll();
      }
      if (dealtWith && !closed) {
        letFollow(one);
      }
    } finally {
      lock.unlock();
    }
  }

  private void letFollow(KafkaRecord<K, V> one) {
    var lane = one.lane();
    if (lane == null) {
      return;
    }
    var waiting = lanes.get(lane);
    var following = waiting == null ? null : waiting.poll();
    if (following == null) {
      lanes.remove(lane);
    } else {
      waits--;
      intake.add(following);
    }
  }

  /// Hands out nothing any more.
  void close() {
    lock.lock();
    try {
      closed = true;
      lanes.clear();
      waits = 0;
    } finally {
      lock.unlock();
    }
  }

  /// The partition is not ours any more: nothing of it counts as held.
  void release() {
    close();
    lock.lock();
    try {
      released = true;
      intake.holds(-held, -heldBytes);
      held = 0;
      heldBytes = 0;
    } finally {
      lock.unlock();
    }
  }

  /// Whether a record waits for another of its lane.
  boolean anyWaits() {
    lock.lock();
    try {
      return waits > 0;
    } finally {
      lock.unlock();
    }
  }

  /// The offset after the last that was polled.
  long position() {
    lock.lock();
    try {
      return position;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until all that is out has come back.
  ///
  /// @param nanos how long at most
  /// @return whether it has
  boolean awaitAllIn(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (out > 0) {
        if (left <= 0) {
          return false;
        }
        left = allIn.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  int out() {
    lock.lock();
    try {
      return out;
    } finally {
      lock.unlock();
    }
  }

  /// Whether it holds as much as the intake has for each of so many partitions.
  boolean holdsShareOf(int partitions) {
    lock.lock();
    try {
      return intake.isShare(held, heldBytes, partitions);
    } finally {
      lock.unlock();
    }
  }

  /// How many records have been polled from the mark on.
  long open() {
    lock.lock();
    try {
      return next - mark;
    } finally {
      lock.unlock();
    }
  }

  long watermark() {
    lock.lock();
    try {
      return mark == next ? position : offsets[place(mark)];
    } finally {
      lock.unlock();
    }
  }

  /// How many were dealt with since [#toCommit] last told.
  long untold() {
    lock.lock();
    try {
      return settledSinceTold;
    } finally {
      lock.unlock();
    }
  }

  /// What to commit: the offset of the mark, with a note of what is done beyond it.
  ///
  /// @return null if that is what was told last
  @Nullable OffsetAndMetadata toCommit() {
    lock.lock();
    try {
      var all = state(List.of());
      settledSinceTold = 0;
      if (all.offset() == lastTold && all.note().equals(lastNote)) {
        return null;
      }
      lastTold = all.offset();
      lastNote = all.note();
      return new OffsetAndMetadata(all.offset(), all.note());
    } finally {
      lock.unlock();
    }
  }

  /// What to commit if `more` were dealt with too. Changes nothing.
  ///
  /// @return null if the note cannot hold all of it
  @Nullable OffsetAndMetadata exactlyWith(List<? extends KafkaRecord<?, ?>> more) {
    lock.lock();
    try {
      var all = state(more);
      return all.complete() ? new OffsetAndMetadata(all.offset(), all.note()) : null;
    } finally {
      lock.unlock();
    }
  }

  /// A commit failed: what it told is to be told again.
  void forgetTold() {
    lock.lock();
    try {
      lastTold = -1;
      settledSinceTold++;
    } finally {
      lock.unlock();
    }
  }

  private record State(long offset, String note, boolean complete) {}

  private State state(List<? extends KafkaRecord<?, ?>> more) {
    if (more.isEmpty() && done.isEmpty()) {
      return new State(mark == next ? position : offsets[place(mark)], "", true);
    }
    var added = new long[more.size()];
    Arrays.setAll(added, i -> more.get(i).number());
    Arrays.sort(added);
    long from = mark;
    while (from < next && isDone(from, added)) {
      from++;
    }
    long offset = from == next ? position : offsets[place(from)];
    var note = new OffsetSet.Note(offset);
    boolean room = true;
    for (long i = from + 1; i < next && room; i++) {
      if (isDone(i, added)) {
        room = note.add(offsets[place(i)]);
      }
    }
    return new State(offset, note.text(), note.isComplete());
  }

  private boolean isDone(long number, long[] added) {
    return done.get(place(number)) || Arrays.binarySearch(added, number) >= 0;
  }
}
