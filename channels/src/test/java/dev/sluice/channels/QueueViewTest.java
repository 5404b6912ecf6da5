package dev.sluice.channels;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Removing from the middle of a queue; what every queue promises is in the test kit.
@Timeout(30)
class QueueViewTest {

  private static <T> BlockingQueue<T> removable(List<T> items) {
    var queue = Channel.<T>builder().removable().bounded(5).asBlockingQueue();
    queue.addAll(items);
    return queue;
  }

  @Test
  void an_item_in_the_middle_is_removed() {
    var queue = removable(List.of("a", "b", "c", "b", "d"));

    assertThat(queue.remove("b")).isTrue();
    assertThat(queue).containsExactly("a", "c", "b", "d");
    assertThat(queue.remove("x")).isFalse();
    assertThat(queue.removeAll(Set.of("b", "x"))).isTrue();
    assertThat(queue.removeAll(Set.of("b", "x"))).isFalse();
    assertThat(queue).containsExactly("a", "c", "d");
    assertThat(queue.retainAll(Set.of("a", "d"))).isTrue();
    assertThat(queue.removeIf("a"::equals)).isTrue();
    assertThat(queue.removeIf("a"::equals)).isFalse();
    assertThat(queue).containsExactly("d");
  }

  @Test
  void an_iterator_removes_the_very_item_that_it_returned() {
    var first = new String("same");
    var second = new String("same");
    var queue = removable(List.of("a", first, second));
    var items = queue.iterator();
    assertThatThrownBy(items::remove).isInstanceOf(IllegalStateException.class);
    items.next();
    items.next();
    assertThat(items.next()).isSameAs(second);

    items.remove();

    assertThatThrownBy(items::remove).isInstanceOf(IllegalStateException.class);
    assertThat(queue).hasSize(2);
    assertThat(queue.toArray()[1]).isSameAs(first);
  }

  @Test
  void an_iterator_removes_only_what_is_still_there() {
    var queue = removable(List.of(new String("same"), new String("same")));
    var items = queue.iterator();
    items.next();
    queue.remove();

    items.remove();

    assertThat(queue).hasSize(1);
    assertThat(queue.removeIf(item -> queue.poll() != null)).as("gone meanwhile").isFalse();
  }

  @Test
  void what_is_removed_makes_room_for_who_waits() throws Exception {
    var channel = Channel.<String>builder().removable().bounded(2);
    var queue = channel.asBlockingQueue();
    queue.addAll(List.of("a", "b"));
    var putter =
        Thread.ofVirtual()
            .start(() -> {
              try {
                queue.put("c");
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    while (channel.stats().waitingSenders() == 0) {
      Thread.onSpinWait();
    }

    queue.remove("b");

    putter.join();
    assertThat(queue).containsExactly("a", "c");
  }

  @Test
  void a_ring_says_what_to_use_instead() {
    BlockingQueue<String> queue = Channel.<String>bounded(5).asBlockingQueue();
    queue.addAll(List.of("a", "b"));
    var items = queue.iterator();
    items.next();

    assertThatThrownBy(() -> queue.remove("b"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("removable()");
    assertThatThrownBy(items::remove).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> queue.removeIf("b"::equals))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> queue.removeAll(List.of("b")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> queue.retainAll(List.of("b")))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(queue).containsExactly("a", "b");
  }

  @Test
  void an_executor_removes_and_purges_tasks() throws Exception {
    var queue = Channel.<Runnable>builder().removable().bounded(3).asBlockingQueue();
    var go = new CountDownLatch(1);
    var done = new ArrayList<String>();
    try (var pool = new ThreadPoolExecutor(1, 2, 1, DAYS, queue)) {
      pool.execute(() -> await(go));
      Runnable removed = () -> done.add("removed");
      var cancelled = new FutureTask<>(() -> done.add("cancelled"));
      pool.execute(removed);
      pool.execute(cancelled);
      pool.execute(() -> done.add("kept"));

      assertThat(pool.remove(removed)).isTrue();
      assertThat(pool.remove(removed)).isFalse();
      cancelled.cancel(false);
      pool.purge();

      assertThat(queue).hasSize(1);
      go.countDown();
    }
    assertThat(done).containsExactly("kept");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
