package dev.sluice.benchmarks;

import java.util.List;

/// A round of a pipeline: one thread runs it and waits for its end. The threads of the pipeline
/// itself are its own affair.
final class PipedRound extends ThreadRound {

  private final Arrivals arrivals;
  private final long items;
  private final boolean paced;

  private PipedRound(
      Piped pipeline, Input input, Arrivals arrivals, Tally expected, boolean paced) {
    super(Cell.Threads.PLATFORM, List.of(tally -> run(pipeline, input, arrivals, tally)), expected);
    this.arrivals = arrivals;
    this.items = input.size();
    this.paced = paced;
  }

  static PipedRound of(Plays plays, Piped pipeline, long items) {
    int first = plays.applications();
    boolean paced = plays == Plays.THROTTLE;
    return new PipedRound(
        pipeline,
        new Input(items),
        new Arrivals(first, paced ? items / Plays.PACED_SHARE : Long.MAX_VALUE),
        Tally.of(first, items),
        paced);
  }

  private static void run(Piped pipeline, Input input, Arrivals arrivals, Tally tally)
      throws Exception {
    pipeline.run(input, arrivals);
    arrivals.end();
    tally.add(arrivals.tally());
  }

  @Override
  long measured(long nanos) {
    return paced ? arrivals.pace(items) : nanos;
  }
}
