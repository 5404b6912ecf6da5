package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import java.util.LinkedList;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QueueObjectTest {
  @Test
  void what_came_first_leaves_first_and_none_is_told_from_null() throws Exception {
    var queue = Channel.<String>bounded(3);
    queue.send("first");
    queue.send("second");

    assertThat(queue.receive()).isEqualTo("first");
    assertThat(queue.receive()).isEqualTo("second");
    assertThat(queue.tryReceive()).isNull(); // empty, and nothing else
    assertThatThrownBy(() -> queue.send(nothing())).isInstanceOf(NullPointerException.class);
  }

  @SuppressWarnings("NullAway") // what a caller without the checker may do
  private static String nothing() {
    return null;
  }

  @Test
  void an_executor_takes_it_as_its_queue() {
    var tasks = Channel.<Runnable>builder().removable().bounded(10);
    var done = new ConcurrentLinkedQueue<Integer>();
    try (var executor = QueueObject.executor(2, tasks)) {
      for (int i = 0; i < 12; i++) {
        int task = i;
        executor.execute(() -> done.add(task));
      }
    }

    assertThat(done).hasSize(12).doesNotHaveDuplicates();
    assertThat(tasks.stats().received()).isPositive();
  }

  @Test
  @SuppressWarnings("JdkObsolete") // it is what the usual version is made of
  void usually_an_empty_queue_and_one_of_null_answer_alike() {
    var empty = new LinkedList<@Nullable String>();
    var full = new LinkedList<@Nullable String>();
    full.add(null);

    assertThat(empty.poll()).isEqualTo(full.poll());
  }
}
