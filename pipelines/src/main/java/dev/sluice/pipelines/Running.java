package dev.sluice.pipelines;

import java.time.Duration;
import java.util.concurrent.ExecutionException;

/// A pipeline at work: the handle to watch and to end it. Any thread may use it, except the
/// pipeline's own, which would wait for themselves and get an `IllegalStateException`.
public interface Running extends AutoCloseable {

  /// Waits until the run has ended by itself, or was ended by another thread.
  ///
  /// @return the final report
  /// @throws Exception the same exception instance that stopped the run, if one did
  Report await() throws Exception;

  /// Ends the run in order: no source is asked for more, what was taken from them goes all the way,
  /// buffers are flushed, sinks finish. Past `patience` the rest is aborted, and the report names
  /// what had not ended.
  ///
  /// @return the final report
  /// @throws Exception what stopped the run, if something failed before or meanwhile
  Report drain(Duration patience) throws Exception;

  /// Ends the run at once: interrupts what is at work, abandons what is on the way, and waits a few
  /// seconds for the workers to end. Does not throw what stopped the run; [#await] does.
  ///
  /// @return the final report
  Report abort() throws InterruptedException;

  /// The account as it stands.
  Account account();

  /// Whether the run has ended.
  boolean isDone();

  /// Drains, with a patience of 30 seconds. If interrupted meanwhile it aborts, and sets the
  /// interrupt flag again.
  ///
  /// @throws ExecutionException with what stopped the run as its cause, if something failed
  @Override
  void close() throws ExecutionException;
}
