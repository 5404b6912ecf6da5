package dev.sluice.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ItemSpansTest {
  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exported)).build();
  private final Tracer tracer = provider.get("test");

  @AfterEach
  void close() {
    provider.close();
  }

  private static List<String> orders(int count) {
    return IntStream.range(0, count).mapToObj(i -> "order " + i).toList();
  }

  private List<SpanData> named(String name) {
    return exported.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  @Test
  void an_item_in_so_many_has_a_span_with_one_for_each_stage() throws Exception {
    var spans = new ItemSpans(tracer, 10);
    var current = ConcurrentHashMap.<String>newKeySet();

    Pipeline.from(Source.of(orders(100)))
        .peek(spans.begin("order"))
        .map(
            Parallel.ordered(4),
            spans.stage(
                "price",
                (String order) -> {
                  if (Span.current().getSpanContext().isValid()) {
                    current.add(Span.current().getSpanContext().getSpanId());
                  }
                  return new StringBuilder(order);
                }))
        .to(spans.end("ship", order -> {}))
        .run();

    assertThat(named("order")).hasSize(10);
    assertThat(named("price")).hasSize(10);
    assertThat(named("price").stream().map(SpanData::getSpanId))
        .containsExactlyInAnyOrderElementsOf(current);
    for (var ship : named("ship")) {
      var order =
          named("order").stream()
              .filter(span -> span.getSpanId().equals(ship.getParentSpanId()))
              .findFirst()
              .orElseThrow();
      var price =
          named("price").stream()
              .filter(span -> span.getTraceId().equals(ship.getTraceId()))
              .findFirst()
              .orElseThrow();
      assertThat(price.getParentSpanId()).isEqualTo(order.getSpanId());
      assertThat(price.getEndEpochNanos()).isLessThanOrEqualTo(ship.getStartEpochNanos());
      assertThat(ship.getEndEpochNanos()).isLessThanOrEqualTo(order.getEndEpochNanos());
    }
  }

  @Test
  void a_failure_shows_without_what_it_says_of_the_item() throws Exception {
    var spans = new ItemSpans(tracer, 1);
    Pipeline.from(Source.of(orders(3)))
        .peek(spans.begin("order"))
        .<String>map(
            spans.stage(
                "price",
                order -> {
                  if (order.endsWith("1")) {
                    throw new IllegalStateException("no price for " + order);
                  }
                  return order;
                }))
        .onError(OnError.skip())
        .to(spans.end("ship", Sink.discard()))
        .run();

    assertThat(named("ship")).hasSize(2);
    var failed =
        named("price").stream()
            .filter(span -> span.getStatus().equals(StatusData.error()))
            .toList();
    assertThat(failed).hasSize(1);
    assertThat(failed.getFirst().getAttributes().asMap().toString())
        .isEqualTo("{exception.type=java.lang.IllegalStateException}");
  }

  @Test
  void items_that_never_arrive_are_not_kept_for_ever() throws Exception {
    var spans = new ItemSpans(tracer, 1);
    Pipeline.from(Source.of(orders(5_000)))
        .peek(spans.begin("order"))
        .filter(order -> false)
        .to(spans.end("ship", order -> {}))
        .run();

    assertThat(named("order")).hasSize(4_000);
    assertThat(named("order"))
        .allSatisfy(span ->
            assertThat(span.getAttributes().get(AttributeKey.booleanKey("sluice.unfinished")))
                .isTrue());
  }

  @Test
  void fewer_than_all_is_the_most() {
    assertThatThrownBy(() -> new ItemSpans(tracer, 0))
        .hasMessage("every must be at least 1, but was 0");
  }
}
