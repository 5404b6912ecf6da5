package dev.sluice.patterns;

import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Items that carry their producer: several workers, and yet each producer's items stay in order.
final class MultiProducer {
  private MultiProducer() {}

  /// An item, and who made it.
  record WorkItem(String producer, int data) {}

  static Report run(
      List<String> producers,
      int each,
      ThrowingFunction<WorkItem, WorkItem> work,
      Sink<WorkItem> done)
      throws Exception {
    var pipes = new ArrayList<Pipe<WorkItem>>();
    for (var producer : producers) {
      var items = IntStream.rangeClosed(1, each).mapToObj(i -> new WorkItem(producer, i)).toList();
      pipes.add(Pipeline.from(Source.of(items)).named(producer));
    }
    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    Pipe<WorkItem>[] others = pipes.subList(1, pipes.size()).toArray(new Pipe[0]);
    // @start region="multi-producer"
    return pipes
        .getFirst()
        .merge(others)
        .partition(3, WorkItem::producer, lane -> lane.map(work)) // one producer, one lane
        .to(done)
        .run();
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    var report =
        run(
            List.of("anna", "ben", "cleo", "dan"),
            6,
            item -> {
              Thread.sleep(item.producer().equals("ben") ? 300 : 50);
              return item;
            },
            item -> narrator.tell(item.producer(), "item %d is done".formatted(item.data())));
    narrator.tell("workers", "three, for four producers: each one's items were done in order");
    narrator.account(report.account());
  }
}
