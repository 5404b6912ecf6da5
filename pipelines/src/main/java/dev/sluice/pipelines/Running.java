package dev.sluice.pipelines;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// A pipeline at work: the handle to watch, to steer and to end it. Any thread may use it, except
/// the pipeline's own, which would wait for themselves and get an `IllegalStateException`.
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

  /// Asks the sources for no more until [#resume]. What they have delivered goes on.
  void pause();

  /// Goes on asking the sources.
  void resume();

  /// Whether it is paused now.
  boolean isPaused();

  /// What [Pipeline#named] says.
  String name();

  /// Which stages items go between: the shape of the pipeline, for those who draw it. The same for
  /// the whole run; its stages are those of [#metrics].
  List<Link> links();

  /// The account as it stands.
  Account account();

  /// What each stage does and has done, as it stands.
  Metrics metrics();

  /// In words: what the run does, what limits it, and what would help.
  String explain();

  /// The stage of that name.
  ///
  /// @throws IllegalArgumentException if there is none; the message lists those that there are
  Stage stage(String name);

  /// Whether the run has ended.
  boolean isDone();

  /// Drains, with a patience of 30 seconds. If interrupted meanwhile it aborts, and sets the
  /// interrupt flag again.
  ///
  /// @throws ExecutionException with what stopped the run as its cause, if something failed
  @Override
  void close() throws ExecutionException;

  /// A stage at work. Any thread may change it.
  interface Stage {

    /// Its name: what [Pipe#named] says, or else what it is, with a number if there are several.
    String name();

    /// How many workers it is to have.
    int concurrency();

    /// Changes how many workers it has. Those that are too many finish the items in hand.
    ///
    /// @param workers at least 1, at most [Parallel#most]
    /// @throws IllegalStateException if it is not parallel
    void concurrency(int workers);

    /// How many workers it may have: [Parallel#most], or 1 if it is not parallel.
    int most();

    /// What it lets pass.
    ///
    /// @throws IllegalStateException if it is not a throttle
    Rate rate();

    /// Changes what it lets pass, from now on: also for an item that waits already.
    ///
    /// @throws IllegalStateException if it is not a throttle
    void rate(Rate rate);

    /// How often it had nothing to pass on when its time had come ([Pipe#pace]); 0 for other
    /// stages.
    long underflows();
  }
}
