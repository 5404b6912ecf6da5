package dev.sluice.pipelines;

import dev.sluice.channels.Clock;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A whole pipeline, from source to sink: a description, inert, which may be run any number of
/// times.
///
/// ```java
/// var report =
///     Pipeline.from(Source.lines(file))
///         .map(Parallel.ordered(4), Hit::parse)
///         .onError(OnError.deadLetter(rejects))
///         .filter(hit -> hit.status() >= 500)
///         .batch(500, Duration.ofMillis(200))
///         .to(insert)
///         .run();
/// ```
///
/// What one thread did to an item before passing it on _happens-before_ what the next does with it,
/// and all of it before [#run] returns.
public final class Pipeline {
  private final Node.End end;
  private final String name;
  private final boolean platformThreads;
  private final Clock clock;
  private final @Nullable ContextCarrier carrier;

  Pipeline(Node.End end) {
    this(end, "pipeline", false, Clock.system(), null);
  }

  private Pipeline(
      Node.End end,
      String name,
      boolean platformThreads,
      Clock clock,
      @Nullable ContextCarrier carrier) {
    this.end = end;
    this.name = name;
    this.platformThreads = platformThreads;
    this.clock = clock;
    this.carrier = carrier;
  }

  /// Begins a pipe at `source`.
  @SuppressWarnings("unchecked") // a source of T is a source of objects
  public static <T> Pipe<T> from(Source<T> source) {
    return new Pipe<>(new Node.From("source", List.of((Source<Object>) source), 1));
  }

  /// Begins a pipe at several sources, read by `readers` threads at once: each reads one source to
  /// its end, then takes the next. The pipe ends when all sources have. Items of one source keep
  /// their order; those of several interleave. ([Pipe#merge] reads each by a thread of its own.)
  ///
  /// @param readers at least 1
  @SuppressWarnings("unchecked") // a source of T is a source of objects
  public static <T> Pipe<T> merge(int readers, List<? extends Source<? extends T>> sources) {
    if (readers < 1) {
      throw new IllegalArgumentException("readers must be at least 1, but was " + readers);
    }
    var all = List.<Source<?>>copyOf(sources).stream().map(s -> (Source<Object>) s).toList();
    return new Pipe<>(new Node.From("source", all, Math.max(1, Math.min(readers, all.size()))));
  }

  /// Names the pipeline: its threads bear the name.
  public Pipeline named(String pipelineName) {
    return new Pipeline(end, pipelineName, platformThreads, clock, carrier);
  }

  /// Runs on platform threads instead of virtual ones: for work that keeps a processor busy, or
  /// waits in native code.
  public Pipeline onPlatformThreads() {
    return new Pipeline(end, name, true, clock, carrier);
  }

  /// Reads this clock for all that takes time: batches, throttles, delays before another attempt.
  public Pipeline clock(Clock time) {
    return new Pipeline(end, name, platformThreads, time, carrier);
  }

  /// Carries what belongs to the thread that starts a run to the workers of the run.
  public Pipeline carrying(ContextCarrier context) {
    return new Pipeline(end, name, platformThreads, clock, context);
  }

  /// Says what becomes of an item that the sink threw an exception for, or the choice of a route.
  /// Without it: [OnError#stop].
  ///
  /// @throws IllegalStateException after a broadcast: say it in each branch
  public Pipeline onError(OnError policy) {
    var changed = end.failing(policy);
    if (changed == null) {
      throw new IllegalStateException("a broadcast has several sinks: say onError in its branches");
    }
    return new Pipeline(changed, name, platformThreads, clock, carrier);
  }

  /// Runs to the end and waits for it. An interrupt aborts the run.
  ///
  /// @return what became of every item
  /// @throws Exception the same exception instance that a stage, source or sink threw and that
  ///   stopped the run; a suppressed [StageFailure] tells where
  public Report run() throws Exception {
    var running = start();
    try {
      return running.await();
    } catch (InterruptedException e) {
      running.abort();
      throw e;
    }
  }

  /// Starts a run, and returns its handle at once.
  public Running start() {
    return start(threads());
  }

  /// The same on threads of `threads`.
  Running start(ThreadFactory threads) {
    boolean tracked = end.mustTrack();
    boolean carries = tracked || end.gathers();
    var run = new Run(name, tracked, carries, clock, threads, carrier);
    new Topology(run).wireAll(end);
    run.start();
    return run;
  }

  Node.End end() {
    return end;
  }

  private ThreadFactory threads() {
    var prefix = "sluice-" + name + "-";
    var started = new AtomicInteger();
    return task -> {
      var thread = platformThreads ? Thread.ofPlatform() : Thread.ofVirtual();
      return thread.name(prefix + started.getAndIncrement()).unstarted(task);
    };
  }
}
