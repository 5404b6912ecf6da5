package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Actor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class FanInTest {
  @Test
  void it_ends_when_both_have_and_each_keeps_its_order() throws Exception {
    var got = new ArrayList<String>();

    var report = FanIn.merge(Source.of("n1", "n2", "n3"), Source.of("s1"), got::add).run();

    assertThat(got).contains("s1").containsSubsequence("n1", "n2", "n3").hasSize(4);
    assertThat(report.account().out()).isEqualTo(4);
  }

  @Test
  void an_error_is_reported_with_the_name_of_its_source() {
    var failure = new IOException("the line is dead");
    Source<String> broken =
        () ->
            () -> {
              throw failure;
            };

    assertThatThrownBy(() -> FanIn.merge(Source.of("n1"), broken, _ -> {}).run())
        .isSameAs(failure)
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessageContaining("'south'"));
  }

  @Test
  void a_source_that_never_waits_does_not_keep_the_other_out() throws Exception {
    var other = new CountDownLatch(1);
    var endless = Source.<String>calling(() -> other.getCount() > 0 ? "n" : null);

    FanIn.merge(
            endless,
            Source.of("s"),
            item -> {
              if (item.equals("s")) {
                other.countDown(); // only now the endless one ends
              }
            })
        .run();

    assertThat(other.getCount()).isZero();
  }

  @Test
  void usually_a_producer_that_fails_is_only_silent() throws Exception {
    var queue = new LinkedBlockingQueue<String>();
    try (var north = Actor.playing(() -> queue.put("n1"));
        var south =
            Actor.playing(() -> {
              throw new IOException("the line is dead");
            });
        var consumer =
            Actor.playing(() -> {
              for (int i = 0; i < 2; i++) { // one from each
                queue.take();
              }
            })) {
      north.awaitDone();
      assertThat(south.awaitFailure()).isInstanceOf(IOException.class);
      while (!queue.isEmpty()) {
        Thread.onSpinWait();
      }
      consumer.awaitWaiting(); // knows nothing of it
    }
  }
}
