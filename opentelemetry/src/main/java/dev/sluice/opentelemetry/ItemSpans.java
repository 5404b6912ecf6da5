package dev.sluice.opentelemetry;

import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.ThrowingConsumer;
import dev.sluice.pipelines.ThrowingFunction;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Follows some items through a pipeline: a span from where it begins to its sink, and within that
/// one for each stage that deals with it. The time between them is the time that it waited.
///
/// ```java
/// var spans = new ItemSpans(tracer, 1_000); // one order in a thousand
/// return Pipeline.from(orders)
///     .peek(spans.begin("order"))
///     .map(Parallel.ordered(4), spans.stage("price", price))
///     .to(spans.end("ship", ship));
/// ```
///
/// The span of a stage is the current one while its function runs, so what that calls belongs to
/// it. An item is known by its identity, and what a stage makes of it takes its place: so items
/// must be objects of their own, unlike small `Integer`s. The span of one that is filtered, or
/// fails for good, ends when a thousand others have begun after it, with the attribute
/// `sluice.unfinished`; so does that of one that went into a batch, which is another object.
///
/// Items that aren't followed cost a look at a counter, or in a map while others are on the way.
/// One of these serves one run at a time; any thread may use it.
public final class ItemSpans {
  private static final int MOST = 1_000;

  private final Tracer tracer;
  private final long every;
  private final AtomicLong begun = new AtomicLong();
  private final ConcurrentHashMap<Identity, Span> followed = new ConcurrentHashMap<>();

  /// The spans of [#followed] and some that have ended, oldest first.
  private final ConcurrentLinkedQueue<Span> order = new ConcurrentLinkedQueue<>();

  /// An item as a key: equal to itself alone.
  private record Identity(Object item) {
    @Override
    @SuppressWarnings("ReferenceEquality") // that is the point
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity(var its) && its == item;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(item);
    }
  }

  /// Makes one that follows the first of each `every` items.
  ///
  /// @param every at least 1, which follows all
  public ItemSpans(Tracer tracer, long every) {
    if (every < 1) {
      throw new IllegalArgumentException("every must be at least 1, but was " + every);
    }
    this.tracer = tracer;
    this.every = every;
  }

  /// Begins to follow some of the items, for `peek`.
  ///
  /// @param name of their spans
  public <T> ThrowingConsumer<T> begin(String name) {
    return item -> {
      if (begun.getAndIncrement() % every == 0) {
        var span = tracer.spanBuilder(name).setNoParent().startSpan();
        if (followed.putIfAbsent(new Identity(item), span) == null) {
          order.add(span);
          endOldest();
        }
      }
    };
  }

  /// Items that never came to their end must not be kept for ever.
  private void endOldest() {
    while (followed.size() > MOST) {
      var oldest = order.poll();
      if (oldest == null) {
        return;
      }
      if (followed.values().remove(oldest)) {
        oldest.setAttribute("sluice.unfinished", true);
        oldest.end();
      }
    }
    while (order.size() > 2 * MOST) {
      order.removeIf(span -> !span.isRecording());
    }
  }

  /// A function that does what `function` does, in a span if the item is followed. What it makes of
  /// the item is followed on.
  ///
  /// @param name of the span
  public <T, R> ThrowingFunction<T, R> stage(
      String name, ThrowingFunction<? super T, ? extends R> function) {
    return item -> {
      var span = span(item);
      if (span == null) {
        return function.apply(item);
      }
      R result = within(name, span, () -> function.apply(item));
      if (followed.remove(new Identity(item), span)) {
        followed.put(new Identity(result), span);
      }
      return result;
    };
  }

  /// A sink that writes what `sink` does, in a span if the item is followed; where that ends, so
  /// does the item's.
  ///
  /// @param name of the span
  public <T> Sink<T> end(String name, Sink<? super T> sink) {
    return new Sink<>() {
      @Override
      public void write(T item) throws Exception {
        var span = span(item);
        if (span == null) {
          sink.write(item);
          return;
        }
        within(
            name,
            span,
            () -> {
              sink.write(item);
              return item;
            });
        if (followed.remove(new Identity(item), span)) {
          span.end();
        }
      }

      @Override
      public void finish() throws Exception {
        sink.finish();
      }
    };
  }

  private @Nullable Span span(Object item) {
    return followed.isEmpty() ? null : followed.get(new Identity(item));
  }

  private interface Work<R> {
    R run() throws Exception;
  }

  @SuppressWarnings("try") // the scope is there to be closed
  private <R> R within(String name, Span item, Work<R> work) throws Exception {
    var span = tracer.spanBuilder(name).setParent(Context.root().with(item)).startSpan();
    try (var scope = span.makeCurrent()) {
      return work.run();
    } catch (Throwable e) {
      span.setStatus(StatusCode.ERROR);
      span.setAttribute(
          "exception.type", e.getClass().getName()); // its message may tell of the item
      throw e;
    } finally {
      span.end();
    }
  }
}
