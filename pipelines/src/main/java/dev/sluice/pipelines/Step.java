package dev.sluice.pipelines;

import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Sender;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// A piece of a worker's work: does its part with a value and hands it to the next one. Belongs to
/// one worker, and is called by its thread alone.
///
/// The life of a step: any number of [#accept], then [#complete] if the input ended, and in any
/// case [#release].
abstract class Step {

  /// Which stage the worker is at, for whoever asks why it does not end. Shared by the steps of one
  /// worker, which alone writes it.
  final AtomicReference<String> at;

  Step(AtomicReference<String> at) {
    this.at = at;
  }

  /// Takes `value` over, and sees to it that its lineage is settled whatever happens.
  ///
  /// @throws Stopped if the run is being stopped; the lineage is settled all the same
  abstract void accept(Object value, Lineage lineage);

  /// The input has ended: nothing more will come. Passes it on.
  abstract void complete() throws Exception;

  /// The worker is leaving, with its work done or not. Passes it on.
  abstract void release() throws Exception;

  /// Thrown through the steps to end a worker whose run is being stopped. Carries nothing: why, the
  /// run knows.
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super(null, null, false, false);
    }
  }

  /// A step with one after it.
  abstract static class Through extends Step {
    final Step next;

    Through(Step next) {
      super(next.at);
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
  }

  /// Applies a function.
  static final class MapStep extends Through {
    private final ThrowingFunction<Object, Object> function;
    private final Failures failures;

    MapStep(ThrowingFunction<Object, Object> function, Failures failures, Step next) {
      super(next);
      this.function = function;
      this.failures = failures;
    }

    @Override
    void accept(Object value, Lineage lineage) {
      Object result;
      at.setRelease(failures.stage());
      try {
        result = failures.notNull(function.apply(value));
      } catch (Throwable e) {
        failures.handle(value, lineage, e);
        return;
      }
      next.accept(result, lineage);
    }
  }

  /// Lets pass what fulfils a condition.
  static final class FilterStep extends Through {
    private final ThrowingPredicate<Object> condition;
    private final Failures failures;

    FilterStep(ThrowingPredicate<Object> condition, Failures failures, Step next) {
      super(next);
      this.condition = condition;
      this.failures = failures;
    }

    @Override
    void accept(Object value, Lineage lineage) {
      boolean passes;
      at.setRelease(failures.stage());
      try {
        passes = condition.test(value);
      } catch (Throwable e) {
        failures.handle(value, lineage, e);
        return;
      }
      if (passes) {
        next.accept(value, lineage);
      } else {
        lineage.settle(Outcome.FILTERED);
      }
    }
  }

  /// Writes to a sink: the last step of a branch.
  static final class SinkStep extends Step {
    private final Sink<Object> sink;
    private final Failures failures;

    SinkStep(Sink<Object> sink, Failures failures) {
      super(new AtomicReference<>(failures.stage()));
      this.sink = sink;
      this.failures = failures;
    }

    @Override
    void accept(Object value, Lineage lineage) {
      at.setRelease(failures.stage());
      try {
        sink.write(value);
      } catch (Throwable e) {
        failures.handle(value, lineage, e);
        return;
      }
      lineage.settle(Outcome.OUT);
    }

    @Override
    void complete() {
      // What there is to do at the end is done in release, which always follows.
    }

    @Override
    void release() throws Exception {
      sink.finish();
    }
  }

  /// Hands over to the next worker.
  static final class EdgeStep extends Step {
    private final Sender<Item> sender;

    EdgeStep(Sender<Item> sender) {
      super(new AtomicReference<>());
      this.sender = sender;
    }

    @Override
    void accept(Object value, Lineage lineage) {
      try {
        sender.send(new Item(value, lineage));
      } catch (ClosedException e) {
        lineage.settle(Outcome.ABANDONED);
        throw new Stopped();
      } catch (InterruptedException e) {
        lineage.settle(Outcome.ABANDONED);
        Thread.currentThread().interrupt();
        throw new Stopped();
      }
    }

    @Override
    void complete() {
      sender.close();
    }

    @Override
    void release() {
      sender.close();
    }
  }

  /// Hands the same value to several branches.
  static final class BroadcastStep extends Step {
    private final List<Step> branches;

    BroadcastStep(List<Step> branches) {
      super(new AtomicReference<>());
      this.branches = branches;
    }

    @Override
    void accept(Object value, Lineage lineage) {
      lineage.split(branches.size());
      int taken = 0;
      try {
        for (var branch : branches) {
          taken++; // a branch that throws has settled its part
          branch.accept(value, lineage);
        }
      } finally {
        for (; taken < branches.size(); taken++) {
          lineage.settle(Outcome.ABANDONED);
        }
      }
    }

    @Override
    void complete() throws Exception {
      for (var branch : branches) {
        branch.complete();
      }
    }

    @Override
    void release() throws Exception {
      for (var branch : branches) {
        branch.release();
      }
    }
  }
}
