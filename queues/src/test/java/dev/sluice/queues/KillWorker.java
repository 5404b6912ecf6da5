package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A process of the test that kills: a producer or a consumer, which writes down what it knows to
/// be so, each line at once and in one write.
///
/// ```text
///   E id            its send returned
///   E id end        the same, and where the write-ahead log ended then: all before was synchronised
///   D id delivery   it received the item
///   A id            its acknowledgement returned, and was good
///   F id            it told a failure, and was heard
/// ```
final class KillWorker {
  private KillWorker() {}

  /// Starts one as a process of its own.
  static Process start(String what, String queue, Path ledger) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            KillWorker.class.getName(),
            what,
            queue,
            ledger.toString())
        .redirectErrorStream(true)
        .redirectOutput(Path.of(ledger + ".out").toFile())
        .start();
  }

  /// All that the tests have, whether it came by the class path or by the module path.
  private static String classPath() {
    var path = new StringBuilder(System.getProperty("java.class.path", ""));
    for (var name : List.of("jdk.module.path", "surefire.test.class.path")) {
      path.append(File.pathSeparator).append(System.getProperty(name, ""));
    }
    path.append(File.pathSeparator).append(Path.of("target", "test-classes").toAbsolutePath());
    return path.toString();
  }

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
      switch (args[0]) {
        case "produce" -> produce(queue, ledger);
        case "consume" -> consume(queue, ledger);
        case "mark" -> mark(queue, ledger, ((QueueAddress.OfFile) address).path());
        default -> throw new IllegalArgumentException(args[0]);
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

  private static void mark(DurableQueue<String> queue, Writer ledger, Path file) throws Exception {
    var log = Path.of(file + "-wal");
    for (long i = 0; ; i++) {
      var sent = queue.send("x".repeat((int) (i % 50) * 500)); // also beyond a page
      note(ledger, "E %d %d".formatted(sent.id(), WriteAheadLog.end(log)));
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
