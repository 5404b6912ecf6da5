package dev.sluice.monitor;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Running;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Watches pipelines, channels and queues while they work.
///
/// ```java
/// try (var monitor = new Monitor();
///     var server = MonitorServer.of(monitor).start()) {
///   monitor.watch(running);
///   out.println("watch it at " + server.page());
///   return running.await();
/// }
/// ```
///
/// It looks at them ten times a second while somebody does so here, and else once. Those that are
/// watched are not slowed down: it reads what they count anyway. Closing it ends nothing but the
/// watching.
///
/// Any thread may use it.
public final class Monitor implements AutoCloseable {
  /// The shortest time between two snapshots.
  static final Duration PERIOD = Duration.ofMillis(100);

  private static final Duration IDLE_PERIOD = Duration.ofSeconds(1);

  /// How long nothing has been looked at when the monitor does not work any more.
  private static final Duration DEAD = Duration.ofSeconds(10);

  /// How many that have ended are still shown.
  private static final int MOST_ENDED = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition attended = lock.newCondition();
  private final List<Consumer<Snapshot>> listeners = new CopyOnWriteArrayList<>();
  private final List<Gauge> gauges = new CopyOnWriteArrayList<>();
  private final Thread ticker;

  // What follows is guarded by lock.
  private final List<WatchedPipeline> pipelines = new ArrayList<>();
  private final List<WatchedChannel> channels = new ArrayList<>();
  private final List<WatchedBacklog> backlogs = new ArrayList<>();
  private final List<Tap<?>> taps = new ArrayList<>();
  private final Alarms alarms = new Alarms();
  private @Nullable Snapshot latest;
  private long takenAt;
  private long number;
  private int watchers;
  private boolean draining;
  private boolean closed;

  private volatile long tickedAt = System.nanoTime();

  /// Makes one that watches nothing yet. It has threads of its own until it is closed.
  public Monitor() {
    // A platform thread: busy virtual threads could keep another one from ever having its turn.
    ticker = Thread.ofPlatform().name("sluice-monitor").daemon().start(this::tick);
  }

  /// Watches a run, by the name of its pipeline.
  ///
  /// @return what it is called here: that name, with a number if there is one already
  public String watch(Running running) {
    return watch(running.name(), running);
  }

  /// Watches a run. When it has ended it is shown on, until eight others have ended after it.
  ///
  /// @return what it is called here: `name`, with a number if there is one already
  public String watch(String name, Running running) {
    lock.lock();
    try {
      var unique = unique(name);
      pipelines.add(new WatchedPipeline(unique, running));
      latest = null;
      return unique;
    } finally {
      lock.unlock();
    }
  }

  /// Watches a channel, by its name.
  ///
  /// @return what it is called here
  public String watch(Channel<?> channel) {
    return watch(channel.name(), channel);
  }

  /// Watches a channel. When it has ended it is shown on, until eight others have ended after it.
  ///
  /// @return what it is called here: `name`, with a number if there is one already
  public String watch(String name, Channel<?> channel) {
    lock.lock();
    try {
      var unique = unique(name);
      channels.add(new WatchedChannel(unique, channel));
      latest = null;
      return unique;
    } finally {
      lock.unlock();
    }
  }

  /// Watches a queue outside of this process, once a second, on a thread of its own. It is shown
  /// among the channels; where it can't be looked at, or gives no answer for ten seconds, among
  /// those that are unreadable.
  ///
  /// @return what it is called here: `name`, with a number if there is one already
  public String watch(String name, Backlog backlog) {
    lock.lock();
    try {
      var unique = unique(name);
      var watched = new WatchedBacklog(unique, backlog);
      backlogs.add(watched);
      if (!closed) {
        watched.start();
      }
      return unique;
    } finally {
      lock.unlock();
    }
  }

  private String unique(String name) {
    var taken = new HashSet<String>();
    pipelines.forEach(one -> taken.add(one.name()));
    channels.forEach(one -> taken.add(one.name()));
    backlogs.forEach(one -> taken.add(one.name()));
    var unique = name;
    for (int i = 2; taken.contains(unique); i++) {
      unique = name + "-" + i;
    }
    return unique;
  }

  /// Makes a tap: `pipe.peek(tap)` shows items of that place of the pipeline.
  ///
  /// @param name what it is called where it is shown
  /// @param shown what may be seen of an item; called by the pipeline's workers, ten times a second
  ///   at most; at most 200 characters are kept
  public <T> Tap<T> tap(String name, Function<? super T, String> shown) {
    var tap = new Tap<T>(name, shown);
    lock.lock();
    try {
      taps.add(tap);
    } finally {
      lock.unlock();
    }
    return tap;
  }

  /// Tells `listener` when `alarm` is raised, and when it has ended. What it is about need not be
  /// there yet.
  public void alarm(Alarm alarm, AlarmListener listener) {
    lock.lock();
    try {
      alarms.add(alarm, listener);
    } finally {
      lock.unlock();
    }
  }

