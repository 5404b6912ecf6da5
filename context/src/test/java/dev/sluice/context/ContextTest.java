package dev.sluice.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.ContextCarrier;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class ContextTest {
  private static final ScopedValue<String> USER = ScopedValue.newInstance();
  private static final ScopedValue<Integer> TENANT = ScopedValue.newInstance();
  private static final ContextKey<String> KEY = ContextKey.named("key");

  @AfterEach
  void clear() {
    MDC.clear();
  }

  @Test
  void workers_see_the_scoped_values_that_were_named() throws Exception {
    var seen =
        ScopedValue.where(USER, "ada")
            .where(TENANT, 7)
            .call(() ->
                inWorkers(
                    new ScopedValues(USER, TENANT), () -> USER.get() + " of " + TENANT.get()));

    assertThat(seen).containsExactly("ada of 7");
  }

  @Test
  void a_scoped_value_that_was_not_named_or_not_bound_is_not_bound_in_workers() throws Exception {
    var seen =
        ScopedValue.where(USER, "ada")
            .call(() ->
                inWorkers(new ScopedValues(TENANT), () -> USER.isBound() + " " + TENANT.isBound()));

    assertThat(seen).containsExactly("false false");
  }

  @Test
  void workers_log_with_the_context_of_who_started_them() throws Exception {
    MDC.put("request", "42");

    var seen = inWorkers(new LoggingContext(), () -> MDC.get("request"));

    assertThat(seen).containsExactly("42");
  }

  @Test
  void what_a_worker_puts_into_the_logging_context_stays_with_it() throws Exception {
    MDC.put("request", "42");
    var carried = new LoggingContext().capture();
    MDC.put("request", "43");

    carried.around(() -> MDC.put("worker", "1"));

    assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("request", "43"));
  }

  @Test
  void spans_of_workers_have_the_parent_that_was_current() throws Exception {
    Set<String> seen;
    try (var _ = Context.current().with(KEY, "span").makeCurrent()) {
      seen = inWorkers(new TraceContext(), () -> String.valueOf(Context.current().get(KEY)));
    }

    assertThat(seen).containsExactly("span");
    assertThat(Context.current().get(KEY)).isNull();
  }

  @Test
  void several_are_carried_together() throws Exception {
    MDC.put("request", "42");

    var seen =
        ScopedValue.where(USER, "ada")
            .call(() ->
                inWorkers(
                    new ScopedValues(USER).and(new LoggingContext()),
                    () -> USER.get() + " " + MDC.get("request")));

    assertThat(seen).containsExactly("ada 42");
  }

  @Test
  void what_a_worker_throws_comes_through() {
    var thrown = new IOException("disk");
    var all = new ScopedValues(USER).and(new LoggingContext()).and(new TraceContext());

    ScopedValue.where(USER, "ada")
        .run(() ->
            assertThatThrownBy(() ->
                    all.capture()
                        .around(() -> {
                          throw thrown;
                        }))
                .isSameAs(thrown));
  }

  /// What all workers of a run see.
  private static Set<String> inWorkers(ContextCarrier carrier, Supplier<String> look)
      throws Exception {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Pipeline.from(Source.of(1, 2, 3))
        .map(Parallel.ordered(2), _ -> look.get())
        .to(seen::add)
        .carrying(carrier)
        .run();
    return seen;
  }
}
