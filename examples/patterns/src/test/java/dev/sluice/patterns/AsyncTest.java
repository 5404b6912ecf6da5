package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AsyncTest {
  @Test
  void gets_complete_in_order_and_closing_completes_those_that_wait() throws Exception {
    var channel = Channel.<String>bounded(2);
    var gets = Async.ask(channel, 1_000); // a thousand wait, and no thread of ours

    channel.sendAsync("first").join();
    channel.sendAsync("second").join();
    channel.close();

    assertThat(gets.get(0).join()).isEqualTo("first");
    assertThat(gets.get(1).join()).isEqualTo("second");
    for (var get : gets.subList(2, gets.size())) {
      assertThat(get.handle((_, failure) -> failure).join()).isInstanceOf(ClosedException.class);
    }
  }

  @Test
  void a_channel_is_the_end_of_one_reactive_stream_and_the_beginning_of_another() {
    var channel = Channel.<Integer>bounded(2);
    var received = new ArrayList<Integer>();
    try (var publisher = new SubmissionPublisher<Integer>()) {
      publisher.subscribe(channel.asSubscriber(4));
      for (int i = 0; i < 10; i++) {
        publisher.submit(i);
      }
    } // completes the stream: the channel ends
    channel.forEach(received::add);

    assertThat(received).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void usually_each_get_occupies_a_thread_until_none_is_left() throws Exception {
    var queue = new LinkedBlockingQueue<String>();
    var tasks = new LinkedBlockingQueue<Runnable>();
    var pool = new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, tasks);
    try {
      var gets = new ArrayList<CompletableFuture<String>>();
      for (int i = 0; i < 2; i++) {
        gets.add(CompletableFuture.supplyAsync(() -> take(queue), pool));
      }
      var other = CompletableFuture.supplyAsync(() -> "anything else", pool);

      while (pool.getActiveCount() < 2) {
        Thread.onSpinWait();
      }
      assertThat(tasks).hasSize(1); // what the pool was there for
      assertThat(other).isNotDone();
      assertThat(gets).noneMatch(CompletableFuture::isDone);
    } finally {
      pool.shutdownNow();
    }
  }

  private static String take(LinkedBlockingQueue<String> queue) {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}
