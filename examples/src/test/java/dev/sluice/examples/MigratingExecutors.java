package dev.sluice.examples;

import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Tasks for a pool, and a stage with workers: `docs/guide/migrating.md`.
final class MigratingExecutors {
  private MigratingExecutors() {}

  static List<Integer> before(List<String> lines) throws Exception {
    var results = new ArrayList<Integer>();
    // @start executor-before
    try (var executor = Executors.newFixedThreadPool(4)) {
      var futures = new ArrayList<Future<Integer>>();
      for (var line : lines) {
        futures.add(executor.submit(() -> Integer.parseInt(line))); // all wait in memory
      }
      for (var future : futures) {
        try {
          results.add(future.get());
        } catch (ExecutionException e) {
          System.err.println("skipped: " + e.getCause()); // which line it was, nobody knows
        }
      }
    }
    // @end
    return results;
  }

  static List<Integer> after(List<String> lines) throws Exception {
    var results = new ArrayList<Integer>();
    // @start executor-after
    var report =
        Pipeline.from(Source.of(lines))
            .map(Parallel.ordered(4), Integer::parseInt) // four at a time, results in order
            .onError(OnError.deadLetter(dead -> System.err.println("skipped: " + dead.original())))
            .to(results::add)
            .run();
    System.out.println(report.account()); // in = out + dead-lettered + ...
    // @end
    return results;
  }
}
