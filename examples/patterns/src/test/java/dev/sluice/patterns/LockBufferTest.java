package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.testkit.Actor;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class LockBufferTest {
  private static final int ITEMS = 10_000;

  @Test
  void both_hand_over_everything() throws Exception {
    var buffer = new LockBuffer<Integer>(5);
    var channel = Channel.<Integer>bounded(5);

    // A number that is lost or comes twice is thrown.
    assertThat(LockBuffer.time(ITEMS, buffer::put, buffer::take)).isPositive();
    assertThat(LockBuffer.time(ITEMS, channel::send, channel::receive)).isPositive();
  }

  /// One that asks `if` where it has to ask `while`.
  private static final class Usual {
    private final ArrayDeque<String> items = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();

    void put(String item) {
      lock.lock();
      try {
        items.add(item);
        notEmpty.signal();
      } finally {
        lock.unlock();
      }
    }

    @SuppressWarnings("WaitNotInLoop") // that is what goes wrong
    String take() throws InterruptedException {
      lock.lock();
      try {
        if (items.isEmpty()) {
          notEmpty.await();
        }
        return items.remove();
      } finally {
        lock.unlock();
      }
    }
  }

  @Test
  void usually_who_was_woken_finds_that_another_was_faster() throws Exception {
    var buffer = new Usual();
    try (var slow = Actor.playing(buffer::take)) {
      slow.awaitWaiting();
      buffer.lock.lock(); // so that the woken one comes second
      try {
        buffer.put("the only one");
        assertThat(buffer.take()).isEqualTo("the only one");
      } finally {
        buffer.lock.unlock();
      }
      assertThat(slow.awaitFailure()).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void a_channel_keeps_who_was_woken_waiting() throws Exception {
    var channel = Channel.<String>bounded(1);
    try (var slow = Actor.playing(() -> channel.receive())) {
      slow.awaitWaiting();
      channel.send("one");
      channel.send("another"); // whoever takes the first
      assertThat(slow.awaitDone()).isIn("one", "another");
      assertThat(channel.receive()).isIn("one", "another");
    }
  }
}
