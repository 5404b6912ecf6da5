package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// A process of the test that kills: a producer or a consumer, which writes down what it knows to
/// be so, each line at once and in one write.
///
/// ```text
///   E id            its send returned
///   D id delivery   it received the item
///   A id            its acknowledgement returned, and was good
///   F id            it told a failure, and was heard
/// ```
final class KillWorker {
  private KillWorker() {}

  public static void main(String[] args) throws Exception {
    var address = QueueAddress.parse(args[1], Map.of());
    try (var ledger = new FileWriter(Path.of(args[2]).toFile(), UTF_8, true);
        var store = QueueStore.open(address, StoreOptions.standard())) {
      var queue =
          store.queue(
              "kill",
              Codec.text(),
              QueueOptions.standard()
                  .lease(Duration.ofSeconds(2))
                  .retry(dev.sluice.pipelines.Retry.attempts(1000).delay(Duration.ZERO)));
      if (args[0].equals("produce")) {
        produce(queue, ledger);
      } else {
        consume(queue, ledger);
      }
    }
  }

  private static void produce(DurableQueue<String> queue, Writer ledger) throws Exception {
    for (long i = 0; ; i++) {
      var sent = queue.send("%d-%d".formatted(ProcessHandle.current().pid(), i));
      note(ledger, "E " + sent.id());
      while (queue.stats().ready() > 500) {
        Thread.onSpinWait();
      }
    }
  }

  private static void consume(DurableQueue<String> queue, Writer ledger) throws Exception {
    while (true) {
      var item = queue.receive(Duration.ofSeconds(5));
      if (item == null) {
        continue;
      }
      note(ledger, "D " + item.id() + " " + item.delivery());
      if (item.id() % 50 == 0) {
        if (item.bury("every fiftieth")) {
          note(ledger, "F " + item.id());
        }
      } else if (item.ack()) {
        note(ledger, "A " + item.id());
      }
    }
  }

  private static void note(Writer ledger, String line) throws Exception {
    ledger.write(line + "\n");
    ledger.flush();
  }
}
