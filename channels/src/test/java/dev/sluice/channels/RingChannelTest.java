package dev.sluice.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is this kind's own; what every channel promises is in the test kit's contract.
class RingChannelTest {

  @Test
  void a_bounded_channel_is_a_ring() {
    assertThat(Channel.bounded(1)).isInstanceOf(RingChannel.class);
  }

  @Test
  void patience_too_long_to_count_is_for_ever() {
    assertThat(AbstractChannel.nanos(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(AbstractChannel.FOREVER);
    assertThat(AbstractChannel.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
    assertThat(AbstractChannel.nanos(Duration.ofMillis(2))).isEqualTo(2_000_000);
  }

  @Test
  void a_batch_goes_round_the_end_of_the_array() throws Exception {
    Channel<Integer> channel = Channel.bounded(3);
    for (int round = 0; round < 10; round++) {
      channel.sendAll(List.of(1, 2));
      assertThat(channel.receive()).isEqualTo(1);

      channel.sendAll(List.of(3, 4));

      assertThat(channel.trySend(5)).isFalse();
      assertThat(channel.receiveMany(1, 5, Duration.ZERO)).containsExactly(2, 3, 4);
    }
  }

  @Test
  void a_list_of_senders_cannot_be_changed() {
    var senders = Channel.<Integer>bounded(1).senders(2);

    assertThatThrownBy(() -> senders.remove(0)).isInstanceOf(UnsupportedOperationException.class);
  }
}
