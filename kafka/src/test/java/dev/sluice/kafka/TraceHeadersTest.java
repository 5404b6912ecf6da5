package dev.sluice.kafka;

import static dev.sluice.kafka.TestKafka.source;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A trace that goes through two topics, with spans where records are made and worked on.
@Timeout(120)
@ExtendWith(SharedBroker.class)
class TraceHeadersTest {
  @RegisterExtension static final OpenTelemetryExtension SPANS = OpenTelemetryExtension.create();

  private final TestKafka server;

  TraceHeadersTest(TestKafka server) {
    this.server = server;
  }

  @SuppressWarnings("try") // the scope is there to be closed
  private static <R> R within(String name, java.util.function.Supplier<R> work) {
    var span = SPANS.getOpenTelemetry().getTracer("test").spanBuilder(name).startSpan();
    try (var scope = span.makeCurrent()) {
      return work.get();
    } finally {
      span.end();
    }
  }

  private static SpanData span(String name) {
    return SPANS.getSpans().stream()
        .filter(it -> it.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_trace_goes_from_who_produced_a_record_to_who_works_on_it_and_on() throws Exception {
    var orders = server.topic(1);
    var bills = server.topic(1);
    try (var kafka = server.connect()) {
      var order = within("order", () -> TraceHeaders.current(Outgoing.of("k", "tea")));
      Pipeline.from(Source.of(order))
          .batch(1, Duration.ZERO)
          .to(kafka.sink(orders, Serdes.String(), Serdes.String()))
          .run();
      Pipeline.from(source(kafka, orders).untilEnd())
          .map(
              TraceHeaders.within(one ->
                  within(
                      "bill",
                      () -> TraceHeaders.current(Outgoing.of("k", one.value()).headersOf(one)))))
          .batch(1, Duration.ZERO)
          .to(kafka.sink(bills, Serdes.String(), Serdes.String()))
          .run();
      Pipeline.from(source(kafka, bills).untilEnd())
          .map(TraceHeaders.within(one -> within("pay", one::value)))
          .to(it -> assertThat(it).isEqualTo("tea"))
          .run();
    }

    assertThat(span("bill").getTraceId()).isEqualTo(span("order").getTraceId());
    assertThat(span("bill").getParentSpanId()).isEqualTo(span("order").getSpanId());
    assertThat(span("pay").getParentSpanId())
        .as("the last of two traceparents")
        .isEqualTo(span("bill").getSpanId());
  }

  @Test
  void a_record_without_a_trace_begins_one() throws Exception {
    var topic = server.topic(1);
    server.produce(topic, 0, 1, 1);
    try (var kafka = server.connect()) {
      Pipeline.from(source(kafka, topic).untilEnd())
          .map(TraceHeaders.within(one -> Span.current().getSpanContext().isValid()))
          .to(valid -> assertThat(valid).isFalse())
          .run();
    }
  }
}
