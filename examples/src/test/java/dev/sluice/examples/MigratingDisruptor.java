package dev.sluice.examples;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import com.lmax.disruptor.util.DaemonThreadFactory;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/// A ring of events with handlers, and stages: `docs/guide/migrating.md`.
final class MigratingDisruptor {
  private MigratingDisruptor() {}

  // @start disruptor-event
  /// What the ring is filled with, once; producers and handlers change it in place.
  static final class ValueEvent {
    long value;
  }

  // @end

  static long before(long count) {
    var sum = new LongAdder();
    // @start disruptor-before
    var disruptor =
        new Disruptor<>(
            ValueEvent::new,
            1_024, // a power of two
            DaemonThreadFactory.INSTANCE,
            ProducerType.SINGLE,
            new BlockingWaitStrategy());
    EventHandler<ValueEvent> doubling = (event, sequence, endOfBatch) -> event.value *= 2;
    EventHandler<ValueEvent> adding = (event, sequence, endOfBatch) -> sum.add(event.value);
    disruptor.handleEventsWith(doubling).then(adding);
    var ring = disruptor.start();
    for (long i = 1; i <= count; i++) {
      ring.publishEvent((event, sequence, value) -> event.value = value, i);
    }
    disruptor.shutdown(); // waits until all have been handled
    // @end
    return sum.sum();
  }

  static long after(long count) throws Exception {
    var sum = new LongAdder();
    // @start disruptor-after
    Pipeline.from(Source.of(() -> LongStream.rangeClosed(1, count).boxed()))
        .map(value -> value * 2)
        .buffer(1_024) // here another thread goes on; without it the stages are one loop
        .to(sum::add)
        .run(); // waits until all have been handled, or throws what a stage threw
    // @end
    return sum.sum();
  }
}
