package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.Actor;
import dev.sluice.testkit.ChannelContract;
import dev.sluice.testkit.Conservation;
import dev.sluice.testkit.Faults;
import dev.sluice.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the test kit's docs show.
class TestkitTest {

  @Test
  void an_actor_waits_until_there_is_room() throws Exception {
    var channel = Channel.<String>bounded(1);
    channel.send("first");
    // @start region="actor"
    try (var sender = Actor.playing(() -> channel.send("second"))) {
      sender.awaitWaiting();
      channel.receive();
      sender.awaitDone();
    }
    // @end
    assertThat(channel.receive()).isEqualTo("second");
  }

  @Test
  void nothing_is_lost_between_threads() throws Exception {
    var channel = Channel.<String>bounded(10);
    var sentByA = List.of("a1", "a2");
    var sentByB = List.of("b1");
    channel.sendAll(sentByA);
    channel.sendAll(sentByB);
    var receivedByC = List.of(channel.receive());
    var receivedByD = new ArrayList<String>();
    channel.drainTo(receivedByD, 1);
    // @start region="conservation"
    new Conservation<String>()
        .accepted(sentByA)
        .accepted(sentByB)
        .delivered(receivedByC)
        .delivered(receivedByD)
        .leftover(channel.cancel())
        .check();
    // @end
  }

  @Test
  void a_test_moves_the_clock() throws Exception {
    // @start region="virtual-clock"
    var clock = new VirtualClock();
    Channel<String> channel = Channel.<String>builder().clock(clock).bounded(1);
    try (var receiver = Actor.playing(() -> channel.receive(Duration.ofHours(1)))) {
      clock.awaitWaiting(1);
      clock.advance(Duration.ofHours(1));
      assertThat(receiver.awaitDone()).isNull();
    }
    // @end
  }

  @Test
  void a_drain_names_what_hangs() throws Exception {
    var source = Source.of("1,ann,300", "2,bob,200", "3,eve,100");
    // @start region="faults"
    var faults = new Faults().fail(2, new IOException("line down")).hang(3);
    var pipeline = Pipeline.from(source).map(faults.around(Order::parse)).onError(OnError.skip());
    // @end
    var running = pipeline.to(order -> {}).start();
    faults.awaitHanging(1);

    var report = running.drain(Duration.ZERO);

    assertThat(report.stuck()).extracting(Report.Stuck::stage).containsExactly("map");
    assertThat(report.account().dropped()).isEqualTo(1);
    assertThat(report.account().abandoned()).isEqualTo(1);
    assertThat(report.account().balances()).isTrue();
  }

  // Compiled here; it runs as a class of its own, as ours do.
  // @start region="contract"
  static class MyChannelTest extends ChannelContract {
    @Override
    protected <T> Channel<T> open(int capacity) {
      return Channel.bounded(capacity); // or a kind of your own
    }
  }
  // @end
}
