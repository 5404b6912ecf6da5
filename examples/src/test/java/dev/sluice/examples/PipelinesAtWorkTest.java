package dev.sluice.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.VirtualClock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class PipelinesAtWorkTest {
  private static final Order TEA = new Order("1", "ann", 300);

  @Test
  void a_throttle_makes_up_for_a_pause_by_its_burst_and_can_be_changed() throws Exception {
    var clock = new VirtualClock();
    var orders = Channel.<Order>bounded(20);
    var firstIsShipped = new CountDownLatch(1);
    var pipeline =
        PipelinesAtWork.throttled(Source.of(orders), order -> firstIsShipped.countDown());

    try (var running = pipeline.clock(clock).start()) {
      orders.send(TEA);
      firstIsShipped.await();
      clock.advance(Duration.ofSeconds(1));
      orders.sendAll(Collections.nCopies(16, TEA));
      orders.close();
      clock.awaitWaiting(1);
      assertThat(running.account().out()).isEqualTo(1 + 10);

      PipelinesAtWork.faster(running);
      clock.advance(Duration.ofMillis(20)); // in which two would have passed
      assertThat(running.await().account().out()).isEqualTo(17);
    }
  }

  @Test
  void a_drain_brings_home_what_was_taken_and_says_how_it_went() throws Exception {
    var orders = Channel.<Order>bounded(10);
    var shipped = Collections.synchronizedList(new ArrayList<Order>());
    var tenAreShipped = new CountDownLatch(10);
    var printed = new ByteArrayOutputStream();
    var pricing =
        PipelinesAtWork.pricing(
            Source.of(orders),
            order -> order,
            order -> {
              shipped.add(order);
              tenAreShipped.countDown();
            });

    var report =
        PipelinesAtWork.drained(
            pricing,
            () -> {
              orders.sendAll(Collections.nCopies(10, TEA));
              tenAreShipped.await();
            },
            new PrintStream(printed, true, UTF_8));

    assertThat(shipped).hasSize(10);
    assertThat(report.account()).isEqualTo(new Account(10, 10, 0, 0, 0, 0, 0));
    assertThat(report.stuck()).isEmpty();
    assertThat(printed.toString(UTF_8))
        .containsPattern("price    in 10, out 10, \\d+ of 256 waiting") // its places are freed late
        .contains("10 items in");
  }

  @Test
  void an_abort_abandons_what_is_on_the_way() throws Exception {
    var isPricing = new CountDownLatch(1);
    var pipeline =
        PipelinesAtWork.pricing(
            Source.of(TEA),
            order -> {
              isPricing.countDown();
              new CountDownLatch(1).await(); // until interrupted
              return order;
            },
            Sink.discard());
    var running = pipeline.start();
    isPricing.await();

    var report = PipelinesAtWork.aborted(running);

    assertThat(report.account()).isEqualTo(new Account(1, 0, 0, 0, 0, 1, 0));
    assertThat(report.stuck()).isEmpty();
  }

  @Test
  void workers_have_the_context_of_the_thread_that_started_them() throws Exception {
    var out = new ArrayList<String>();
    var pipeline = PipelinesAtWork.carrying(Source.of("a", "b"), out::add);
    MDC.put("request", "42");
    try {
      ScopedValue.where(PipelinesAtWork.USER, "ada").call(pipeline::run);
    } finally {
      MDC.clear();
    }

    assertThat(out).containsExactly("ada 42 a", "ada 42 b");
  }

  @Test
  void a_thread_local_is_carried_by_a_few_lines() throws Exception {
    var out = new ArrayList<String>();
    var pipeline =
        Pipeline.from(Source.of("a", "b"))
            .map(line -> PipelinesAtWork.TENANT.get() + " " + line)
            .to(out::add)
            .carrying(PipelinesAtWork.tenants());
    PipelinesAtWork.TENANT.set("acme");
    try {
      pipeline.run();
    } finally {
      PipelinesAtWork.TENANT.remove();
    }
    pipeline.run();

    assertThat(out).containsExactly("acme a", "acme b", "nobody a", "nobody b");
  }
}
