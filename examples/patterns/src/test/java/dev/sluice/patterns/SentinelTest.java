package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.testkit.Actor;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class SentinelTest {
  @Test
  void a_closed_channel_ends_all_consumers_and_holds_nothing_after() throws Exception {
    var channel = Channel.<String>bounded(5);
    try (var one = Actor.playing(() -> Sentinel.consume(channel));
        var other = Actor.playing(() -> Sentinel.consume(channel))) {
      channel.send("end"); // an item like any other
      channel.close();

      assertThat(one.awaitDone() + other.awaitDone()).isEqualTo(1);
    }
    assertThat(channel.size()).isZero();
  }

  @Test
  void usually_the_sentinel_has_to_be_put_back_and_is_left_over() throws Exception {
    var queue = new LinkedBlockingQueue<String>();
    queue.put("item");
    queue.put(Sentinel.END);

    assertThat(Sentinel.consumeBySentinel(queue)).isEqualTo(1);
    assertThat(Sentinel.consumeBySentinel(queue)).isZero();
    assertThat(queue).hasSize(1); // whoever counts what is left counts wrong
  }
}
