package dev.sluice.pipelines;

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
}
