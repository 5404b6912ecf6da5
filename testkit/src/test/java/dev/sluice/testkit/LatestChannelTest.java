package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Overflow;
import dev.sluice.channels.Stats;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/// [Channel#latest] keeps the contract, but for what it replaces.
class LatestChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.latest();
  }

  @Override
  protected Set<Trait> traits() {
    return EnumSet.of(Trait.ORDERED);
  }

  @Test
  void it_keeps_the_newest_and_counts_what_was_replaced_as_dropped() throws Exception {
    Channel<String> channel = Channel.latest();

    channel.send("a");
    assertThat(channel.trySend("b")).isTrue();
    channel.sendAll(List.of("c", "d"));

    assertThat(channel.size()).isEqualTo(1);
    assertThat(channel.capacity()).isEqualTo(1);
    assertThat(channel.receive()).isEqualTo("d");
    assertThat(channel.tryReceive()).isNull();
    assertThat(channel.stats())
        .returns(4L, Stats::sent)
        .returns(3L, Stats::dropped)
        .returns(1L, Stats::received);
  }

  @Test
  void what_is_replaced_is_handed_over() throws Exception {
    var replaced = new ArrayList<String>();
    var channel = Channel.<String>builder().onOverflow(Overflow.dropOldest(replaced::add)).latest();

    channel.sendAll(List.of("a", "b"));
    channel.send("c");

    assertThat(replaced).containsExactly("a", "b");
    assertThat(channel.cancel()).containsExactly("c");
  }

  @Test
  void a_closed_one_keeps_its_item_and_takes_no_other() throws Exception {
    Channel<String> channel = Channel.latest();
    channel.send("last");

    channel.close();

    assertThatThrownBy(() -> channel.send("late")).isInstanceOf(ClosedException.class);
    assertThat(channel).containsExactly("last");
  }

  @Test
  void it_is_never_empty_while_an_item_is_replaced() throws Exception {
    Channel<Integer> channel = Channel.latest();
    channel.send(-1);
    var sender =
        play(() -> {
          for (int i = 0; i < 20_000; i++) {
            channel.send(i);
          }
        });

    while (!sender.isDone()) {
      assertThat(channel.size()).isEqualTo(1);
      assertThat(Thread.interrupted()).as("out of time").isFalse();
    }

    sender.awaitDone();
    assertThat(channel.receive()).isEqualTo(19_999);
  }

  @Test
  void each_item_is_received_or_handed_over_and_the_newest_is_not_lost() throws Exception {
    var replaced = new ConcurrentLinkedQueue<Integer>();
    var channel =
        Channel.<Integer>builder().onOverflow(Overflow.dropOldest(replaced::add)).latest();
    var receiver =
        play(() -> {
          var items = new ArrayList<Integer>();
          channel.forEach(items::add);
          return items;
        });

    var sent = new ArrayList<Integer>();
    for (int i = 0; i < 10_000; i++) {
      channel.send(i);
      sent.add(i);
    }
    channel.close();

    var received = receiver.awaitDone();
    assertThat(received.getLast()).isEqualTo(9_999);
    new Conservation<Integer>().accepted(sent).delivered(received).delivered(replaced).check();
  }
}
