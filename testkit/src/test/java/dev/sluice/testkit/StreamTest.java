package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.InterruptedWaitException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What [dev.sluice.channels.Receiver#stream] promises.
class StreamTest extends ChannelScene {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.bounded(capacity);
  }

  @Test
  void a_stream_receives_until_the_end() throws Exception {
    Channel<Integer> channel = open(1);
    var reader = play(() -> channel.stream().map(i -> 10 * i).toList());
    for (int i = 0; i < 5; i++) {
      channel.send(i);
    }
    reader.awaitWaiting();

    channel.close();

    assertThat(reader.awaitDone()).containsExactly(0, 10, 20, 30, 40);
  }

  @Test
  void a_stream_takes_no_item_ahead() throws Exception {
    for (boolean parallel : List.of(false, true)) {
      Channel<Integer> channel = open(10);
      channel.sendAll(List.of(0, 1, 2, 3, 4));
      var sizes = new ArrayList<Integer>();
      var stream = parallel ? channel.stream().parallel() : channel.stream();
      assertThat(channel.size()).isEqualTo(5);

      var some = stream.peek(item -> sizes.add(channel.size())).limit(3).toList();

      assertThat(some).containsExactly(0, 1, 2);
      assertThat(sizes).containsExactly(4, 3, 2);
      assertThat(channel.receive()).isEqualTo(3);
    }
  }

  @Test
  void closing_a_stream_leaves_the_channel_open() throws Exception {
    Channel<Integer> channel = open(1);
    try (var stream = channel.stream()) {
      assertThat(stream.isParallel()).isFalse();
    }

    channel.send(1);

    assertThat(channel.stream().findFirst()).contains(1);
  }

  @Test
  void a_failure_cannot_pass_for_an_end() throws Exception {
    var cause = new IOException("of the close");
    Channel<Integer> channel = open(1);
    channel.send(1);
    channel.close(cause);
    var items = new ArrayList<Integer>();

    assertThatThrownBy(() -> channel.stream().forEach(items::add))
        .isInstanceOf(ClosedException.class)
        .hasCause(cause);
    assertThat(items).containsExactly(1);
  }

  @Test
  void an_interrupt_ends_a_stream_that_waits() throws Exception {
    Channel<Integer> channel = open(1);
    var reader =
        play(() -> {
          assertThatThrownBy(() -> channel.stream().toList())
              .isInstanceOf(InterruptedWaitException.class);
          return Thread.interrupted();
        });
    reader.awaitWaiting();

    reader.interrupt();

    assertThat(reader.awaitDone()).isTrue();
  }
}
