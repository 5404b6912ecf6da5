package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import java.util.ArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class WatchingTest {
  @Test
  void the_alarm_is_raised_once_and_called_off_once() throws Exception {
    var alarms = new ArrayList<String>();
    var orders = Channel.<Integer>bounded(100);
    Watching.watch(orders, alarms::add);

    for (int i = 0; i < 85; i++) {
      orders.send(i);
    }
    for (int i = 0; i < 10; i++) { // trembles around the line
      orders.receive();
      orders.send(i);
    }
    orders.drainTo(new ArrayList<>(), 70);

    assertThat(alarms).containsExactly("backlog: 80", "all clear: 15");
  }

  @Test
  void usually_the_burst_comes_and_goes_between_two_looks() {
    var queue = new LinkedBlockingQueue<Integer>();
    var looks = new ArrayList<Integer>();

    looks.add(queue.size());
    for (int i = 0; i < 85; i++) {
      queue.add(i);
    }
    queue.clear();
    looks.add(queue.size());

    assertThat(looks).containsExactly(0, 0);
  }
}
