package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.pipelines.Sink;
import dev.sluice.testkit.SinkContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A queue as a sink.
class QueueSinkTest extends SinkContract<String> {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir Path dir;
  private QueueStore store;
  private DurableQueue<String> queue;

  @BeforeEach
  void openStore() throws Exception {
    store = QueueStore.open(dir.resolve("queues.db"));
    queue = store.queue("none-yet", Codec.text());
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Override
  protected String item(int number) {
    return "item " + number;
  }

  @Override
  protected Sink<String> open() throws Exception {
    queue = store.queue("q" + NAMES.incrementAndGet(), Codec.text());
    return queue.sink();
  }

  @Override
  protected List<String> written() throws Exception {
    var items = new ArrayList<String>();
    queue.search(item -> items.add(new String(item.payload(), UTF_8)), 10_000);
    return items;
  }
}
