package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import dev.sluice.channels.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// [Channel#priority] keeps the contract where all items are equal, and its order where not.
class PriorityChannelTest extends KindContract {

  @Override
  <T> Channel<T> open(ChannelBuilder<T> settings, int capacity) {
    return settings.priority(capacity, (_, _) -> 0);
  }

  private record Job(int level, int number) {}

  @Test
  void the_lowest_leaves_first_and_equals_as_they_came() throws Exception {
    var random = new SplittableRandom(5);
    for (var channel :
        List.of(
            Channel.<Job>priority(50, Comparator.comparingInt(Job::level)),
            Channel.<Job>priority(50, job -> job.level()))) {
      var expected =
          new PriorityQueue<Job>(Comparator.comparingInt(Job::level).thenComparingInt(Job::number));
      for (int i = 0; i < 5_000; i++) {
        if (random.nextInt(100) < 52) {
          var job = new Job(random.nextInt(-3, 4), i);
          assertThat(channel.trySend(job)).isEqualTo(expected.size() < 50);
          if (expected.size() < 50) {
            expected.add(job);
          }
        } else {
          assertThat(channel.tryReceive()).isEqualTo(expected.poll());
        }
        assertThat(channel.size()).isEqualTo(expected.size());
      }
      var rest = channel.cancel();
      assertThat(rest).hasSize(expected.size());
      rest.forEach(job -> assertThat(job).isEqualTo(expected.poll()));
    }
  }

  @Test
  void extreme_levels_are_in_order() throws Exception {
    Channel<Integer> channel = Channel.priority(9, level -> level);
    channel.sendAll(List.of(Integer.MAX_VALUE, 0, Integer.MIN_VALUE, -1, 1));

    assertThat(channel.cancel()).containsExactly(Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE);
  }

  @Test
  void an_item_falls_by_a_level_for_each_time_that_it_waits() throws Exception {
    var clock = new VirtualClock();
    var channel =
        Channel.<Job>builder().clock(clock).ageing(Duration.ofSeconds(10)).priority(9, Job::level);
    var old = new Job(2, 0);
    channel.send(old);
    clock.advance(Duration.ofSeconds(15));
    channel.send(new Job(0, 1)); // two levels lower, one and a half behind: goes first
    channel.send(new Job(1, 2)); // one level lower, one and a half behind: does not
    clock.advance(Duration.ofHours(1));
    channel.send(new Job(1, 3));

    assertThat(channel.cancel()).containsExactly(new Job(0, 1), old, new Job(1, 2), new Job(1, 3));
  }

  @Test
  void equals_are_in_order_also_with_ageing_and_levels_out_of_reach() throws Exception {
    var channel = Channel.<Job>builder().ageing(Duration.ofDays(365)).priority(99, Job::level);
    var jobs = IntStream.range(0, 90).mapToObj(i -> new Job(i / 30 * 2_000_000, i)).toList();

    channel.sendAll(jobs);

    assertThat(channel.cancel()).isEqualTo(jobs);
  }

  @Test
  void a_comparator_that_throws_changes_nothing() throws Exception {
    var fails = new boolean[1];
    Channel<Job> channel =
        Channel.priority(
            99,
            (a, b) -> {
              if (fails[0]) {
                throw new IllegalStateException("no order");
              }
              return Integer.compare(a.level(), b.level());
            });
    var jobs = new ArrayList<Job>();
    for (int i = 0; i < 20; i++) {
      jobs.add(new Job(20 - i, i));
    }
    channel.sendAll(jobs);

    fails[0] = true;
    assertThatThrownBy(() -> channel.send(new Job(0, 99))).hasMessage("no order");
    assertThatThrownBy(() -> channel.receive()).hasMessage("no order");
    assertThatThrownBy(() -> channel.drainTo(new ArrayList<>(), 9)).hasMessage("no order");
    fails[0] = false;

    assertThat(channel.cancel()).isEqualTo(jobs.reversed());
  }

  @Test
  void the_next_makes_room_if_so_set() throws Exception {
    var dropped = new ArrayList<Integer>();
    var channel =
        Channel.<Integer>builder()
            .onOverflow(Overflow.dropOldest(dropped::add))
            .priority(3, Comparator.naturalOrder());
    channel.sendAll(List.of(5, 2, 9));

    channel.send(7);
    channel.send(1);

    assertThat(dropped).containsExactly(2, 5);
    assertThat(channel.cancel()).containsExactly(1, 7, 9);
  }

  @Test
  void who_waits_for_room_gets_it_when_the_next_is_taken() throws Exception {
    Channel<Job> channel = Channel.priority(1, Comparator.comparingInt(Job::level));
    channel.send(new Job(5, 0));
    var sender = play(() -> channel.send(new Job(1, 1)));
    sender.awaitWaiting();

    assertThat(channel.receive()).isEqualTo(new Job(5, 0));

    sender.awaitDone();
    assertThat(channel.receive()).isEqualTo(new Job(1, 1));
  }
}
