package dev.sluice.benchmarks;

import static dev.sluice.benchmarks.Cell.Threads.COROUTINE;
import static dev.sluice.benchmarks.Cell.Threads.PLATFORM;
import static dev.sluice.benchmarks.Cell.Threads.VIRTUAL;
import static dev.sluice.benchmarks.Contestant.Kind.OURS;
import static dev.sluice.benchmarks.Contestant.Kind.REFERENCE;
import static dev.sluice.benchmarks.Contestant.Kind.SELF_BLOCKING;

import com.typesafe.config.ConfigFactory;
import dev.sluice.benchmarks.Piped.Work;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import io.reactivex.rxjava3.core.Flowable;
import io.smallrye.mutiny.Multi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import java.util.stream.Gatherers;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Source;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Who takes part in the scenarios of pipelines. The first of ours is the one that is compared.
///
/// Each has the buffers that it is quickest with, and schedulers that live as long as the JVM.
final class PipelineContestants {

  private static final ThreadFactory DAEMONS = Thread.ofPlatform().daemon().factory();

  private static final Work CHEAP = Item::following;
  private static final Work MILLISECOND =
      item -> {
        Thread.sleep(1);
        return item.following();
      };

  static final List<Contestant> STAGES =
      List.of(
          sluice("sluice", VIRTUAL, 1_024, PipelineContestants::threeStages),
          sluice("sluice-platform", PLATFORM, 1_024, PipelineContestants::threeStages),
          peer("reactor", PLATFORM, 1_024, PipelineContestants::reactorStages),
          peer("rxjava", PLATFORM, 1_024, PipelineContestants::rxStages),
          peer("mutiny", PLATFORM, 1_024, PipelineContestants::mutinyStages),
          peer("pekko", PLATFORM, 1_024, PipelineContestants::pekkoStages),
          apart("reactor-apart", PipelineContestants::reactorStagesApart),
          apart("rxjava-apart", PipelineContestants::rxStagesApart),
          peer("kotlin", COROUTINE, 1_024, cell -> KotlinFlow.stages(cell.capacity())));

  static final List<Contestant> MAP_CHEAP = mapping(CHEAP);

  static final List<Contestant> MAP_MILLISECOND = withIdeal(mapping(MILLISECOND), MILLISECOND);

  /// The shape is the rate.
  static final List<Contestant> THROTTLE =
      List.of(
          sluice(
              "sluice", VIRTUAL, 1, (cell, pipe) -> pipe.throttle(Rate.perSecond(cell.senders()))),
          peer("pekko", PLATFORM, 1, PipelineContestants::pekkoThrottle));

  /// The shape is the number of threads: one runs all, or a second begins at the boundary.
  static final List<Contestant> OVERHEAD =
      List.of(
          sluice("sluice", VIRTUAL, 1_024, PipelineContestants::mapOn),
          Contestant.piped(
                  "sluice-uncounted",
                  REFERENCE,
                  new Contestant.Works(
                      cell -> sluice(cell, PipelineContestants::mapOn, false),
                      VIRTUAL,
                      1_024,
                      true))
              .noting("neither account nor metrics"));

  private PipelineContestants() {}

  private static List<Contestant> mapping(Work work) {
    return List.of(
        sluice("sluice", VIRTUAL, 1_024, (cell, pipe) -> pipe.map(ordered(cell), work::apply)),
        sluice(
            "sluice-platform",
            PLATFORM,
            1_024,
            (cell, pipe) -> pipe.map(ordered(cell), work::apply)),
        Contestant.piped(
                "sluice-unordered",
                OURS,
                new Contestant.Works(cell -> unordered(cell, work), VIRTUAL, 256, false))
            .noting("keeps no order"),
        peer("jdk-gatherer", VIRTUAL, 8, cell -> gatherer(cell, work)),
        peer("reactor", PLATFORM, 8, cell -> reactorMap(cell, work)),
        peer("rxjava", PLATFORM, 8, cell -> rxMap(cell, work)),
        peer("pekko", PLATFORM, 8, cell -> pekkoMap(cell, work)));
  }

  private static List<Contestant> withIdeal(List<Contestant> others, Work work) {
    List<Contestant> all = new ArrayList<>(others);
    all.add(
        Contestant.piped(
                "ideal",
                REFERENCE,
                new Contestant.Works(cell -> ideal(cell, work), VIRTUAL, 0, false))
            .noting("bare threads that hand nothing over"));
    return List.copyOf(all);
  }

  private static Contestant peer(
      String name,
      Cell.Threads threads,
      int capacity,
      java.util.function.Function<Cell, Piped> open) {
    return Contestant.piped(
        name, SELF_BLOCKING, new Contestant.Works(open, threads, capacity, false));
  }

