package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Source;
import dev.sluice.queues.Codec;
import dev.sluice.queues.QueueStore;
import dev.sluice.testkit.Actor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FanOutTest {
  @TempDir Path dir;

  @Test
  void what_one_consumer_fails_at_another_gets() throws Exception {
    var failed = new ArrayList<String>();
    var done = new ArrayList<String>();
    try (var store = QueueStore.open(dir.resolve("jobs.db"))) {
      var queue = store.queue("jobs", Codec.text());
      queue.send("a");
      queue.send("b");

      FanOut.compete(
          queue,
          item -> {
            failed.add(item);
            throw new IOException("too heavy");
          });
      FanOut.compete(queue, done::add);

      assertThat(failed).hasSize(1);
      assertThat(done).containsExactlyInAnyOrder("a", "b");
      assertThat(queue.stats().depth()).isZero();
    }
  }

  @Test
  void a_slow_subscriber_loses_items_of_its_own_and_holds_nobody_up() throws Exception {
    var archived = new ArrayList<Integer>();
    var shown = new ArrayList<Integer>();
    var archiveHasAll = new CountDownLatch(100);

    var report =
        FanOut.broadcast(
                Source.of(() -> IntStream.rangeClosed(1, 100).boxed()),
                news -> {
                  archived.add(news);
                  archiveHasAll.countDown();
                },
                news -> {
                  archiveHasAll.await(); // as slow as can be
                  shown.add(news);
                })
            .run();

    assertThat(archived).hasSize(100);
    assertThat(shown).hasSizeLessThanOrEqualTo(5).endsWith(100);
    assertThat(report.account().out()).isEqualTo(100);
  }

  @Test
  void usually_an_item_that_a_consumer_failed_at_is_gone() throws Exception {
    var queue = new LinkedBlockingQueue<>(List.of("a", "b"));
    try (var weak =
        Actor.playing(() -> {
          queue.take();
          throw new IOException("too heavy");
        })) {
      assertThat(weak.awaitFailure()).hasMessage("too heavy");
    }

    assertThat(queue).containsExactly("b");
  }

  @Test
  void usually_one_slow_subscriber_stops_all() throws Exception {
    var fast = new ArrayBlockingQueue<Integer>(100);
    var slow = new ArrayBlockingQueue<Integer>(3);
    try (var publisher =
        Actor.playing(() -> {
          for (int i = 1; i <= 100; i++) {
            slow.put(i);
            fast.put(i);
          }
        })) {
      while (fast.size() < 3) {
        Thread.onSpinWait();
      }
      publisher.awaitWaiting();
      assertThat(slow).hasSize(3);
      assertThat(fast).hasSize(3);
    }
  }
}
