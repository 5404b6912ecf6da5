package dev.sluice.spring;

import dev.sluice.channels.Channel;
import dev.sluice.monitor.Monitor;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// The application's pipelines at work, each by the name of its bean.
///
/// They are started when the web server listens already, and are drained when it has answered its
/// last request: a request that sends to a channel finds a pipeline behind it. Meanwhile a
/// management server with a port of its own still tells how they are.
///
/// A run that fails stays ended; the health says so.
public final class RunningPipelines implements SmartLifecycle {
  /// Started after, and stopped before, the web servers, whose phases are 2,048 and 1,536 below the
  /// last; stopped after the end of requests, whose phase is 1,024 below it.
  static final int PHASE = DEFAULT_PHASE - 1_024 - 256;

  private static final Logger LOGGER = LoggerFactory.getLogger(RunningPipelines.class);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

  /// What has become of a bean's run.
  enum State {
    RUNNING,
    DRAINING,
    DONE,
    FAILED
  }

  private final Map<String, Pipeline> pipelines;
  private final Map<String, Channel<?>> channels;
  private final Monitor monitor;
  private final SluiceProperties properties;
  private final Map<String, Running> runs = new LinkedHashMap<>(); // guarded by lock
  private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean running;
  private volatile boolean draining;

  RunningPipelines(
      Map<String, Pipeline> pipelines,
      Map<String, Channel<?>> channels,
      Monitor monitor,
      SluiceProperties properties) {
    this.pipelines = pipelines;
    this.channels = channels;
    this.monitor = monitor;
    this.properties = properties;
  }

  /// The run of the pipeline that is the bean of that name.
  ///
  /// @throws IllegalArgumentException if there is none, or it was not started; the message lists
  ///   those that were
  public Running get(String bean) {
    var all = all();
    var run = all.get(bean);
    if (run == null) {
      throw new IllegalArgumentException(
          "no pipeline '%s' has been started; there are %s".formatted(bean, all.keySet()));
    }
    return run;
  }

  /// All runs, by the names of their beans.
  public Map<String, Running> all() {
    lock.lock();
    try {
      return new LinkedHashMap<>(runs);
    } finally {
      lock.unlock();
    }
  }

  /// Whether they are being drained.
  boolean isDraining() {
    return draining;
  }

  State state(String bean) {
    var run = get(bean);
    if (failures.containsKey(bean)) {
      return State.FAILED;
    }
    if (run.isDone()) {
      return run.account().abandoned() > 0 ? State.FAILED : State.DONE;
    }
    return draining ? State.DRAINING : State.RUNNING;
  }

  @Override
  public boolean isAutoStartup() {
    return properties.autoStart();
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void start() {
    lock.lock();
    try {
      if (running) {
        return;
      }
      draining = false;
      failures.clear();
      runs.clear();
      pipelines.forEach((name, pipeline) -> {
        var run = pipeline.start();
        runs.put(name, run);
        monitor.watch(name, run);
        Thread.ofVirtual().name("sluice-end-of-" + name).start(() -> awaitEnd(name, run));
      });
      running = true;
    } finally {
      lock.unlock();
    }
  }

  private void awaitEnd(String name, Running run) {
    try {
      run.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does
    } catch (Exception | Error e) {
      failures.put(name, e);
      LOGGER.error("pipeline {} failed: {}", name, run.account(), e);
    }
  }

  @Override
  public void stop() {
    var done = new CountDownLatch(1);
    stop(done::countDown);
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop(Runnable callback) {
    draining = true;
    Thread.ofVirtual()
        .name("sluice-drain")
        .start(() -> {
          try {
            drainAll();
          } finally {
            running = false;
            callback.run();
          }
        });
  }

  private void drainAll() {
    long deadline = System.nanoTime() + properties.drainTimeout().toNanos();
    var all = all();
    if (properties.closeChannels()) {
      channels.values().forEach(Channel::close);
      awaitTaken(all, deadline);
    }
    var drains = new ArrayList<Thread>();
    all.forEach((name, run) ->
        drains.add(
            Thread.ofVirtual()
                .name("sluice-drain-of-" + name)
                .start(() -> drain(name, run, deadline))));
    for (var drain : drains) {
      try {
        drain.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // nobody does
      }
    }
  }

  /// Waits until what was sent has been taken, or nobody is left to take it.
  private void awaitTaken(Map<String, Running> all, long deadline) {
    while (!left().isEmpty()
        && all.values().stream().anyMatch(run -> !run.isDone())
        && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    for (var channel : left()) {
      LOGGER.warn(
          "{} item(s) are left in channel {}: no pipeline took them within {}",
          channel.size(),
          channel.name(),
          properties.drainTimeout());
    }
  }

  private List<Channel<?>> left() {
    var left = new ArrayList<Channel<?>>(channels.values());
    left.removeIf(channel -> channel.size() == 0);
    return left;
  }

  private void drain(String name, Running run, long deadline) {
    try {
      tell(name, run.drain(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does
    } catch (Exception e) {
      failures.putIfAbsent(name, e); // awaitEnd has told it
    }
  }

  private void tell(String name, Report report) {
    LOGGER.info("pipeline {} has ended: {}", name, report.account());
    for (var stuck : report.stuck()) {
      LOGGER.warn(
          "pipeline {}: {} was still at work after {}, at {}",
          name,
          stuck.stage(),
          stuck.since(),
          stuck.stack());
    }
  }
}
