package dev.sluice.pipelines;

import java.util.List;
import java.util.concurrent.ThreadFactory;

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
  private final Node end;
  private final String name;
  private final boolean platformThreads;

  Pipeline(Node end) {
    this(end, "pipeline", false);
  }

  private Pipeline(Node end, String name, boolean platformThreads) {
    this.end = end;
    this.name = name;
    this.platformThreads = platformThreads;
  }

  /// Begins a pipe at `source`.
  @SuppressWarnings("unchecked") // a source of T is a source of objects
  public static <T> Pipe<T> from(Source<T> source) {
    return new Pipe<>(new Node.From("source", List.of((Source<Object>) source), 1));
  }

  /// Begins a pipe at several sources, read by `readers` threads at once: each reads one source to
  /// its end, then takes the next. The pipe ends when all sources have. Items of one source keep
  /// their order; those of several interleave.
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
    return new Pipeline(end, pipelineName, platformThreads);
  }

  /// Runs on platform threads instead of virtual ones: for work that keeps a processor busy, or
  /// waits in native code.
  public Pipeline onPlatformThreads() {
    return new Pipeline(end, name, true);
  }

  /// Says what becomes of an item that the sink threw an exception for. Without it: [OnError#stop].
  ///
  /// @throws IllegalStateException after a broadcast: say it in each branch
  public Pipeline onError(OnError policy) {
    if (!(end instanceof Node.To to)) {
      throw new IllegalStateException("a broadcast has several sinks: say onError in its branches");
    }
    return new Pipeline(
        new Node.To(to.before(), to.name(), policy, to.sink()), name, platformThreads);
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
    var run = new Run();
    new Topology(run).wire(end);
    run.start(threads());
    return run;
  }

  Node end() {
    return end;
  }

  private ThreadFactory threads() {
    var prefix = "sluice-" + name + "-";
    return platformThreads
        ? Thread.ofPlatform().name(prefix, 0).factory()
        : Thread.ofVirtual().name(prefix, 0).factory();
  }
}
