package dev.sluice.examples;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Generator;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Select;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/// What the README shows first.
public final class FirstSteps {
  private FirstSteps() {}

  /// Two producers, one consumer, a buffer of five.
  @SuppressWarnings(
      "FutureReturnValueIgnored") // a producer that fails closes its sender all the same
  public static int channel() {
    int sum = 0;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      // @start region="channel"
      var numbers = Channel.<Integer>bounded(5);
      for (var producer : numbers.senders(2)) {
        executor.submit(() -> {
          try (producer) { // the channel closes when its last producer does
            for (int i = 1; i <= 50; i++) {
              producer.send(i); // waits while five are in it
            }
          }
          return null;
        });
      }
      for (int number : numbers) { // ends when the channel is closed and empty
        sum += number;
      }
      // @end
    }
    return sum;
  }

  /// The first squares, of a loop that never ends.
  public static List<Integer> squares(int count) {
    // @start region="generator"
    var squares =
        Generator.<Integer>of(out -> {
          for (int i = 0; ; i++) {
            out.accept(i * i);
          }
        });
    // @end
    try (squares) {
      return squares.stream().limit(count).toList();
    }
  }

  /// What is urgent before what is not.
  public static String select(Receiver<String> urgent, Receiver<String> orders) throws Exception {
    // @start region="select"
    String next =
        Select.<String>inOrder()
            .receive(urgent, order -> "urgent: " + order)
            .receive(orders, order -> order)
            .await(Duration.ofSeconds(1), () -> "nothing for a second");
    // @end
    return next;
  }

  /// Server errors of an access log, in batches.
  ///
  /// @param insert takes up to 500 hits at once
  public static Report pipeline(Path file, Sink<List<Hit>> insert, Sink<DeadLetter> rejects)
      throws Exception {
    // @start region="pipeline"
    var report =
        Pipeline.from(Source.lines(file))
            .map(Parallel.ordered(4), Hit::parse)
            .onError(OnError.deadLetter(rejects))
            .filter(hit -> hit.status() >= 500)
            .batch(500, Duration.ofMillis(200))
            .to(insert)
            .run();
    // @end
    return report;
  }

  /// A line of an access log, of which only a little is of interest here.
  ///
  /// @param path what was asked for
  /// @param status how it was answered
  public record Hit(String path, int status) {
    static Hit parse(String line) {
      var parts = line.split("\"", 3);
      return new Hit(
          parts[1].split(" ", 3)[1], Integer.parseInt(parts[2].strip().split(" ", 2)[0]));
    }
  }
}
