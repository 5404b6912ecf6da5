package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.patterns.MultiProducer.WorkItem;
import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class MultiProducerTest {
  @Test
  void each_producers_items_stay_in_order_though_one_of_them_is_slow() throws Exception {
    var done = new ArrayList<WorkItem>();
    var producers = List.of("anna", "ben", "cleo", "dan", "eve", "finn"); // in three lanes
    var overtaken = new CountDownLatch(1);

    MultiProducer.run(
        producers,
        10,
        item -> {
          if (item.producer().equals("anna") && item.data() == 1) {
            overtaken.await(); // her first is slower than something of another
          }
          return item;
        },
        item -> {
          done.add(item);
          overtaken.countDown();
        });

    assertThat(done).hasSize(60);
    assertThat(done.getFirst().producer()).isNotEqualTo("anna");
    for (var producer : producers) {
      assertThat(done)
          .filteredOn(item -> item.producer().equals(producer))
          .extracting(WorkItem::data)
          .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }
  }

  @Test
  void usually_a_second_consumer_overtakes_the_first() throws Exception {
    var queue =
        new LinkedBlockingQueue<>(List.of(new WorkItem("anna", 1), new WorkItem("anna", 2)));
    var secondDone = new CountDownLatch(1);
    var done = new CopyOnWriteArrayList<Integer>();
    Actor.Action consumer =
        () -> {
          var item = queue.take();
          if (item.data() == 1) {
            secondDone.await(); // slow for a moment
          }
          done.add(item.data());
          secondDone.countDown();
        };
    try (var one = Actor.playing(consumer);
        var other = Actor.playing(consumer)) {
      one.awaitDone();
      other.awaitDone();
    }

    assertThat(done).containsExactly(2, 1);
  }
}
