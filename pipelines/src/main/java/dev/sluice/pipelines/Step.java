package dev.sluice.pipelines;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A piece of a worker's work: does its part with a value and hands it to the next one. Belongs to
/// one worker, and is called by its thread alone.
///
/// The life of a step: any number of [#accept], then [#complete] if the input ended, and in any
/// case [#release].
abstract class Step {

  /// The deadline of a step that waits for none.
  static final long NEVER = Long.MAX_VALUE;

  /// The stage of a step that is none of the description's.
  static final int NO_STAGE = -1;

  private static final VarHandle EXTRA;

  static {
    try {
      EXTRA = MethodHandles.lookup().findVarHandle(Step.class, "extra", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// What the worker counts, and where it is: shared by its steps.
  final Tally tally;

  /// The number of its stage, or [#NO_STAGE].
  final int stage;

  /// How many values more than it took it has passed on; negative if fewer. Written by the worker,
  /// read by any thread.
  private long extra;

  Step(Tally tally, int stage) {
    this.tally = tally;
    this.stage = stage;
  }

  /// Takes `value` over, and sees to it that its lineage is settled whatever happens.
  ///
  /// @throws Stopped if the run is being stopped; the lineage is settled all the same
  /// @throws InterruptedException if interrupted while waiting for room; likewise
  abstract void accept(Object value, Lineage lineage) throws InterruptedException;

  /// What becomes of a value that it takes.
  enum Fate {

    /// By the time that [#accept] returns it is written, or has ended otherwise.
    WRITTEN,

    /// By then another worker has it, or it has ended otherwise.
    HANDED_ON,

    /// It may be held back, split or gathered: its lineage tells.
    LATER
  }

  /// What becomes of each value that it takes, where lineages need not be known.
  Fate fate() {
    return Fate.LATER;
  }

  /// The input has ended: nothing more will come. Passes it on.
  abstract void complete() throws Exception;

  /// The worker is leaving, with its work done or not. Passes it on, whatever it throws itself.
  abstract void release() throws Exception;

  /// Until when it can wait for the next value before it must be called by [#tick], in nanoseconds
  /// of the run's clock. Asked of the first step of a worker only.
  long deadline() {
    return NEVER;
  }

  /// The deadline has come.
  void tick() throws InterruptedException {}

  /// The step that it hands to; null if that is another worker's, or there is none.
  @Nullable Step next() {
    return null;
  }

  /// Notes that for the last value taken so many more were passed on than one.
  final void passed(long more) {
    EXTRA.setRelease(this, extra + more);
  }

  /// How many values it passed on beyond those it took.
  final long extra() {
    return (long) EXTRA.getAcquire(this);
  }

  /// A step with one after it.
  abstract static class Through extends Step {
    final Step next;

    Through(int stage, Step next) {
      super(next.tally, stage);
      this.next = next;
    }

    @Override
    void complete() throws Exception {
      next.complete();
    }

    @Override
    void release() throws Exception {
      next.release();
    }

    @Override
    final Step next() {
      return next;
    }
  }
}
