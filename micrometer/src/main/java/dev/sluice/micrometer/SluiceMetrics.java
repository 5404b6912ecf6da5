package dev.sluice.micrometer;

import dev.sluice.monitor.Monitor;
import dev.sluice.monitor.Snapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// Registers meters for all that a monitor watches, also for what it comes to watch later; those of
/// what it has forgotten are removed.
///
/// ```java
/// var metrics = new SluiceMetrics(monitor);
/// metrics.bindTo(registry);
/// ```
///
/// | meter | type | tags |
/// |---|---|---|
/// | `sluice.pipeline.items` | counter | `pipeline`, `outcome` |
/// | `sluice.pipeline.in`, `sluice.pipeline.in.flight` | counter, gauge | `pipeline` |
/// | `sluice.stage.in`, `.out`, `.failed`, `.retried`, `.dropped` | counters | `pipeline`, `stage` |
/// | `sluice.stage.workers`, `.queued`, `.capacity`, `.oldest` (seconds) | gauges | likewise |
/// | `sluice.stage.busy`, `.starved`, `.blocked`, `.delayed` | gauges, 0 to 1 | likewise |
/// | `sluice.channel.sent`, `.received`, `.dropped` | counters | `channel` |
/// | `sluice.channel.size`, `.capacity`, `.oldest` (seconds) | gauges | `channel` |
public final class SluiceMetrics implements MeterBinder, AutoCloseable {
  private final Monitor monitor;
  private final List<Binding> bindings = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();

  /// Makes a binder for what `monitor` watches.
  public SluiceMetrics(Monitor monitor) {
    this.monitor = monitor;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    var binding = new Binding(registry);
    lock.lock();
    try {
      bindings.add(binding);
    } finally {
      lock.unlock();
    }
    binding.accept(monitor.snapshot());
    monitor.onSnapshot(binding);
  }

  /// Registers no more. The meters stay as they are.
  @Override
  public void close() {
    lock.lock();
    try {
      bindings.forEach(monitor::removeListener);
      bindings.clear();
    } finally {
      lock.unlock();
    }
  }

  /// The meters in one registry: for each thing that is watched those that belong to it, which read
  /// what was last seen of it.
  private static final class Binding implements Consumer<Snapshot> {
    private final MeterRegistry registry;
    private final Map<Tags, Watched<?>> watched = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /// What was last seen of a thing, and its meters.
    private static final class Watched<T> {
      volatile T seen;
      final List<Meter> meters = new ArrayList<>();

      Watched(T seen) {
        this.seen = seen;
      }
    }

    Binding(MeterRegistry registry) {
      this.registry = registry;
    }

    @Override
    public void accept(Snapshot snapshot) {
      lock.lock();
      try {
        var there = new HashSet<Tags>();
        for (var pipeline : snapshot.pipelines()) {
          see(there, Tags.of("pipeline", pipeline.name()), pipeline, this::pipeline);
          for (var stage : pipeline.stages()) {
            var tags = Tags.of("pipeline", pipeline.name(), "stage", stage.name());
            see(there, tags, stage, this::stage);
          }
        }
        for (var channel : snapshot.channels()) {
          see(there, Tags.of("channel", channel.name()), channel, this::channel);
        }
        watched
            .entrySet()
            .removeIf(one -> !there.contains(one.getKey()) && removed(one.getValue()));
      } finally {
        lock.unlock();
      }
    }

    private boolean removed(Watched<?> gone) {
      gone.meters.forEach(registry::remove);
      return true;
    }

    private interface Registration<T> {
      void register(Watched<T> of, Tags tags);
    }

    @SuppressWarnings("unchecked") // those with the same tags are of the same kind
    private <T> void see(Set<Tags> there, Tags tags, T seen, Registration<T> registration) {
      there.add(tags);
      var known = (Watched<T>) watched.get(tags);
      if (known == null) {
        var added = new Watched<>(seen);
        registration.register(added, tags);
        watched.put(tags, added);
      } else {
        known.seen = seen;
      }
    }

    private void pipeline(Watched<Snapshot.Pipeline> of, Tags tags) {
      outcome(of, tags, "out", one -> one.account().out());
      outcome(of, tags, "filtered", one -> one.account().filtered());
      outcome(of, tags, "dropped", one -> one.account().dropped());
      outcome(of, tags, "dead_lettered", one -> one.account().deadLettered());
      outcome(of, tags, "abandoned", one -> one.account().abandoned());
      counter(of, tags, "sluice.pipeline.in", one -> one.account().in());
      gauge(of, tags, "sluice.pipeline.in.flight", one -> one.account().inFlight());
    }

    private void outcome(
        Watched<Snapshot.Pipeline> of,
        Tags tags,
        String outcome,
        ToDoubleFunction<Snapshot.Pipeline> count) {
      counter(of, tags.and("outcome", outcome), "sluice.pipeline.items", count);
    }

    private void stage(Watched<Snapshot.Stage> of, Tags tags) {
      counter(of, tags, "sluice.stage.in", Snapshot.Stage::in);
      counter(of, tags, "sluice.stage.out", Snapshot.Stage::out);
      counter(of, tags, "sluice.stage.failed", Snapshot.Stage::failed);
      counter(of, tags, "sluice.stage.retried", Snapshot.Stage::retried);
      counter(of, tags, "sluice.stage.dropped", Snapshot.Stage::dropped);
      gauge(of, tags, "sluice.stage.workers", Snapshot.Stage::workers);
      gauge(of, tags, "sluice.stage.queued", Snapshot.Stage::queued);
      gauge(of, tags, "sluice.stage.capacity", Snapshot.Stage::capacity);
      gauge(of, tags, "sluice.stage.oldest", one -> one.oldest().toMillis() / 1e3);
      gauge(of, tags, "sluice.stage.busy", Snapshot.Stage::busy);
      gauge(of, tags, "sluice.stage.starved", Snapshot.Stage::starved);
      gauge(of, tags, "sluice.stage.blocked", Snapshot.Stage::blocked);
      gauge(of, tags, "sluice.stage.delayed", Snapshot.Stage::delayed);
    }

    private void channel(Watched<Snapshot.Channel> of, Tags tags) {
      counter(of, tags, "sluice.channel.sent", Snapshot.Channel::sent);
      counter(of, tags, "sluice.channel.received", Snapshot.Channel::received);
      counter(of, tags, "sluice.channel.dropped", Snapshot.Channel::dropped);
      gauge(of, tags, "sluice.channel.size", Snapshot.Channel::size);
      gauge(of, tags, "sluice.channel.capacity", Snapshot.Channel::capacity);
      gauge(of, tags, "sluice.channel.oldest", one -> one.oldest().toMillis() / 1e3);
    }

    private <T> void counter(Watched<T> of, Tags tags, String name, ToDoubleFunction<T> value) {
      of.meters.add(
          FunctionCounter.builder(name, of, one -> value.applyAsDouble(one.seen))
              .tags(tags)
              .register(registry));
    }

    private <T> void gauge(Watched<T> of, Tags tags, String name, ToDoubleFunction<T> value) {
      of.meters.add(
          Gauge.builder(name, of, one -> value.applyAsDouble(one.seen))
              .tags(tags)
              .register(registry));
    }
  }
}
