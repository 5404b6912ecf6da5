package dev.sluice.pipelines;

import java.util.Iterator;
import java.util.Objects;

/// The end of a feedback: passes each value on, and what comes of it back to the beginning.
final class FeedbackStep extends Step.Through {

  /// The beginning of a feedback, for what comes from outside.
  static final class Entry extends Step.Through {
    private final Loop loop;
    private boolean completed;

    Entry(Loop loop, Step next) {
      super(NO_STAGE, next);
      this.loop = loop;
    }

    @Override
    void accept(Object value, Lineage lineage) throws InterruptedException {
      loop.entered(1);
      next.accept(value, new LoopLineage(lineage, loop));
    }

    @Override
    void complete() throws Exception {
      super.complete();
      completed = true;
      loop.left();
    }

    @Override
    void release() throws Exception {
      if (!completed) {
        completed = true;
        loop.left();
      }
      super.release();
    }
  }

  private final Loop loop;
  private final Lane back;
  private final ThrowingFunction<Object, Object> more;
  private final Failures failures;

  /// @param back takes to the beginning; only this step puts
  FeedbackStep(
      Loop loop,
      Lane back,
      ThrowingFunction<Object, ? extends Iterable<?>> more,
      Failures failures,
      Step next) {
    super(failures.stage(), next);
    this.loop = loop;
    this.back = back;
    this.more =
        value -> Objects.requireNonNull(more.apply(value), "a feedback returned null").iterator();
    this.failures = failures;
  }

  @Override
  void accept(Object value, Lineage lineage) throws InterruptedException {
    var again = (Iterator<?>) failures.apply(more, value, lineage, tally);
    if (again == null) {
      passed(-1);
      return;
    }
    var outside = LoopLineage.outsideOf(lineage);
    try {
      while (again.hasNext()) {
        giveBack(
            Objects.requireNonNull(again.next(), "a feedback's result contains null"), outside);
      }
    } catch (Stopped e) {
      lineage.settle(Outcome.ABANDONED, tally);
      throw e;
    } catch (Throwable e) {
      failures.settle(value, lineage, e, 1, tally);
      passed(-1);
      return;
    }
    LoopLineage.leave(lineage);
    next.accept(value, outside);
  }

  /// Waiting for room would be waiting for itself, so what finds none fails.
  private void giveBack(Object value, Lineage outside) {
    outside.split(2);
    loop.entered(1);
    var lineage = new LoopLineage(outside, loop);
    if (!back.offer(value, lineage)) {
      failures.settle(
          value,
          lineage,
          new IllegalStateException(
              "more than %d values were fed back and wait to go round again"
                  .formatted(back.capacity())),
          1,
          tally);
    }
  }
}
