package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void items_grow_no_older_while_the_playground_is_paused() throws Exception {
    var pace = new Pace(1);
    pace.pause();
    Channel<Integer> channel =
        Channel.<Integer>builder()
            .clock(pace.clock())
            .ageing(Duration.ofNanos(1))
            .priority(8, level -> level);
    for (int level : new int[] {3, 2, 1, 0}) {
      channel.send(level); // later by more nanoseconds than there are levels
    }

    assertThat(channel.receive()).isZero();
  }

  @Test
  void they_grow_older_as_fast_as_it_runs() throws Exception {
    var pace = new Pace(1e6);
    Channel<Integer> channel =
        Channel.<Integer>builder()
            .clock(pace.clock())
            .ageing(Duration.ofNanos(1))
            .priority(8, level -> level);
    for (int level : new int[] {3, 2, 1, 0}) {
      channel.send(level);
    }

    assertThat(channel.receive()).isEqualTo(3);
  }
}
