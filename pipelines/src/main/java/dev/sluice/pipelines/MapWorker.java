package dev.sluice.pipelines;

/// One of several workers that apply the same function; what they make goes into a [Window].
final class MapWorker extends CrewWorker {
  private final Window window;
  private final ThrowingFunction<Object, Object> function;
  private final Failures failures;
  private long place;

  MapWorker(
      Run run,
      Crew crew,
      Edge edge,
      Window window,
      ThrowingFunction<Object, Object> function,
      Failures failures) {
    super(run, failures.stage(), run.tally(), crew, edge);
    this.window = window;
    this.function = function;
    this.failures = failures;
  }

  @Override
  int awaitRoom() throws InterruptedException {
    return window.awaitRoom(tally);
  }

  @Override
  void claim(int items) {
    place = window.claim(items);
  }

  @Override
  void process(Object value, Lineage lineage) throws InterruptedException {
    long filled = place++;
    var result = failures.apply(function, value, lineage, tally);
    window.fill(filled, result == null ? Window.NOTHING : result, lineage);
  }

  @Override
  void release() {
    // The crew ends the window.
  }
}
