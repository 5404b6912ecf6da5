package dev.sluice.patterns;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.IntStream;

/// Many producers, one consumer: a fair merge that ends when all its sources have.
final class FanIn {
  private FanIn() {}

  static Pipeline merge(Source<String> north, Source<String> south, Sink<String> consumer) {
    // @start region="fan-in"
    return Pipeline.from(north)
        .named("north")
        .merge(Pipeline.from(south).named("south"))
        .to(consumer);
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    var fine =
        merge(
            readings("north", 8, 60),
            readings("south", 5, 100),
            reading -> narrator.tell("consumer", "gets " + reading));
    narrator.account(fine.run().account());

    Source<String> broken =
        () -> {
          Iterator<String> some =
              IntStream.rangeClosed(1, 2).mapToObj(i -> "south " + i).iterator();
          return () -> {
            if (some.hasNext()) {
              return some.next();
            }
            throw new IOException("the line is dead");
          };
        };
    var run =
        merge(
                readings("north", 8, 60),
                broken,
                reading -> narrator.tell("consumer", "gets " + reading))
            .start();
    try {
      run.await();
    } catch (IOException e) {
      narrator.tell(
          "run", "failed: %s, %s".formatted(e.getMessage(), e.getSuppressed()[0].getMessage()));
    }
    narrator.account(run.account());
  }

  private static Source<String> readings(String name, int count, int millis) {
    return () -> {
      var numbers = IntStream.rangeClosed(1, count).iterator();
      return () -> {
        Thread.sleep(millis);
        return numbers.hasNext() ? name + " " + numbers.next() : null;
      };
    };
  }
}
