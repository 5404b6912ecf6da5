package dev.sluice.patterns;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.util.stream.IntStream;

/// A data pipeline: producer (2i), transformer (+1), consumer, each at work while the others are.
final class DataPipeline {
  private DataPipeline() {}

  static Pipeline of(int count, Narrator narrator, Sink<Integer> consumer) {
    // @start region="pipeline"
    return Pipeline.from(Source.of(() -> IntStream.range(0, count).mapToObj(i -> 2 * i)))
        .peek(number -> narrator.tell("producer", "makes " + number))
        .buffer(3)
        .map(number -> number + 1) // one more stage is one more line
        .peek(number -> narrator.tell("transformer", "makes it " + number))
        .buffer(3)
        .to(consumer);
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    var pipeline =
        of(
            12,
            narrator,
            number -> {
              Thread.sleep(120);
              narrator.tell("consumer", "is done with " + number);
            });
    narrator.account(pipeline.run().account());
  }
}
