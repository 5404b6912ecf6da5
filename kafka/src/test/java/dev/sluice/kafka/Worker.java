package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.serialization.Serdes;

/// A process of the tests that kill: it works on the records of a topic until a signal, and writes
/// a line for each when its work is done: the time, the key, the value.
final class Worker {
  /// What it may hold, and what it may not have committed, at most.
  static final int BUFFER = 1_000;

  static final int UNCOMMITTED = 1_000;

  private Worker() {}

  /// The group that workers of a kind are of.
  static String group(String kind) {
    return switch (kind) {
      case "group" -> "workers";
      case "drained" -> "drained";
      case "share" -> "sharers";
      default -> throw new IllegalArgumentException(kind);
    };
  }

  static Process start(String kind, String server, String topic, Path ledger) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath(),
            Worker.class.getName(),
            kind,
            server,
            topic,
            ledger.toString())
        .redirectErrorStream(true)
        .redirectOutput(Path.of(ledger + ".out").toFile())
        .start();
  }

  private static String classPath() {
    var path = new StringBuilder(System.getProperty("java.class.path", ""));
    for (var name : List.of("jdk.module.path", "surefire.test.class.path")) {
      path.append(File.pathSeparator).append(System.getProperty(name, ""));
    }
    return path.toString();
  }

  public static void main(String[] args) throws Exception {
    var kafka = Kafka.at(args[1]);
    Source<KafkaRecord<String, String>> source =
        !args[0].equals("share")
            ? kafka
                .source(args[2], group(args[0]), Serdes.String(), Serdes.String())
                .order(Order.BY_KEY)
                .buffer(BUFFER, 1 << 24)
                .commitEvery(Duration.ofMillis(200), UNCOMMITTED)
            : kafka
                .shareSource(args[2], group(args[0]), Serdes.String(), Serdes.String())
                .deadLetters(args[2] + ".dead", 9)
                .prefetch(200);
    var ledger = new FileOutputStream(args[3], true);
    var running =
        Pipeline.from(source)
            .map(
                Parallel.unordered(16),
                one -> {
                  LockSupport.parkNanos(2_000_000); // the work
                  var line = "%d %s %s\n".formatted(System.nanoTime(), one.key(), one.value());
                  ledger.write(line.getBytes(UTF_8)); // at once, and in one write
                  return one;
                })
            .to(Sink.discard())
            .start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                running.drain(Duration.ofSeconds(20));
                kafka.close();
              } catch (Exception e) {
                System.out.println("not drained: " + e);
              }
            }));
    running.await();
  }
}
