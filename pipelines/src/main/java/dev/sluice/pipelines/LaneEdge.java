package dev.sluice.pipelines;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The fast edge: a lane for each worker that hands over. The capacity is shared among them.
@SuppressWarnings("UnnecessaryLambda") // made once, not for each wait
final class LaneEdge extends Edge {
  /// How many values are taken from one lane before the next has its turn.
  private static final int TURN = 16;

  /// How many values are taken before each lane is looked into for what it has not published: one
  /// that is never empty would keep the others' waiting for ever.
  private static final int ROUND = 64;

  private final Run run;
  private final int capacity;
  private final boolean tracked;
  private final boolean firstFirst;
  private final Parker receiver = new Parker();
  private Lane[] lanes = {};
  private @Nullable Lane back;
  private int backCapacity;

  // The receiver's; those that take turns hand it over under a lock of theirs.
  private int at;
  private int left = TURN;
  private int untilLook = ROUND;
  private int looks;
  private @Nullable Lane last;
  private final BooleanSupplier ready = () -> hasItem() || hasEnded();
  private final BooleanSupplier plenty = () -> hasPublished() || hasEnded();

  /// @param tracked whether values bring their lineage
  /// @param firstFirst whether a lane is looked at only when those before it are empty; otherwise
  ///   they take turns
  LaneEdge(Run run, int capacity, boolean tracked, boolean firstFirst) {
    this.run = run;
    this.capacity = capacity;
    this.tracked = tracked;
    this.firstFirst = firstFirst;
  }

  @Override
  Step entry(Tally tally) {
    return new Entry(add(), tally);
  }

  /// A lane of its own for what comes back, with a capacity of its own.
  Lane back(int itsCapacity) {
    back = add();
    backCapacity = itsCapacity;
    return back;
  }

  private Lane add() {
    var lane = new Lane(tracked, receiver);
    lanes = Arrays.copyOf(lanes, lanes.length + 1);
    lanes[lanes.length - 1] = lane;
    return lane;
  }

  @Override
  void open() {
    for (var lane : lanes) {
      if (lane.equals(back)) {
        lane.open(backCapacity, 1); // whoever finds no room there fails, so each place counts
      } else {
        lane.open(Math.max(1, capacity / lanes.length));
      }
    }
  }

  private final class Entry extends Step {
    private final Lane lane;

    Entry(Lane lane, Tally tally) {
      super(tally, NO_STAGE);
      this.lane = lane;
    }

    @Override
    Fate fate() {
      return Fate.HANDED_ON;
    }

    @Override
    void accept(Object value, Lineage lineage) throws InterruptedException {
      if (!lane.offer(value, lineage)) {
        try {
          lane.put(value, lineage, run, tally);
        } catch (InterruptedException | Stopped e) {
          lineage.settle(Outcome.ABANDONED, tally);
          throw e;
        }
      }
    }

    @Override
    void complete() {
      lane.end();
    }

    @Override
    void release() {
      lane.end();
    }
  }

  @Override
  @Nullable Object poll() {
    return poll(false);
  }

  /// @param any whether it may be one that is not published yet
  private @Nullable Object poll(boolean any) {
    if (firstFirst) {
      at = 0;
    }
    for (int i = 0; i < lanes.length; i++) {
      var lane = lanes[at];
      boolean looksInto = any || looks > 0 || (firstFirst && i < lanes.length - 1);
      var value = looksInto ? lane.takeAny() : lane.take();
      if (value != null) {
        last = lane;
        if (--untilLook == 0) {
          untilLook = ROUND;
          looks = lanes.length == 1 ? 0 : lanes.length;
        }
        if (--left == 0) {
          turn();
        }
        return value;
      }
      turn();
    }
    return null;
  }

  private void turn() {
    left = TURN;
    looks = Math.max(0, looks - 1);
    at = at + 1 == lanes.length ? 0 : at + 1;
  }

  @Override
  @Nullable Object take(long deadline, Tally tally) throws InterruptedException {
    var value = poll(false);
    if (value != null) {
      return value;
    }
    if (!hasEnded() && (deadline == Step.NEVER || run.clock().nanoTime() - deadline < 0)) {
      for (var lane : lanes) {
        lane.free();
      }
      receiver.await(run, tally, false, ready, plenty, deadline);
      run.throwIfStopping();
    }
    return poll(true);
  }

  @Override
  void abandon(Tally tally) {
    for (var value = poll(true); value != null; value = poll(true)) {
      lineage().settle(Outcome.ABANDONED, tally);
    }
  }

  @Override
  Lineage lineage() {
    var lineage = last == null ? null : last.lineage();
    return lineage == null ? Untracked.LINEAGE : lineage;
  }

  private boolean hasPublished() {
    for (var lane : lanes) {
      if (lane.hasPublished()) {
        return true;
      }
    }
    return false;
  }

  private boolean hasItem() {
    for (var lane : lanes) {
      if (!lane.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private boolean hasEnded() {
    for (var lane : lanes) {
      if (!lane.isEnded()) {
        return false;
      }
    }
    return true;
  }

  @Override
  boolean isDone() {
    return hasEnded() && !hasItem();
  }

  @Override
  int size() {
    int size = 0;
    for (var lane : lanes) {
      size += lane.size();
    }
    return size;
  }

  @Override
  int capacity() {
    return Math.max(capacity, lanes.length);
  }
}
