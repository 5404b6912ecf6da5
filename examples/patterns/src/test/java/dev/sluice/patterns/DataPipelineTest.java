package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;

class DataPipelineTest {
  @Test
  void each_number_is_doubled_and_one_added() throws Exception {
    List<Integer> results = new ArrayList<>();

    var report = DataPipeline.of(5, Narrator.silent(), results::add).run();

    assertThat(results).containsExactly(1, 3, 5, 7, 9);
    assertThat(report.account().out()).isEqualTo(5);
  }

  @Test
  void a_failure_at_the_end_ends_all_stages_and_reaches_the_caller() {
    var failure = new IllegalStateException("no");

    assertThatThrownBy(() ->
            DataPipeline.of(
                    1_000,
                    Narrator.silent(),
                    _ -> {
                      throw failure;
                    })
                .run())
        .isSameAs(failure);
  }

  @Test
  void usually_the_stages_before_one_that_failed_wait_for_ever() throws Exception {
    var doubled = new ArrayBlockingQueue<Integer>(3);
    try (var producer =
            Actor.playing(() -> {
              for (int i = 0; i < 1_000; i++) {
                doubled.put(2 * i);
              }
            });
        var transformer =
            Actor.playing(() -> {
              doubled.take();
              throw new IllegalStateException("no");
            })) {
      assertThat(transformer.awaitFailure()).hasMessage("no");
      while (doubled.remainingCapacity() > 0) {
        Thread.onSpinWait();
      }
      producer.awaitWaiting();
    }
  }
}
