package dev.sluice.run;

import dev.sluice.logs.LogExpressions;
import dev.sluice.logs.LogFormat;
import dev.sluice.logs.LogItem;
import dev.sluice.logs.LogJob;
import dev.sluice.logs.LogReading;
import dev.sluice.logs.LogWriting;
import dev.sluice.logs.UsageException;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One run of a [PipelineFile]: opened, started, awaited, closed.
public final class FileRun implements AutoCloseable {
  private final Plan plan;
  private final @Nullable LogReading reading;
  private final List<LogWriting> opened = new ArrayList<>();
  private final Compiled compiled;
  private final List<Sink<List<LogItem>>> sinks = new ArrayList<>();
  private final @Nullable LogWriting deadLetters;
  private volatile @Nullable Running running;
  private boolean closed;

  private FileRun(Plan plan, @Nullable LogReading reading, Map<String, LogWriting> targets)
      throws IOException {
    this.plan = plan;
    this.reading = reading;
    var formats = reading == null ? List.<LogFormat>of() : reading.formats();
    compiled = Compiled.of(plan, LogExpressions.of(formats));
    boolean open =
        plan.stages().stream().anyMatch(it -> it instanceof Step.Call || it instanceof Step.Parse);
    Collection<LogFormat> written = open ? List.of() : formats;
    try {
      for (var goal : plan.sinks()) {
        var target = goal.target() == null ? null : targets.get(goal.target().spec());
        sinks.add(target == null ? batch -> hand(goal, batch) : opened(target, written));
      }
      var dead = plan.deadLetters() == null ? null : targets.get(plan.deadLetters().spec());
      deadLetters = dead == null ? null : opened(dead, List.of());
    } catch (IOException | RuntimeException e) {
      closeAfter(e, opened);
      throw e;
    }
  }

  private LogWriting opened(LogWriting target, Collection<LogFormat> formats) throws IOException {
    opened.add(target);
    target.open(formats);
    return target;
  }

  /// Opens inputs and targets. If it throws, all are closed again.
  static FileRun open(Plan plan, Consumer<String> told) throws IOException {
    var targets = targets(plan);
    var source = plan.source();
    var reading =
        source.isGenerated()
            ? null
            : LogReading.open(
                LogJob.reading(source.inputs().stream().map(Plan.End::spec).toList())
                    .format(source.format())
                    .follow(source.follow() ? LogJob.Follow.FROM_START : LogJob.Follow.NO)
                    .build(),
                List.copyOf(targets.values()),
                told);
    try {
      return new FileRun(plan, reading, targets);
    } catch (IOException | RuntimeException e) {
      if (reading != null) {
        closeAfter(e, List.of(reading));
      }
      throw e;
    }
  }

  /// The targets by how the file names them; none is touched yet.
  private static Map<String, LogWriting> targets(Plan plan) {
    var targets = new LinkedHashMap<String, LogWriting>();
    var all = new ArrayList<Plan.End>();
    plan.sinks().stream().map(Plan.Goal::target).filter(Objects::nonNull).forEach(all::add);
    if (plan.deadLetters() != null) {
      all.add(plan.deadLetters());
    }
    for (var one : all) {
      if (targets.put(one.spec(), LogWriting.to(one.spec())) != null) {
        throw new UsageException("%s is there twice".formatted(one.shown()));
      }
    }
    LogWriting.refuseSameFile(List.copyOf(targets.values()));
    return targets;
  }

  private static void closeAfter(Exception failure, List<? extends AutoCloseable> opened) {
    for (var one : opened) {
      try {
        one.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }

  private static void hand(Plan.Goal goal, List<LogItem> batch)
      throws IOException, InterruptedException {
    var lines = batch.stream().map(LogItem::text).collect(Collectors.joining("\n", "", "\n"));
    Asking.run(goal.command(), lines, goal.timeout());
  }

  /// What the inputs were recognised as, in words.
  public List<String> detections() {
    return reading == null ? List.of() : reading.detections();
  }

  /// Begins.
  public Running start() {
    Sink<List<LogItem>> failed = deadLetters == null ? _ -> {} : deadLetters;
    var flow = new Flow(plan, compiled, new DeadLetters(failed), Asking::ask, false);
    var started =
        reading == null
            ? flow.pipeline(List.of(generated()), 0, sinks).start()
            : flow.pipeline(reading.sources(), reading.endless(), sinks).start();
    running = started;
    return started;
  }

  private Source<LogItem> generated() {
    return () -> {
      var count = new AtomicLong();
      return () -> {
        long number = count.incrementAndGet();
        if (number > plan.source().count()) {
          return null;
        }
        if (!plan.source().every().isZero()) {
          Thread.sleep(plan.source().every());
        }
        return LogItem.ofJson("generate", number, "{\"n\":" + number + "}");
      };
    };
  }

  /// Waits for its end.
  ///
  /// @throws Exception what stopped it, if something did
  public Report await() throws Exception {
    return running().await();
  }

  /// What it does and what limits it, in lines.
  public List<String> explanation() {
    var started = running;
    return started == null ? List.of() : started.explain().lines().toList();
  }

  /// Ends it in order, as the file's `drain` says.
  public Report drain() throws Exception {
    return running().drain(plan.drain());
  }

  /// Ends it at once.
  public void abort() throws InterruptedException {
    running().abort();
  }

  /// What became of every item so far.
  public Account account() {
    return running().account();
  }

  /// What a user should know of the run: inputs that could not be read, expressions that were
  /// errors.
  public List<String> remarks() {
    return compiled.remarks();
  }

  /// Which inputs could not be read to their ends.
  public List<String> errors() {
    return reading == null ? List.of() : reading.errors();
  }

  private Running running() {
    var started = running;
    if (started == null) {
      throw new IllegalStateException("it has not been started");
    }
    return started;
  }

  /// Ends the writing, and lets go of the inputs.
  @Override
  public void close() throws IOException {
    IOException failure = null;
    var all = new ArrayList<AutoCloseable>(opened);
    opened.clear(); // a second call does nothing
    if (reading != null && !closed) {
      all.add(reading);
    }
    closed = true;
    for (var one : all) {
      try {
        one.close();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      } catch (Exception e) {
        throw new IllegalStateException(e); // neither throws another
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
