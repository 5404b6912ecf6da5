package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Actor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void the_others_go_on_and_what_failed_is_kept_with_its_cause() throws Exception {
    var tries = new HashMap<String, Integer>();
    var failed = new ArrayList<DeadLetter>();
    var stored = new ArrayList<Integer>();

    var report =
        Failures.run(
            Source.of("1", "two", "3", "4"),
            line -> {
              if (tries.merge(line, 1, Integer::sum) < 3 && line.equals("3")) {
                throw new IOException("not now");
              }
              return Integer.parseInt(line);
            },
            failed::add,
            stored::add);

    assertThat(stored).containsExactly(1, 3, 4);
    assertThat(tries).containsEntry("3", 3).containsEntry("two", 1);
    assertThat(failed).hasSize(1);
    assertThat(failed.getFirst().cause()).isInstanceOf(NumberFormatException.class);
    assertThat(report.account()).isEqualTo(new Account(4, 3, 0, 0, 1, 0, 0));
  }

  @Test
  void usually_one_failure_ends_the_consumer_and_the_queue_fills_up() throws Exception {
    var queue = new ArrayBlockingQueue<String>(1);
    try (var consumer =
            Actor.playing(() -> {
              while (true) {
                Integer.parseInt(queue.take());
              }
            });
        var producer =
            Actor.playing(() -> {
              for (var line : List.of("1", "two", "3", "4")) {
                queue.put(line);
              }
            })) {
      assertThat(consumer.awaitFailure()).isInstanceOf(NumberFormatException.class);
      while (queue.remainingCapacity() > 0) {
        Thread.onSpinWait();
      }
      producer.awaitWaiting(); // for ever
    }
  }
}
