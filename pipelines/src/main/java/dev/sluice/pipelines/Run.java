package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One run of a pipeline: its workers, and how they end.
///
/// Control never travels with the data. A drain closes the gates of the readers; from there on each
/// worker ends when its input has. A stop, by a failure or an abort, is a flag that every wait
/// looks at, and an interrupt of every worker; what is left in the edges then is abandoned by the
/// last worker to end.
final class Run implements Running {
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  /// How long a stop waits for workers that were interrupted.
  private static final Duration GRACE = Duration.ofSeconds(5);

  /// How many failures after the first are kept with it.
  private static final int KEPT_FAILURES = 10;

  /// Where a worker can only be waiting for another one: these call no function of a user.
  private static final Set<String> WAIT_FOR_NEIGHBOURS =
      Stream.of(
              ChannelEdge.class,
              Crew.class,
              EmitWorker.class,
              Gate.class,
              Lane.class,
              LaneEdge.class,
              Parker.class,
              RelayWorker.class,
              Window.class,
              Worker.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  private final String name;
  private final boolean tracked;
  private final boolean carries;
  private final Clock clock;
  private final ThreadFactory threads;
  private final @Nullable ContextCarrier carrier;
  private final List<StageRun> stages = new ArrayList<>();
  private final List<Worker> workers = new CopyOnWriteArrayList<>();
  private final List<Edge> edges = new ArrayList<>();
  private final List<Window> windows = new ArrayList<>();
  private final Gate gate = new Gate();
  private ContextCarrier.Carried context = ContextCarrier.Work::run;
  private List<Link> links = List.of();
  private @Nullable RunEvent event;
  private long startedAt;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /// Written under lock; read anywhere. Never becomes false again.
  private volatile boolean stopping;

  /// Written under lock. Whether it has ended with workers still at work: what they do is told to
  /// nobody any more.
  private volatile boolean abandoned;

  /// What nobody had taken when the last worker ended. Written under lock, once.
  private volatile @Nullable Tally leftovers;

  // What follows is guarded by lock.
  private final Set<Worker> alive = new LinkedHashSet<>();
  private @Nullable Throwable failure;
  private long stopDeadline;
  private List<Report.Stuck> stuck = List.of();
  private @Nullable Report report;

  /// @param tracked whether each item carries what it came of
  /// @param carries whether some values do in any case
  Run(
      String name,
      boolean tracked,
      boolean carries,
      Clock clock,
      ThreadFactory threads,
      @Nullable ContextCarrier carrier) {
    this.name = name;
    this.tracked = tracked;
    this.carries = carries;
    this.clock = clock;
    this.threads = threads;
    this.carrier = carrier;
  }

  boolean isTracked() {
    return tracked;
  }

  /// Whether values carry what they came of: all of them, or those that were gathered.
  boolean carries() {
    return carries;
  }

  Clock clock() {
    return clock;
  }

  /// What the readers pass before each item.
  Gate gate() {
    return gate;
  }

  // Wiring, before the start.

  StageRun stage(String stageName, @Nullable OnError onError) {
    var stage = new StageRun(this, stages.size(), stageName, onError);
    stages.add(stage);
    return stage;
  }

  StageRun stage(int number) {
    return stages.get(number);
  }

  String stageName(int number) {
    return stages.get(number).name();
  }

  /// For one more worker; made when all stages are known.
  Tally tally() {
    return new Tally(stages.size());
  }

  void add(Worker worker) {
    workers.add(worker);
  }

  void links(List<Link> all) {
    links = all;
  }

  LaneEdge laneEdge(int capacity, boolean firstFirst) {
    return added(new LaneEdge(this, capacity, carries, firstFirst));
  }

  ChannelEdge channelEdge(Node.Storage storage, int capacity, Slow slow) {
    var channel = storage.make(Channel.<ChannelEdge.Item>builder().clock(clock), capacity);
    return added(new ChannelEdge(this, channel, capacity, slow));
  }

  private <E extends Edge> E added(E edge) {
    edges.add(edge);
    return edge;
  }

  Window window(int capacity) {
    var window = new Window(this, capacity);
    windows.add(window);
    return window;
  }

  void start() {
    event = Recording.beginRun();
    startedAt = System.nanoTime();
    edges.forEach(Edge::open);
    var all = List.copyOf(workers);
    lock.lock();
    try {
      alive.addAll(all);
    } finally {
      lock.unlock();
    }
    try {
      if (carrier != null) {
        context = carrier.capture();
      }
    } catch (Throwable e) {
      failed("context", e);
    }
    all.forEach(this::start);
  }

  private void start(Worker worker) {
    try {
      threads.newThread(worker).start();
    } catch (Throwable e) { // there may be no more threads to have
      failed("start", e);
      worker.run(); // which lets go of what it holds, and ends
    }
  }

  /// Starts one more worker, unless the run is ending.
  void startLate(Worker worker) {
    lock.lock();
    try {
      if (stopping || report != null) {
        return;
      }
      workers.add(worker);
      alive.add(worker);
    } finally {
      lock.unlock();
    }
    start(worker);
  }

  /// Does a worker's work with what was carried from the thread that started the run.
  void carried(ContextCarrier.Work work) throws Exception {
    context.around(work);
  }

  // What the workers tell.

  boolean isStopping() {
    return stopping;
  }

  /// Whether the run has ended without the worker that asks.
  boolean isAbandoned() {
    return abandoned;
  }

  /// Ends the worker that asks, if the run is being stopped.
  void throwIfStopping() {
    if (stopping) {
      throw new Stopped();
    }
  }

  void failed(int stage, Throwable thrown) {
    failed(stageName(stage), thrown);
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
      if (alive.size() == 1 && stopping) {
        var left = tally();
        edges.forEach(edge -> edge.abandon(left));
        windows.forEach(window -> window.abandon(left));
        leftovers = left;
      }
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
    gate.open();
    workers.forEach(Worker::interrupt);
  }

  /// Lets the calling worker wait, because it is told to.
  ///
  /// @param deadline until when, in nanoseconds of the run's clock
  /// @throws Stopped if the run is being stopped
  void delayUntil(long deadline, Tally tally) throws InterruptedException {
    delayUntil(deadline, () -> false, tally);
  }

  /// The same, until `over` holds, which is asked whenever the worker is unparked.
  void delayUntil(long deadline, BooleanSupplier over, Tally tally) throws InterruptedException {
    long begun = System.nanoTime();
    tally.delays();
    try {
      for (long left = deadline - clock.nanoTime();
          left > 0 && !over.getAsBoolean();
          left = deadline - clock.nanoTime()) {
        throwIfStopping();
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        clock.park(this, left);
      }
      throwIfStopping();
    } finally {
      tally.delayed(System.nanoTime() - begun);
    }
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
    closeGates();
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
    closeGates();
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

  private void closeGates() {
    workers.forEach(Worker::closeGate);
    gate.open();
  }

  @Override
  public void pause() {
    gate.close();
  }

  @Override
  public void resume() {
    gate.open();
  }

  @Override
  public boolean isPaused() {
    return gate.isClosed();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Link> links() {
    return links;
  }

  @Override
  public Metrics metrics() {
    lock.lock();
    try {
      return report == null ? currentMetrics() : report.metrics();
    } finally {
      lock.unlock();
    }
  }

  private Metrics currentMetrics() {
    return new Gauges(stages, workers).read(Duration.ofNanos(System.nanoTime() - startedAt));
  }

  @Override
  public String explain() {
    return Explanation.of(metrics(), account());
  }

  @Override
  public Running.Stage stage(String wanted) {
    for (var stage : stages) {
      if (stage.name().equals(wanted)) {
        return stage;
      }
    }
    throw new IllegalArgumentException(
        "there is no stage '%s'; there are %s"
            .formatted(wanted, stages.stream().map(StageRun::name).toList()));
  }

  @Override
  public Account account() {
    lock.lock();
    try {
      return report == null ? currentAccount() : report.account();
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
    var failure = failure();
    if (failure == null) {
      return ended;
    }
    if (failure instanceof Exception e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException(failure);
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
        abandoned = !alive.isEmpty();
        if (abandoned && stuck.isEmpty()) {
          stuck = stuckNow();
        }
        var metrics = currentMetrics();
        report = new Report(finalAccount(), metrics.elapsed(), metrics, stuck);
        Recording.endRun(event, name, report, failure);
      }
      return report;
    } finally {
      lock.unlock();
    }
  }

  /// The account as it stands. Outcomes are read before deliveries, so that no item is seen settled
  /// that was not seen delivered.
  private Account currentAccount() {
    long out = count(Outcome.OUT);
    long filtered = count(Outcome.FILTERED);
    long dropped = count(Outcome.DROPPED);
    long deadLettered = count(Outcome.DEAD_LETTERED);
    long abandoned = count(Outcome.ABANDONED);
    long in = 0;
    for (var worker : workers) {
      in += worker.delivered();
    }
    long inFlight = in - out - filtered - dropped - deadLettered - abandoned;
    return new Account(in, out, filtered, dropped, deadLettered, abandoned, inFlight);
  }

  private long count(Outcome outcome) {
    var left = leftovers;
    long count = left == null ? 0 : left.count(outcome);
    for (var worker : workers) {
      count += worker.tally.count(outcome);
    }
    return count;
  }

  /// What is still in the hands of workers that would not end is abandoned.
  private Account finalAccount() {
    var a = currentAccount();
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
            name.equals(CrewWorker.class.getName()) && frame.getMethodName().equals("awaitTurn");
        return forItsTurn || WAIT_FOR_NEIGHBOURS.contains(name.replaceFirst("\\$.*", ""));
      }
    }
    return true;
  }

  /// The name of the stage that the calling worker is at.
  String stageHere() {
    for (var worker : workers) {
      if (worker.isCurrentThread()) {
        return stageName(worker.stageAt(stackHere()));
      }
    }
    return "";
  }

  private static List<StackTraceElement> stackHere() {
    return List.of(Thread.currentThread().getStackTrace());
  }

  private void refuseOwnThreads() {
    for (var worker : workers) {
      if (worker.isCurrentThread()) {
        throw new IllegalStateException(
            "stage '%s' would wait for itself to end; end the run from another thread"
                .formatted(stageName(worker.stageAt(stackHere()))));
      }
    }
  }
}
