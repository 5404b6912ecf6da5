package dev.sluice.pipelines;

/// One of several workers that apply the same function; what they make goes into a [Window].
final class MapWorker extends CrewWorker {
  private final Window window;
  private final ThrowingFunction<Object, Object> function;
  private final Failures failures;

  MapWorker(
      Run run,
      Crew crew,
      Edge edge,
      Window window,
      ThrowingFunction<Object, Object> function,
      Failures failures) {
    super(run, failures.stage(), run.tally(), Step.Fate.HANDED_ON, crew, edge);
    this.window = window;
    this.function = function;
    this.failures = failures;
  }

  @Override
  int room() {
    return window.room();
  }

  @Override
  void awaitRoom(long deadline) throws InterruptedException {
    window.awaitRoom(deadline, tally);
  }

  @Override
  long claim(int items) {
    return window.claim(items);
  }

  @Override
  void process(Object value, Lineage lineage, long place) throws InterruptedException {
    var result = failures.apply(function, value, lineage, tally);
    window.fill(place, result == null ? Window.NOTHING : result, lineage);
  }

  @Override
  void release() {
    // The crew ends the window.
  }
}
