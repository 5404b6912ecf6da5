package dev.sluice.kafka;

import dev.sluice.pipelines.ThrowingFunction;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Carries traces of OpenTelemetry in the headers of records, as W3C has it (`traceparent`,
/// `tracestate`). Needs `io.opentelemetry:opentelemetry-api`, which this module does not bring
/// along.
public final class TraceHeaders {
  private static final TextMapGetter<KafkaRecord<?, ?>> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(KafkaRecord<?, ?> one) {
          var names = new ArrayList<String>();
          one.headers().forEach(header -> names.add(header.key()));
          return names;
        }

        @Override
        public @Nullable String get(@Nullable KafkaRecord<?, ?> one, String name) {
          return one == null ? null : one.header(name);
        }
      };

  private TraceHeaders() {}

  /// The context that `one` was sent in; an empty one if its headers name none.
  public static Context of(KafkaRecord<?, ?> one) {
    return W3CTraceContextPropagator.getInstance().extract(Context.root(), one, GETTER);
  }

  /// `one` with the trace that is current now.
  public static <K, V> Outgoing<K, V> current(Outgoing<K, V> one) {
    var headers = new ArrayList<String[]>();
    W3CTraceContextPropagator.getInstance()
        .inject(
            Context.current(),
            headers,
            (list, name, text) -> {
              if (list != null) {
                list.add(new String[] {name, text});
              }
            });
    var traced = one;
    for (var header : headers) {
      traced = traced.header(header[0], header[1]);
    }
    return traced;
  }

  /// What `function` does, with the context that the record was sent in as the current one: spans
  /// that it begins belong to that trace.
  @SuppressWarnings("try") // the scope is there to be closed
  public static <K, V, R> ThrowingFunction<KafkaRecord<K, V>, R> within(
      ThrowingFunction<? super KafkaRecord<K, V>, ? extends R> function) {
    return one -> {
      try (var scope = of(one).makeCurrent()) {
        return function.apply(one);
      }
    };
  }
}
