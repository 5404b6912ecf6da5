package dev.sluice.patterns;

import dev.sluice.channels.Generator;

/// Cooperative producer and consumer: they alternate, as if on one thread.
final class Coroutine {
  private static final int ENOUGH = 6;

  private Coroutine() {}

  /// All numbers from 1 on, each made when it is asked for.
  static Generator<Integer> numbers(Narrator narrator) {
    // @start region="coroutine"
    return Generator.of(out -> {
      for (int i = 1; ; i++) {
        narrator.tell("producer", "makes " + i);
        out.accept(i); // stands still here until another is asked for
      }
    });
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    int used = 0;
    try (var numbers = numbers(narrator)) {
      while (used < ENOUGH) {
        used = numbers.next();
        narrator.tell("consumer", "uses " + used);
        Thread.sleep(200);
      }
    }
    narrator.tell("consumer", "has enough: closing ends the producer, whose loop has no end");
    narrator.tell("account", "made %d = used %d, one after the other".formatted(ENOUGH, used));
  }
}