  private static Contestant apart(String name, java.util.function.Function<Cell, Piped> open) {
    return Contestant.piped(name, REFERENCE, new Contestant.Works(open, PLATFORM, 1_024, false))
        .noting("reads its source apart from the first stage, as ours does");
  }

  // ---- Ours

  /// What comes between source and sink.
  private interface Middle {
    Pipe<Item> apply(Cell cell, Pipe<Item> pipe);
  }

  private static Contestant sluice(String name, Cell.Threads threads, int capacity, Middle middle) {
    return Contestant.piped(
        name,
        OURS,
        new Contestant.Works(cell -> sluice(cell, middle, true), threads, capacity, false));
  }

  private static Piped sluice(Cell cell, Middle middle, boolean counted) {
    return (input, arrivals) -> {
      Pipe<Item> pipe = Pipeline.from(dev.sluice.pipelines.Source.<Item>of(input));
      Pipeline pipeline = middle.apply(cell, pipe).to(arrivals::add);
      long in =
          (cell.threads() == PLATFORM ? pipeline.onPlatformThreads() : pipeline)
              .run()
              .account()
              .in();
      if (in != (counted ? input.size() : 0)) {
        throw new IllegalStateException(
            "a pipeline that %s has counted %,d"
                .formatted(counted ? "counts" : "does not count", in));
      }
    };
  }

  private static Pipe<Item> threeStages(Cell cell, Pipe<Item> pipe) {
    int room = cell.capacity();
    return pipe.buffer(room)
        .map(Item::following)
        .buffer(room)
        .map(Item::following)
        .buffer(room)
        .map(Item::following);
  }

  private static Pipe<Item> mapOn(Cell cell, Pipe<Item> pipe) {
    return (cell.senders() > 1 ? pipe.buffer(cell.capacity()) : pipe).map(Item::following);
  }

  private static Parallel ordered(Cell cell) {
    return Parallel.ordered(cell.senders()).window(cell.capacity());
  }

  private static Piped unordered(Cell cell, Work work) {
    Piped pipeline =
        sluice(cell, (_, pipe) -> pipe.map(Parallel.unordered(cell.senders()), work::apply), true);
    return (input, arrivals) -> {
      arrivals.inAnyOrder();
      pipeline.run(input, arrivals);
    };
  }

  // ---- Bare threads

