package dev.sluice.queues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.SourceContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A queue as a source.
class QueueSourceTest extends SourceContract<String> {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir Path dir;
  private QueueStore store;
  private DurableQueue<String> queue;
  private QueueSource<String> last;
  private List<String> held = List.of();

  @BeforeEach
  void open() throws Exception {
    store = QueueStore.open(dir.resolve("queues.db"));
    queue = store.queue("none-yet", Codec.text());
    last = queue.source();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected String item(int number) {
    return "item " + number;
  }

  private QueueSource<String> made(List<String> items) throws Exception {
    queue = store.queue("q" + NAMES.incrementAndGet(), Codec.text());
    queue.sendAll(items.stream().map(Outgoing::of).toList());
    held = items;
    return queue.source();
  }

  @Override
  protected Source<String> holding(List<String> items) throws Exception {
    last = made(items).untilEmpty();
    return last.values();
  }

  @Override
  protected Source<String> waiting(List<String> items) throws Exception {
    last = made(items);
    return last.values();
  }

  /// What has gone from the queue.
  @Override
  protected List<String> acknowledged() {
    try {
      last.awaitSettled();
      var left = new ArrayList<String>();
      queue.search(
          item -> left.add(new String(item.payload(), java.nio.charset.StandardCharsets.UTF_8)),
          10_000);
      var gone = new ArrayList<>(held);
      gone.removeAll(left);
      return gone;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void what_a_stopped_run_had_is_given_back_and_charged_nothing() throws Exception {
    var source = made(List.of("a", "b", "c")).untilEmpty();
    var thrown = new IllegalStateException("scripted");
    try {
      Pipeline.from(source)
          .to(item -> {
            throw thrown;
          })
          .run();
    } catch (IllegalStateException e) {
      assertThat(e).isSameAs(thrown);
    }
    source.awaitSettled();

    var again = queue.receiveMany(10, java.time.Duration.ZERO);
    assertThat(again).extracting(Leased::value).containsExactly("a", "b", "c");
    assertThat(again).extracting(Leased::attempt).containsOnly(1);
  }

  @Test
  void one_queue_feeds_another_by_way_of_a_pipeline() throws Exception {
    var source = made(List.of("a", "b", "c")).untilEmpty();
    var target = store.queue("target", Codec.text());

    Pipeline.from(source).map(Parallel.ordered(2), Leased::value).to(target.sink()).run();
    source.awaitSettled();

    assertThat(queue.stats().depth()).isZero();
    assertThat(QueueContract.drain(target)).containsExactly("a", "b", "c");
  }
}
