package dev.sluice.examples;

import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.ThrowingFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Reactor's operators, and plain blocking code: `docs/guide/migrating.md`.
final class MigratingReactor {
  private MigratingReactor() {}

  static List<List<String>> before(List<Integer> ids, ThrowingFunction<Integer, String> fetch) {
    var stored = new ArrayList<List<String>>();
    // @start reactor-before
    Flux.fromIterable(ids)
        .flatMapSequential(
            id ->
                Mono.fromCallable(() -> fetch.apply(id)) // a blocking call, moved away
                    .retryWhen(reactor.util.retry.Retry.backoff(2, Duration.ofMillis(10)))
                    .subscribeOn(Schedulers.boundedElastic()),
            8)
        .filter(found -> !found.isEmpty())
        .buffer(10)
        .doOnNext(stored::add)
        .blockLast();
    // @end
    return stored;
  }

  static List<List<String>> after(List<Integer> ids, ThrowingFunction<Integer, String> fetch)
      throws Exception {
    var stored = new ArrayList<List<String>>();
    // @start reactor-after
    Pipeline.from(Source.of(ids))
        .map(Parallel.ordered(8), fetch) // may block: each worker is a virtual thread
        .onError(
            OnError.stop()
                .after(Retry.attempts(3).backoff(Duration.ofMillis(10), Duration.ofSeconds(1))))
        .filter(found -> !found.isEmpty())
        .batch(10, Duration.ofSeconds(1))
        .to(stored::add)
        .run();
    // @end
    return stored;
  }
}
