package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.benchmarks.Cell.Threads;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A figure counts only if each item arrived exactly once: what a round finds.
@Timeout(120)
class RoundTest {

  private static final Cell CELL = new Cell(Threads.PLATFORM, 2, 2, 16);
  private static final long ITEMS = 10_000;

  @ParameterizedTest
  @EnumSource(value = Threads.class, names = "COROUTINE", mode = EnumSource.Mode.EXCLUDE)
  void an_honest_adapter_passes(Threads threads) {
    assertThatCode(() -> play(CELL.on(threads), new Queue())).doesNotThrowAnyException();
  }

  @Test
  void an_adapter_that_loses_an_item_fails_the_round() {
    assertThatThrownBy(() ->
            play(
                CELL,
                new Queue() {
                  @Override
                  public void send(Item item) throws InterruptedException {
                    if (sent.incrementAndGet() != 5_000) {
                      queue.put(item);
                    }
                  }
                }))
        .hasMessageContaining("an item or a wake-up was lost");
  }

  @Test
  void an_adapter_that_doubles_an_item_fails_the_round() {
    assertThatThrownBy(() ->
            play(
                new Cell(Threads.PLATFORM, 2, 2, 1_024),
                new Queue() {
                  @Override
                  public void send(Item item) throws InterruptedException {
                    queue.put(item);
                    if (sent.incrementAndGet() == 5_000) {
                      queue.put(item);
                    }
                  }
                }))
        .hasMessageContaining("not each item arrived exactly once");
  }

  @Test
  void an_adapter_that_delivers_one_item_in_place_of_another_fails_the_round() {
    assertThatThrownBy(() ->
            play(
                CELL,
                new Queue() {
                  @Override
                  public void send(Item item) throws InterruptedException {
                    queue.put(sent.incrementAndGet() == 5_000 ? Item.ALL[0] : item);
                  }
                }))
        .hasMessageContaining("not each item arrived exactly once");
  }

  @Test
  void a_party_that_throws_fails_the_round_at_once() {
    assertThatThrownBy(() ->
            play(
                CELL,
                new Queue() {
                  @Override
                  public void send(Item item) {
                    throw new IllegalStateException("broken");
                  }
                }))
        .hasMessageContaining("a party failed")
        .hasMessageContaining("broken");
  }

  private static void play(Cell cell, Handoff handoff) throws InterruptedException {
    play(Plays.THROUGHPUT.round(cell, () -> handoff, ITEMS));
  }

  private static void play(Round round) throws InterruptedException {
    round.prepare();
    round.play(5);
    round.check();
  }

  private static class Queue implements Handoff {
    final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(16);
    final AtomicLong sent = new AtomicLong();

    @Override
    public void send(Item item) throws InterruptedException {
      queue.put(item);
    }

    @Override
    public Item receive() throws InterruptedException {
      return queue.take();
    }
  }
}
