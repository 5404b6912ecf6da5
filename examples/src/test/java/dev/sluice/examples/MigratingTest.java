package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.ThrowingFunction;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Before and after do the same.
@Timeout(60)
class MigratingTest {

  @Test
  void from_a_queue_with_poison_pills() throws Exception {
    var orders = List.of(numbers(1, 100), numbers(101, 200), List.<Integer>of());

    assertThat(MigratingQueues.before(orders)).isEqualTo(20_100);
    assertThat(MigratingQueues.after(orders)).isEqualTo(20_100);
  }

  @Test
  void from_an_executor() throws Exception {
    var lines = List.of("1", "2", "three", "4");

    assertThat(MigratingExecutors.before(lines)).containsExactly(1, 2, 4);
    assertThat(MigratingExecutors.after(lines)).containsExactly(1, 2, 4);
  }

  @Test
  void from_jox() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(MigratingJox.before(executor, 100)).isEqualTo(5_050);
      assertThat(MigratingJox.after(executor, 100)).isEqualTo(5_050);
    }
  }

  @Test
  void from_a_select_of_jox() throws Exception {
    var urgentBefore = com.softwaremill.jox.Channel.<String>newBufferedChannel(1);
    var ordersBefore = com.softwaremill.jox.Channel.<String>newBufferedChannel(1);
    var urgent = Channel.<String>bounded(1);
    var orders = Channel.<String>bounded(1);
    urgentBefore.send("water");
    ordersBefore.send("tea");
    urgent.send("water");
    orders.send("tea");

    assertThat(MigratingJox.selectBefore(urgentBefore, ordersBefore)).isEqualTo("urgent: water");
    assertThat(MigratingJox.selectAfter(urgent, orders)).isEqualTo("urgent: water");
  }

  @Test
  void from_reactor() throws Exception {
    var ids = numbers(1, 25);
    var expected =
        List.of(
            numbers(1, 10).stream().map(id -> "item " + id).toList(),
            numbers(11, 20).stream().map(id -> "item " + id).toList(),
            numbers(21, 25).stream().map(id -> "item " + id).toList());

    assertThat(MigratingReactor.before(ids, failingOnce())).isEqualTo(expected);
    assertThat(MigratingReactor.after(ids, failingOnce())).isEqualTo(expected);
  }

  @Test
  void from_the_disruptor() throws Exception {
    assertThat(MigratingDisruptor.before(10_000)).isEqualTo(100_010_000);
    assertThat(MigratingDisruptor.after(10_000)).isEqualTo(100_010_000);
  }

  /// Fails the first time for every seventh id.
  private static ThrowingFunction<Integer, String> failingOnce() {
    Set<Integer> failed = ConcurrentHashMap.newKeySet();
    return id -> {
      if (id % 7 == 0 && failed.add(id)) {
        throw new IOException("not now");
      }
      return "item " + id;
    };
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).boxed().toList();
  }
}
