package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// What watching costs a pipeline that runs as fast as it can, with a client that reads the events
/// and discards them. Needs a quiet machine: `mvn -B verify -Psoak -pl monitor -am
/// -Dtest=WatchingCostTest`.
@EnabledIfSystemProperty(named = "sluice.soak", matches = "\\d+", disabledReason = "-Psoak")
class WatchingCostTest {
  private static final long ITEMS = 20_000_000;
  private static final int PAIRS = Integer.getInteger("sluice.soak", 21);
  private static final double MOST = 1.05;

  private long sum;

  private double seconds(@Nullable Monitor monitor) throws Exception {
    long begun = System.nanoTime();
    var running =
        Pipeline.from(Source.of(() -> LongStream.range(0, ITEMS).boxed()))
            .map(i -> i + 1)
            .filter(i -> i % 7 != 0)
            .buffer(1_024)
            .to(i -> sum += i)
            .start();
    if (monitor != null) {
      monitor.watch(running);
    }
    running.await();
    return (System.nanoTime() - begun) / 1e9;
  }

  private double watched() throws Exception {
    try (var monitor = new Monitor();
        var client = HttpClient.newHttpClient()) {
      Thread reader;
      double seconds;
      try (var server = MonitorServer.of(monitor).start()) {
        var request = HttpRequest.newBuilder(server.page().resolve("api/events")).build();
        var events = client.send(request, BodyHandlers.ofInputStream()).body();
        reader = Thread.ofPlatform().start(() -> discard(events));
        seconds = seconds(monitor);
      }
      reader.join();
      return seconds;
    }
  }

  private static void discard(InputStream events) {
    try (events) {
      while (events.skip(8_192) > 0 || events.read() >= 0) {
        // and on
      }
    } catch (java.io.IOException e) {
      // The server has been closed.
    }
  }

  @Test
  void a_reader_of_events_costs_less_than_a_twentieth_of_the_throughput() throws Exception {
    for (int i = 0; i < 3; i++) {
      seconds(null);
      watched();
    }
    var ratios = new ArrayList<Double>();
    double fastest = Double.MAX_VALUE;
    for (int i = 0; i < PAIRS; i++) {
      double with;
      double without;
      if (i % 2 == 0) {
        without = seconds(null);
        with = watched();
      } else {
        with = watched();
        without = seconds(null);
      }
      ratios.add(with / without);
      fastest = Math.min(fastest, without);
    }
    ratios.sort(null);
    // The upper bound of a 95 % interval of the median, by the order statistics.
    int upper = (int) Math.min(PAIRS - 1, Math.ceil(PAIRS / 2.0 + 0.98 * Math.sqrt(PAIRS)));
    System.out.printf(
        "watched / not watched: median %.3f, upper bound %.3f, of %d pairs at %.1f million items a"
            + " second%n",
        ratios.get(PAIRS / 2), ratios.get(upper), PAIRS, ITEMS / fastest / 1e6);
    assertThat(ratios.get(upper)).isLessThan(MOST);
    assertThat(ITEMS / fastest).as("items a second").isGreaterThan(5e6);
  }
}
