package dev.sluice.pipelines;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One run of a pipeline: its workers, and how they end.
///
/// Control never travels through the data's channels. A drain closes the gates of the readers; from
/// there on each worker ends when its input has. A stop, by a failure or an abort, cancels every
/// channel and interrupts every worker.
final class Run implements Running {
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  /// How long a stop waits for workers that were interrupted.
  private static final Duration GRACE = Duration.ofSeconds(5);

  /// How many failures after the first are kept with it.
  private static final int KEPT_FAILURES = 10;

  /// Where a worker can only be waiting for another one: these call no function of a user.
  private static final Set<String> WAIT_FOR_NEIGHBOURS =
      Stream.of(
              EdgeStep.class,
              Window.class,
              Worker.class,
              RelayWorker.class,
              BatchWorker.class,
              EmitWorker.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  private final Ledger ledger = new Ledger(e -> failed("source", e));
  private final List<Worker> workers = new ArrayList<>();
  private final List<Edge> edges = new ArrayList<>();
  private final List<Window> windows = new ArrayList<>();
  private long startedAt;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// Written under lock; read anywhere. Never becomes false again.
  private volatile boolean stopping;

  // What follows is guarded by lock.
  private final Set<Worker> alive = new LinkedHashSet<>();
  private @Nullable Throwable failure;
  private long stopDeadline;
  private List<Report.Stuck> stuck = List.of();
  private @Nullable Report report;

  Ledger ledger() {
    return ledger;
  }

  // Wiring, before the start.

  void add(Worker worker) {
    workers.add(worker);
  }

  Edge edge(int capacity) {
    var edge = new Edge(capacity);
    edges.add(edge);
    return edge;
  }

  Window window(int capacity, int mappers) {
    var window = new Window(capacity, mappers);
    windows.add(window);
    return window;
  }

  void start(ThreadFactory threads) {
    startedAt = System.nanoTime();
    alive.addAll(workers);
    for (var worker : workers) {
      try {
        threads.newThread(worker).start();
      } catch (Throwable e) { // there may be no more threads to have
        failed("start", e);
        worker.run(); // which lets go of what it holds, and ends
      }
    }
  }

  // What the workers tell.

  boolean isStopping() {
    return stopping;
  }

  /// Ends the worker that asks, if the run is being stopped.
  void throwIfStopping() {
    if (stopping) {
      throw new Stopped();
    }
  }

  /// Something failed: stops the run, unless it is being stopped already.
  @SuppressWarnings(
      "ReferenceEquality") // an exception can't be suppressed by itself, but by its equal
  void failed(String stage, Throwable thrown) {
    lock.lock();
    try {
      if (failure == null) {
        if (stopping && thrown instanceof InterruptedException) {
          return; // the answer to an abort
        }
        failure = thrown;
        thrown.addSuppressed(new StageFailure(stage));
      } else if (thrown != failure
          && !(thrown instanceof InterruptedException)
          && failure.getSuppressed().length < KEPT_FAILURES) {
        failure.addSuppressed(thrown);
      }
    } finally {
      lock.unlock();
    }
    stop();
  }

  void ended(Worker worker) {
    lock.lock();
    try {
      alive.remove(worker);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    lock.lock();
    try {
      if (stopping) {
        return;
      }
      stopping = true;
      stopDeadline = System.nanoTime() + GRACE.toNanos();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    edges.forEach(Edge::cancel);
    windows.forEach(Window::cancel);
    workers.forEach(Worker::interrupt);
  }

  // What the handle offers.

  @Override
  public Report await() throws Exception {
    refuseOwnThreads();
    return ended();
  }

  @Override
  public Report drain(Duration patience) throws Exception {
    refuseOwnThreads();
    workers.forEach(Worker::closeGate);
    awaitReport(patience);
    return ended();
  }

  @Override
  public Report abort() throws InterruptedException {
    refuseOwnThreads();
    stop();
    return awaitReport();
  }

  @Override
  public void close() throws ExecutionException {
    refuseOwnThreads();
    workers.forEach(Worker::closeGate);
    try {
      awaitReport(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      stop();
      Thread.currentThread().interrupt();
    }
    var failed = failure();
    if (failed != null) {
      throw new ExecutionException(failed);
    }
  }

  @Override
  public Account account() {
    lock.lock();
    try {
      return report == null ? ledger.account() : report.account();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isDone() {
    lock.lock();
    try {
      return alive.isEmpty() || report != null;
    } finally {
      lock.unlock();
    }
  }

  private Report ended() throws Exception {
    var ended = awaitReport();
    switch (failure()) {
      case null -> {
        return ended;
      }
      case Exception e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private @Nullable Throwable failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /// @return whether the run has ended within `patience`, or is being stopped
  private boolean awaitEnd(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left =
          patience.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0
              ? Long.MAX_VALUE
              : patience.toNanos();
      while (!alive.isEmpty() && !stopping) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the end as long as `patience`, then stops the run and waits for that.
  private Report awaitReport(Duration patience) throws InterruptedException {
    if (!awaitEnd(patience)) {
      noteStuck();
      stop();
    }
    return awaitReport();
  }

  /// Waits for the last worker, or until those that were told to stop have had their time.
  private Report awaitReport() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!alive.isEmpty() && report == null) {
        if (!stopping) {
          changed.await();
        } else if (changed.awaitNanos(stopDeadline - System.nanoTime()) <= 0) {
          break;
        }
      }
      if (report == null) {
        if (!alive.isEmpty() && stuck.isEmpty()) {
          stuck = stuckNow();
        }
        report = new Report(finalAccount(), Duration.ofNanos(System.nanoTime() - startedAt), stuck);
      }
      return report;
    } finally {
      lock.unlock();
    }
  }

  /// What is still in the hands of workers that would not end is abandoned.
  private Account finalAccount() {
    var a = ledger.account();
    return new Account(
        a.in(),
        a.out(),
        a.filtered(),
        a.dropped(),
        a.deadLettered(),
        a.abandoned() + a.inFlight(),
        0);
  }

  private void noteStuck() {
    lock.lock();
    try {
      stuck = stuckNow();
    } finally {
      lock.unlock();
    }
  }

  /// Who is at work. Who only waits for a neighbour is not the reason, and is left out unless all
  /// do.
  private List<Report.Stuck> stuckNow() {
    var all = new ArrayList<Report.Stuck>();
    var atWork = new ArrayList<Report.Stuck>();
    for (var worker : alive) {
      var one = worker.stuck();
      all.add(one);
      if (!isWaitingForNeighbour(one.stack())) {
        atWork.add(one);
      }
    }
    return List.copyOf(atWork.isEmpty() ? all : atWork);
  }

  private static boolean isWaitingForNeighbour(List<StackTraceElement> stack) {
    for (var frame : stack) {
      var name = frame.getClassName();
      if (!name.startsWith("java.")
          && !name.startsWith("jdk.")
          && !name.startsWith("dev.sluice.channels.")) {
        boolean forItsTurn =
            name.equals(MapWorker.class.getName()) && frame.getMethodName().equals("work");
        return forItsTurn || WAIT_FOR_NEIGHBOURS.contains(name);
      }
    }
    return true;
  }

  private void refuseOwnThreads() {
    for (var worker : workers) {
      if (worker.isCurrentThread()) {
        throw new IllegalStateException(
            "stage '%s' would wait for itself to end; end the run from another thread"
                .formatted(worker.stage()));
      }
    }
  }
}
