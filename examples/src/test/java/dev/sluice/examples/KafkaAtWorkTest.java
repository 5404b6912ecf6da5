package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.BrokerProcess;
import dev.sluice.kafka.Kafka;
import dev.sluice.kafka.KafkaRecord;
import dev.sluice.pipelines.Pipeline;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaAtWorkTest {
  @TempDir Path dir;

  @Test
  void what_the_guide_shows_works() throws Exception {
    try (var broker = BrokerProcess.start(dir);
        var kafka = Kafka.at(broker.address())) {
      for (var topic : Set.of("orders", "orders.dead", "bills")) {
        kafka.topics().create(topic, 3);
      }
      var lines = IntStream.range(0, 200).mapToObj(i -> "c" + i % 20 + " tea " + i).toList();

      assertThat(KafkaAtWork.write(broker.address(), lines).account().out()).isEqualTo(200);

      var billed = new ConcurrentLinkedQueue<String>();
      KafkaAtWork.first(
          broker.address(),
          order -> {
            if (order.endsWith(" 13")) {
              throw new IllegalArgumentException("no luck");
            }
            billed.add(order);
            return order;
          });
      assertThat(billed).hasSize(199);
      assertThat(KafkaAtWork.lag(kafka)).isZero();
      assertThat(values(kafka, "orders.dead")).containsExactly("c13 tea 13");

      var done = new ConcurrentLinkedQueue<String>();
      for (int i = 0; i < 5 && done.size() < lines.size(); i++) { // it may seem idle too early
        KafkaAtWork.share(broker.address(), order -> order, done);
      }
      assertThat(done).containsExactlyInAnyOrderElementsOf(lines);

      KafkaAtWork.transactions(broker.address(), order -> "bill of " + order);
      assertThat(values(kafka, "bills")).hasSize(200).contains("bill of c0 tea 0");
    }
  }

  private static Set<String> values(Kafka kafka, String topic) throws Exception {
    var values = new ConcurrentSkipListSet<String>();
    Pipeline.from(
            kafka.source(topic, "look", Serdes.String(), Serdes.String()).withoutGroup().untilEnd())
        .map(KafkaRecord::value)
        .to(values::add)
        .run();
    return values;
  }
}
