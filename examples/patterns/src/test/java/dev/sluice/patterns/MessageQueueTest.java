package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queues.Codec;
import dev.sluice.queues.QueueStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageQueueTest {
  @TempDir Path dir;

  @Test
  void what_one_sends_another_works_on_later() throws Exception {
    var file = dir.resolve("orders.db");
    MessageQueue.send(file, "tea");
    var done = new ArrayList<String>();

    var report = MessageQueue.work(file, done::add);

    assertThat(done).containsExactly("tea");
    assertThat(report.account().out()).isEqualTo(1);
  }

  @Test
  void a_message_that_was_not_dealt_with_is_still_there() throws Exception {
    var file = dir.resolve("orders.db");
    MessageQueue.send(file, "tea");
    assertThatThrownBy(() ->
            MessageQueue.work(
                file,
                _ -> {
                  throw new IllegalStateException("out of cups");
                }))
        .hasMessage("out of cups");

    try (var store = QueueStore.open(file)) {
      var again = store.queue("orders", Codec.text()).receive(Duration.ofSeconds(10));
      assertThat(again).isNotNull().satisfies(item -> assertThat(item.value()).isEqualTo("tea"));
    }
  }

  @Test
  void usually_a_message_is_gone_before_it_is_dealt_with() {
    var queue = new LinkedBlockingQueue<>(List.of("tea"));
    assertThatThrownBy(
            () -> {
              queue.take();
              throw new IllegalStateException("out of cups");
            })
        .hasMessage("out of cups");

    assertThat(queue).isEmpty();
  }
}
