package dev.sluice.queues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fixtures.Until;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is woken, and how many.
@Timeout(60)
class SignalsTest {
  @Test
  void pitfall_7_28_one_item_makes_two_of_many_receivers_look() throws Exception {
    var signals = new Signals();
    var signal = signals.items(1);
    var items = new AtomicInteger();
    var looks = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 32; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  signals.awaiting(
                      signal,
                      Long.MAX_VALUE,
                      () -> {
                        looks.incrementAndGet();
                        return items.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
                      },
                      found -> found);
                } catch (QueueException | InterruptedException e) {
                  return; // the end of the test
                }
              }));
    }
    try {
      Until.holds("all have looked, and wait", () -> looks.get() >= 32 && waiting(threads) == 32);
      int before = looks.get();

      items.set(1);
      signal.tell(1);

      // The one that finds it, and one that looks whether there is more.
      Until.holds("one has left", () -> waiting(threads) == 31 && looks.get() >= before + 2);
      assertThat(looks).hasValue(before + 2);
    } finally {
      for (var thread : threads) {
        thread.interrupt();
        thread.join();
      }
    }
  }

  private static long waiting(List<Thread> threads) {
    return threads.stream().filter(it -> it.getState() == Thread.State.TIMED_WAITING).count();
  }
}
