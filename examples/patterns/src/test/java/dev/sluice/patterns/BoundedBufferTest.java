package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class BoundedBufferTest {
  private static final int MANY = 100_000;

  @Test
  void taking_from_a_long_buffer_costs_no_more_than_from_a_short_one() throws Exception {
    BoundedBuffer.fillAndEmpty(MANY); // once for the compiler

    long ours = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) { // what it takes when nobody else wants the processor
      long start = System.nanoTime();
      assertThat(BoundedBuffer.fillAndEmpty(MANY)).isEqualTo(MANY * (MANY - 1L) / 2);
      ours = Math.min(ours, System.nanoTime() - start);
    }

    long start = System.nanoTime();
    assertThat(fillAndEmptyTheUsualWay(MANY)).isEqualTo(MANY * (MANY - 1L) / 2);
    long usual = System.nanoTime() - start;

    assertThat(ours).isLessThan(usual / 2); // in fact a hundredth
  }

  private static long fillAndEmptyTheUsualWay(int count) {
    var list = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      list.add(i);
    }
    long sum = 0;
    while (!list.isEmpty()) {
      sum += list.removeFirst(); // moves all others
    }
    return sum;
  }

  @Test
  void a_sender_waits_while_it_is_full_and_a_receiver_while_it_is_empty() throws Exception {
    var buffer = Channel.<String>bounded(1);
    try (var receiver = Actor.playing(() -> buffer.receive())) {
      receiver.awaitWaiting();
      buffer.send("first");
      assertThat(receiver.awaitDone()).isEqualTo("first");
    }
    buffer.send("second");
    try (var sender = Actor.playing(() -> buffer.send("third"))) {
      sender.awaitWaiting();
      assertThat(buffer.receive()).isEqualTo("second");
      sender.awaitDone();
    }
  }

  @Test
  void usually_it_has_no_bound() {
    var queue = new LinkedBlockingQueue<Integer>(); // as many examples have it

    for (int i = 0; i < MANY; i++) {
      assertThat(queue.offer(i)).isTrue();
    }

    assertThat(queue).hasSize(MANY);
  }
}
