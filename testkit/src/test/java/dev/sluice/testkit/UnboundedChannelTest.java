package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.Stats;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// [Channel#unbounded] keeps the contract, and is never full.
class UnboundedChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.unbounded();
  }

  @Override
  protected Set<Trait> traits() {
    return EnumSet.complementOf(EnumSet.of(Trait.BOUNDED));
  }

  @Test
  void it_takes_whatever_comes() throws Exception {
    Channel<Integer> channel = Channel.unbounded();
    var items = IntStream.range(0, 100_000).boxed().toList();

    for (var item : items) {
      assertThat(channel.trySend(item)).isTrue();
    }

    assertThat(channel.size()).isEqualTo(100_000);
    assertThat(channel.capacity()).isEqualTo(Integer.MAX_VALUE);
    assertThat(channel.cancel()).isEqualTo(items);
  }

  @Test
  void it_lets_go_of_what_is_taken_while_more_is_there() throws Exception {
    Channel<Object> channel = Channel.unbounded();
    var references = new ArrayList<WeakReference<Object>>();
    for (int i = 0; i < 300; i++) {
      var item = new Object();
      channel.send(item);
      references.add(new WeakReference<>(item));
    }

    channel.drainTo(new ArrayList<>(), 200);

    for (var reference : references.subList(0, 200)) {
      awaitCleared(reference);
    }
    assertThat(channel.size()).isEqualTo(100);
  }

  @Test
  void a_batch_is_one_step_whatever_its_size() throws Exception {
    Channel<Integer> channel = Channel.unbounded();
    var batch = IntStream.range(0, 1_000).boxed().toList();
    var receiver = play(() -> channel.receiveMany(1, 1_000, java.time.Duration.ZERO));
    receiver.awaitWaiting();

    channel.sendAll(batch);

    assertThat(receiver.awaitDone()).isEqualTo(batch);
    assertThat(channel.stats()).returns(0, Stats::size).returns(1_000L, Stats::received);
    assertThat(channel.cancel()).isEqualTo(List.of());
  }
}
