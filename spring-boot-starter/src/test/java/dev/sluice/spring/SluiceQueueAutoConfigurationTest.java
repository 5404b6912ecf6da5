package dev.sluice.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queues.Codec;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.QueueStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SluiceQueueAutoConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SluiceQueueAutoConfiguration.class));

  @TempDir Path dir;

  record Texts(DurableQueue<String> queue) {}

  record Bytes(DurableQueue<byte[]> queue) {}

  @Test
  void there_is_none_without_an_address() {
    runner.run(context -> assertThat(context).doesNotHaveBean(DurableQueue.class));
  }

  @Test
  void a_queue_of_texts_is_opened_as_the_properties_say() {
    runner
        .withPropertyValues(
            "sluice.queue.address=file:" + dir.resolve("q.db") + "#orders",
            "sluice.queue.max-items=7",
            "sluice.queue.lease=90s")
        .withUserConfiguration(Texts.class)
        .run(context -> {
          var queue = context.getBean(Texts.class).queue();
          queue.send("tea");

          assertThat(queue.name()).isEqualTo("orders");
          assertThat(queue.options().maxItems()).isEqualTo(7);
          assertThat(queue.options().lease()).isEqualTo(Duration.ofSeconds(90));
          assertThat(queue.receive().value()).isEqualTo("tea");
        });
  }

  @Test
  void the_bean_that_is_a_codec_says_what_it_holds() {
    runner
        .withPropertyValues("sluice.queue.address=file:" + dir.resolve("q.db"))
        .withBean(Codec.class, Codec::bytes)
        .withUserConfiguration(Bytes.class)
        .run(context -> {
          var queue = context.getBean(Bytes.class).queue();
          queue.send("tea".getBytes(StandardCharsets.UTF_8));

          assertThat(queue.receive().value()).asString(StandardCharsets.UTF_8).isEqualTo("tea");
        });
  }

  @Test
  void an_address_that_is_none_is_explained() {
    runner
        .withPropertyValues("sluice.queue.address=mysql://x/y")
        .run(context -> {
          assertThat(context).hasFailed();
          assertThat(explained(context))
              .startsWith("sluice.queue.address: queue 'mysql://x/y' begins with neither; use");
        });
  }

  @Test
  void bounds_that_cannot_be_are_explained() {
    runner
        .withPropertyValues(
            "sluice.queue.address=file:" + dir.resolve("q.db"), "sluice.queue.max-items=0")
        .run(context -> {
          assertThat(explained(context))
              .startsWith("sluice.queue: a queue must hold at least 1 item");
        });
  }

  @Test
  void a_file_that_cannot_be_opened_is_explained() {
    runner
        .withPropertyValues("sluice.queue.address=file:" + dir.resolve("no/such/dir/q.db"))
        .run(context -> {
          assertThat(explained(context)).startsWith("The durable queue cannot be opened: ");
        });
  }

  @Test
  void nobody_needs_the_queues() {
    runner
        .withClassLoader(new FilteredClassLoader(QueueStore.class))
        .withPropertyValues("sluice.queue.address=file:" + dir.resolve("q.db"))
        .run(context -> assertThat(context).hasNotFailed());
  }

  /// What Spring Boot shows in place of a stack trace.
  private static String explained(AssertableApplicationContext context) {
    var failure = (Exception) requireNonNull(context.getStartupFailure());
    return requireNonNull(new QueueFailureAnalyzer().analyze(failure, failure)).getDescription();
  }
}