  /// As many threads as there are workers, each with an equal share of the items.
  private static Piped ideal(Cell cell, Work work) {
    return (input, arrivals) -> {
      arrivals.inAnyOrder();
      int workers = cell.senders();
      List<CompletableFuture<Tally>> shares = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        int from = (int) ((long) input.size() * i / workers);
        int to = (int) ((long) input.size() * (i + 1) / workers);
        CompletableFuture<Tally> share = new CompletableFuture<>();
        shares.add(share);
        Thread.ofVirtual()
            .start(() -> {
              try {
                Tally tally = new Tally();
                for (int n = from; n < to; n++) {
                  tally.add(work.apply(Item.ALL[n % Item.COUNT]));
                }
                share.complete(tally);
              } catch (Throwable e) { // also an error: nobody else would see it
                share.completeExceptionally(e);
              }
            });
      }
      for (CompletableFuture<Tally> share : shares) {
        arrivals.add(share.get());
      }
    };
  }

  // ---- The JDK

  private static Piped gatherer(Cell cell, Work work) {
    return (input, arrivals) ->
        input.stream()
            .gather(Gatherers.mapConcurrent(cell.senders(), work::now))
            .forEach(arrivals::add);
  }

  // ---- Reactor

  private static final class ReactorPool {
    static final Scheduler EIGHT = Schedulers.newParallel("eight", 8, true);
  }

  /// The first stage's thread reads the source: the two are fused.
  private static Piped reactorStages(Cell cell) {
    return reactor(flux -> threeStages(cell, flux));
  }

  private static Piped reactorStagesApart(Cell cell) {
    return reactor(flux -> threeStages(cell, flux.subscribeOn(Schedulers.parallel())));
  }

  private static Flux<Item> threeStages(Cell cell, Flux<Item> flux) {
    int room = cell.capacity();
    Scheduler pool = Schedulers.parallel();
    return flux.publishOn(pool, room)
        .map(Item::following)
        .publishOn(pool, room)
        .map(Item::following)
        .publishOn(pool, room)
        .map(Item::following);
  }

  private static Piped reactorMap(Cell cell, Work work) {
    return reactor(flux ->
        flux.flatMapSequential(
            item -> Mono.fromCallable(() -> work.apply(item)).subscribeOn(ReactorPool.EIGHT),
            cell.senders(),
            1));
  }

  private static Piped reactor(UnaryOperator<Flux<Item>> middle) {
    return (input, arrivals) -> {
      CompletableFuture<Void> end = new CompletableFuture<>();
      middle
          .apply(Flux.fromIterable(input))
          .subscribe(arrivals::add, end::completeExceptionally, () -> end.complete(null));
      end.get();
    };
  }

  // ---- RxJava

  private static final class RxPool {
    static final io.reactivex.rxjava3.core.Scheduler EIGHT =
        io.reactivex.rxjava3.schedulers.Schedulers.from(Executors.newFixedThreadPool(8, DAEMONS));
  }

  /// The first stage's thread reads the source: the two are fused.
  private static Piped rxStages(Cell cell) {
    return rx(flow -> threeStages(cell, flow));
  }

  private static Piped rxStagesApart(Cell cell) {
    var pool = io.reactivex.rxjava3.schedulers.Schedulers.computation();
    return rx(flow -> threeStages(cell, flow.subscribeOn(pool)));
  }

  private static Flowable<Item> threeStages(Cell cell, Flowable<Item> flow) {
    int room = cell.capacity();
    var pool = io.reactivex.rxjava3.schedulers.Schedulers.computation();
    return flow.observeOn(pool, false, room)
        .map(Item::following)
        .observeOn(pool, false, room)
        .map(Item::following)
        .observeOn(pool, false, room)
        .map(Item::following);
  }

  private static Piped rxMap(Cell cell, Work work) {
    return rx(flow ->
        flow.concatMapEager(
            item -> Flowable.fromCallable(() -> work.apply(item)).subscribeOn(RxPool.EIGHT),
            cell.senders(),
            1));
  }

  private static Piped rx(UnaryOperator<Flowable<Item>> middle) {
    return (input, arrivals) -> {
      CompletableFuture<Void> end = new CompletableFuture<>();
      var subscription =
          middle
              .apply(Flowable.fromIterable(input))
              .subscribe(arrivals::add, end::completeExceptionally, () -> end.complete(null));
      end.get();
      subscription.dispose();
    };
  }

  // ---- Mutiny

  private static final class MutinyPool {
    static final ExecutorService FOUR = Executors.newFixedThreadPool(4, DAEMONS);
  }

  private static Piped mutinyStages(Cell cell) {
    int room = cell.capacity();
    return (input, arrivals) -> {
      CompletableFuture<Void> end = new CompletableFuture<>();
      Multi.createFrom()
          .iterable(input)
          .emitOn(MutinyPool.FOUR, room)
          .map(Item::following)
          .emitOn(MutinyPool.FOUR, room)
          .map(Item::following)
          .emitOn(MutinyPool.FOUR, room)
          .map(Item::following)
          .subscribe()
          .with(arrivals::add, end::completeExceptionally, () -> end.complete(null));
      end.get();
    };
  }

  // ---- Pekko

  private static final class Pekko {
    static final ActorSystem SYSTEM =
        ActorSystem.create(
            "benchmark",
            ConfigFactory.parseString(
                    """
                    pekko.daemonic = on
                    pekko.loglevel = WARNING
                    pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                    """)
                .withFallback(ConfigFactory.load()));
    static final ExecutorService EIGHT = Executors.newFixedThreadPool(8, DAEMONS);
  }

  private static Piped pekkoStages(Cell cell) {
    return (input, arrivals) ->
        Source.fromIterator(input::iterator)
            .async()
            .map(Item::following)
            .async()
            .map(Item::following)
            .async()
            .map(Item::following)
            .addAttributes(Attributes.inputBuffer(cell.capacity(), cell.capacity()))
            .runForeach(arrivals::add, Pekko.SYSTEM)
            .toCompletableFuture()
            .get();
  }

  private static Piped pekkoMap(Cell cell, Work work) {
    return (input, arrivals) ->
        Source.fromIterator(input::iterator)
            .mapAsync(
                cell.senders(),
                item -> CompletableFuture.supplyAsync(() -> work.now(item), Pekko.EIGHT))
            .runForeach(arrivals::add, Pekko.SYSTEM)
            .toCompletableFuture()
            .get();
  }

  private static Piped pekkoThrottle(Cell cell) {
    return (input, arrivals) ->
        Source.fromIterator(input::iterator)
            .throttle(cell.senders(), Duration.ofSeconds(1))
            .runForeach(arrivals::add, Pekko.SYSTEM)
            .toCompletableFuture()
            .get();
  }
}
