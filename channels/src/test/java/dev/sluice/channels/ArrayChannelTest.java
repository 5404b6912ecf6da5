package dev.sluice.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is this kind's own; what every channel promises is in the test kit's contract.
class ArrayChannelTest {

  @Test
  void a_bounded_channel_is_kept_in_an_array() {
    assertThat(Channel.bounded(1)).isInstanceOf(ArrayChannel.class);
  }

  @Test
  void patience_too_long_to_count_is_for_ever() {
    assertThat(ArrayChannel.nanos(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(ArrayChannel.FOREVER);
    assertThat(ArrayChannel.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isNegative();
    assertThat(ArrayChannel.nanos(Duration.ofMillis(2))).isEqualTo(2_000_000);
  }

  @Test
  void a_batch_goes_round_the_end_of_the_array() throws Exception {
    var channel = new ArrayChannel<Integer>(3);
    channel.sendAll(List.of(1, 2));
    assertThat(channel.receive()).isEqualTo(1);

    channel.sendAll(List.of(3, 4));

    assertThat(channel.trySend(5)).isFalse();
    assertThat(channel.cancel()).containsExactly(2, 3, 4);
  }

  @Test
  void a_list_of_senders_cannot_be_changed() {
    var senders = new ArrayChannel<Integer>(1).senders(2);

    assertThatThrownBy(() -> senders.remove(0)).isInstanceOf(UnsupportedOperationException.class);
  }
}