  /// Adds numbers of another part of the program to the metrics that Prometheus reads: how far a
  /// topic has been read, say.
  ///
  /// @param name lower case, with `_`; it is shown with `sluice_` before it
  /// @param help one line that says what it is
  /// @param values asked for each time, quickly: by the labels that tell them apart
  public void gauge(
      String name, String help, Supplier<? extends Map<Map<String, String>, Double>> values) {
    if (!name.matches("[a-z][a-z0-9_]*") || help.contains("\n")) {
      throw new IllegalArgumentException(
          "the name of a gauge has lower-case letters, digits and '_', and its help one line, but they were '%s' and '%s'"
              .formatted(name, help));
    }
    gauges.add(new Gauge(name, help, values));
  }

  List<Gauge> gauges() {
    return gauges;
  }

  /// Says that the program is about to end: from now on it is not ready for work.
  public void draining() {
    lock.lock();
    try {
      draining = true;
      latest = null;
    } finally {
      lock.unlock();
    }
  }

  /// How everything is: at most a tenth of a second ago.
  public Snapshot snapshot() {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (latest == null || now - takenAt >= PERIOD.toNanos()) {
        var at = Instant.now(); // beside the other clock: else two could be told closer than PERIOD
        forgetEnded();
        takenAt = now;
        var elsewhere = backlogs.stream().map(one -> one.read(now)).toList();
        latest =
            new Snapshot(
                ++number,
                at,
                health(),
                pipelines.stream().map(one -> one.read(now)).toList(),
                Stream.concat(
                        channels.stream().map(one -> one.read(now)),
                        elsewhere.stream().flatMap(one -> Stream.ofNullable(one.channel())))
                    .toList(),
                elsewhere.stream().flatMap(one -> Stream.ofNullable(one.unreadable())).toList(),
                taps.stream().map(Tap::read).toList(),
                alarms.raised());
      }
      return latest;
    } finally {
      lock.unlock();
    }
  }

  private void forgetEnded() {
    forget(pipelines, pipelines.stream().filter(WatchedPipeline::hasEnded).toList());
    forget(channels, channels.stream().filter(WatchedChannel::hasEnded).toList());
  }

  private static <W> void forget(List<W> all, List<W> ended) {
    if (ended.size() > MOST_ENDED) {
      all.removeAll(ended.subList(0, ended.size() - MOST_ENDED));
    }
  }

  /// Whether the program should get work, and whether the watching works.
  public Snapshot.Health health() {
    lock.lock();
    try {
      boolean failed = pipelines.stream().anyMatch(WatchedPipeline::hasFailed);
      boolean live = System.nanoTime() - tickedAt < DEAD.toNanos();
      return new Snapshot.Health(!draining && !failed && !closed, live);
    } finally {
      lock.unlock();
    }
  }

  /// The run that is watched by that name.
  Optional<WatchedPipeline> pipeline(String name) {
    lock.lock();
    try {
      return pipelines.stream().filter(one -> one.name().equals(name)).findFirst();
    } finally {
      lock.unlock();
    }
  }

  /// Calls `listener` with each snapshot that the monitor takes by itself: one a second, or ten
  /// while somebody watches. On the monitor's thread, so it should be quick; what it throws goes to
  /// the uncaught exception handler of that thread, which goes on.
  public void onSnapshot(Consumer<Snapshot> listener) {
    listeners.add(listener);
  }

  /// Calls it no more.
  public void removeListener(Consumer<Snapshot> listener) {
    listeners.remove(listener);
  }

  /// One more looks at it, for whom it takes snapshots more often.
  void attend() {
    lock.lock();
    try {
      watchers++;
      attended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// One fewer does.
  void leave() {
    lock.lock();
    try {
      watchers--;
    } finally {
      lock.unlock();
    }
  }

  private void tick() {
    try {
      while (awaitNext()) {
        var taken = snapshot();
        tickedAt = System.nanoTime();
        sound(taken);
        listeners.forEach(listener -> tell(listener, taken));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private static void tell(Consumer<Snapshot> listener, Snapshot taken) {
    try {
      listener.accept(taken);
    } catch (RuntimeException | Error e) {
      var thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private void sound(Snapshot taken) {
    List<Alarms.Change> changes;
    lock.lock();
    try {
      changes = alarms.look(taken, System.nanoTime());
    } finally {
      lock.unlock();
    }
    changes.forEach(Alarms.Change::tell);
  }

  /// @return false if the monitor was closed
  private boolean awaitNext() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long begun = System.nanoTime();
      while (!closed) {
        var period = watchers > 0 ? PERIOD : IDLE_PERIOD;
        long left = begun + period.toNanos() - System.nanoTime();
        if (left <= 0) {
          return true;
        }
        attended.awaitNanos(left);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Watches no more. Whoever was watched goes on.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      attended.signalAll();
      backlogs.forEach(WatchedBacklog::stop);
    } finally {
      lock.unlock();
    }
    ticker.interrupt();
  }
}
