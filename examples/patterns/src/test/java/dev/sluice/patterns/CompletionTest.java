package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class CompletionTest {
  private static void work(String job) {
    if (job.equals("bad")) {
      throw new IllegalArgumentException("no");
    }
  }

  @Test
  void it_returns_when_all_have_been_dealt_with_also_those_that_failed() throws Exception {
    var failed = new ArrayList<DeadLetter>();

    var report = Completion.run(List.of("good", "bad", "fine"), CompletionTest::work, failed::add);

    assertThat(report.account()).isEqualTo(new Account(3, 2, 0, 0, 1, 0, 0));
    assertThat(failed).extracting(DeadLetter::value).containsExactly("bad");
  }

  @Test
  void usually_a_failure_skips_the_tick_and_join_hangs() throws Exception {
    var queue = new LinkedBlockingQueue<>(List.of("good", "bad", "fine"));
    var undone = new CountDownLatch(3);
    try (var consumer =
            Actor.playing(() -> {
              while (!queue.isEmpty()) {
                work(queue.take());
                undone.countDown(); // "task done"
              }
            });
        var join = Actor.playing(() -> undone.await())) {
      assertThat(consumer.awaitFailure()).hasMessage("no");
      join.awaitWaiting();
      assertThat(undone.getCount()).isEqualTo(2);
    }
  }
}
