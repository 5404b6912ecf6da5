package dev.sluice.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.monitor.Monitor;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Timeout(60)
class SluiceAutoConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SluiceAutoConfiguration.class))
          .withUserConfiguration(Orders.class);

  @Test
  void a_pipeline_is_started_with_the_context_and_drained_with_it() {
    runner.run(context -> {
      var orders = orders(context.getBean("inbox", Channel.class));
      for (int i = 0; i < 1_000; i++) {
        orders.send("order " + i);
      }
      var run = context.getBean(RunningPipelines.class).get("store");

      context.close();

      // also those that were still in the channel
      assertThat(run.isDone()).isTrue();
      assertThat(run.account().out()).isEqualTo(1_000);
      assertThat(STORED).hasSize(1_000);
      assertThat(orders.isEnded()).isTrue();
    });
  }

  @Test
  void what_comes_too_late_is_refused() {
    runner.run(context -> {
      var orders = orders(context.getBean("inbox", Channel.class));
      context.close();

      assertThatThrownBy(() -> orders.send("late")).isInstanceOf(ClosedException.class);
    });
  }

  @Test
  void its_health_is_up_then_out_of_service_then_the_context_is_gone() {
    runner.run(context -> {
      var gate = new CountDownLatch(1);
      held = gate;
      var health = context.getBean(HealthIndicator.class);
      var pipelines = context.getBean(RunningPipelines.class);
      orders(context.getBean("inbox", Channel.class)).send("held");
      await(() -> pipelines.get("store").account().in() == 1);
      assertThat(told(health).getStatus()).isEqualTo(Status.UP);
      assertThat(told(health).getDetails())
          .containsEntry("store", new PipelinesHealth.Told(RunningPipelines.State.RUNNING, 1, 1));

      var closing = Thread.ofVirtual().start(context::close);
      await(pipelines::isDraining);

      assertThat(told(health).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
      assertThat(context.getBean(Monitor.class).health().ready()).isFalse();
      gate.countDown();
      closing.join();
      assertThat(pipelines.isRunning()).isFalse();
      assertThat(STORED).containsExactly("held");
    });
  }

  @Test
  void a_pipeline_that_fails_is_down_and_says_where_but_not_what() {
    runner.run(context -> {
      var health = context.getBean(HealthIndicator.class);
      orders(context.getBean("inbox", Channel.class)).send("fail");

      await(() -> told(health).getStatus().equals(Status.DOWN));

      assertThat(told(health).getDetails().get("store"))
          .hasToString("Told[state=FAILED, in=1, inFlight=0]");
    });
  }

  @Test
  void a_drain_ends_when_its_time_is_over() {
    runner
        .withPropertyValues("sluice.drain-timeout=100ms")
        .run(context -> {
          held = new CountDownLatch(1); // never opened
          var run = context.getBean(RunningPipelines.class).get("store");
          orders(context.getBean("inbox", Channel.class)).send("stuck");
          await(() -> run.account().in() == 1);

          long begun = System.nanoTime();
          context.close();

          assertThat(Duration.ofNanos(System.nanoTime() - begun))
              .isLessThan(Duration.ofSeconds(20));
          assertThat(run.account().abandoned()).isEqualTo(1);
        });
  }

  @Test
  void pipelines_are_left_alone_if_that_is_said() {
    runner
        .withPropertyValues("sluice.auto-start=false")
        .run(context -> {
          var pipelines = context.getBean(RunningPipelines.class);
          assertThat(pipelines.all()).isEmpty();

          pipelines.start();

          assertThat(pipelines.all()).containsOnlyKeys("store");
          assertThatThrownBy(() -> pipelines.get("stroe"))
              .hasMessage("no pipeline 'stroe' has been started; there are [store]");
        });
  }

  @Test
  void they_can_be_stopped_and_started_again() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(SluiceAutoConfiguration.class))
        .withBean("three", Pipeline.class, () -> Pipeline.from(Source.of(1, 2, 3)).to(i -> {}))
        .run(context -> {
          var pipelines = context.getBean(RunningPipelines.class);
          var first = pipelines.get("three");
          first.await();

          pipelines.stop();
          pipelines.start();

          assertThat(pipelines.get("three")).isNotSameAs(first);
          assertThat(pipelines.get("three").await().account().out()).isEqualTo(3);
          assertThat(pipelines.isDraining()).isFalse();
        });
  }

  @Test
  void they_are_started_after_the_web_server_and_stopped_after_its_last_request() {
    // as the constants of WebServerApplicationContext are
    int last = Integer.MAX_VALUE;
    assertThat(RunningPipelines.PHASE).isBetween(last - 2_048 + 512 + 1, last - 1_024 - 1);
  }

  @Test
  void its_meters_are_bound() {
    runner
        .withConfiguration(
            AutoConfigurations.of(
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class,
                SimpleMetricsExportAutoConfiguration.class))
        .run(context -> {
          var registry = context.getBean(MeterRegistry.class);
          orders(context.getBean("inbox", Channel.class)).send("one");

          await(() ->
              registry
                  .find("sluice.pipeline.in")
                  .tag("pipeline", "store")
                  .functionCounters()
                  .stream()
                  .anyMatch(counter -> counter.count() == 1));
          assertThat(registry.find("sluice.channel.capacity").tag("channel", "inbox").gauge())
              .isNotNull();
        });
  }

  @Test
  void it_needs_no_actuator() {
    runner
        .withClassLoader(
            new FilteredClassLoader("org.springframework.boot.health", "io.micrometer"))
        .run(context -> {
          assertThat(context).hasNotFailed().hasSingleBean(RunningPipelines.class);
          assertThat(context).doesNotHaveBean("sluiceHealthIndicator");
        });
  }

  @Test
  void an_editor_knows_every_property_and_what_it_means() throws IOException {
    try (var bytes =
        SluiceAutoConfiguration.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      assertThat(bytes).isNotNull();
      var metadata = new String(bytes.readAllBytes(), StandardCharsets.UTF_8);

      for (var property :
          List.of(
              "auto-start",
              "drain-timeout",
              "close-channels",
              "queue.address",
              "queue.durability",
              "queue.patience",
              "queue.max-items",
              "queue.max-bytes",
              "queue.lease")) {
        assertThat(metadata)
            .containsPattern(
                "\"name\": \"sluice\\."
                    + property
                    + "\",\\s+\"type\": \"[^\"]+\",\\s+\"description\":");
      }
    }
  }

  // ----------------------------------------------------------------

  private static final ConcurrentLinkedQueue<String> STORED = new ConcurrentLinkedQueue<>();
  private static volatile CountDownLatch held = new CountDownLatch(0);

  @Configuration(proxyBeanMethods = false)
  static class Orders {
    @SuppressWarnings("StaticAssignmentInConstructor") // each context begins anew
    Orders() {
      STORED.clear();
      held = new CountDownLatch(0);
    }

    @Bean
    Channel<String> inbox() {
      return Channel.bounded(1_000);
    }

    @Bean
    Pipeline store(Channel<String> inbox) {
      return Pipeline.from(Source.of(inbox))
          .to(order -> {
            held.await();
            if (order.equals("fail")) {
              throw new IOException("the secret of " + order);
            }
            STORED.add(order);
          });
    }
  }

  @SuppressWarnings("unchecked")
  private static Channel<String> orders(Channel<?> bean) {
    return (Channel<String>) bean;
  }

  private static Health told(HealthIndicator indicator) {
    return requireNonNull(indicator.health());
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
