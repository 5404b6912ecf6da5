package dev.sluice.lab;

import dev.sluice.lab.Account.Outcome;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Where each item is and what everyone does: written by the threads of a [Run], read at one
/// moment.
///
/// An item is entered when it is produced and ended once; both are counted apart from how many are
/// on their way, so that an item that is lost or ends twice shows.
final class Board {

  /// What is measured begins anew when so much time, in seconds, has passed since something
  /// changed: what came before still came from the old settings.
  private static final double SETTLING = 2;

  /// What a thread does.
  enum Doing {
    THINKING,
    WAITING_FOR_ROOM,
    WAITING_FOR_ITEM,
    FILLING,
    WORKING,
    ENDED
  }

  /// A producer or a worker.
  ///
  /// @param count items that it has produced or dealt with
  /// @param item what it has in hand; null if nothing
  record Actor(Doing doing, long count, @Nullable Item item) {}

  /// What was measured of a stage since things have settled.
  ///
  /// @param taken items that its workers took
  /// @param throughput items a second that its workers have done
  /// @param utilisation the share of their time that its workers were at work
  /// @param waiting how many items waited, on average, at its door and in its buffer
  /// @param waited how long those waited that were taken, in seconds, on average
  /// @param urgentWaited likewise, the urgent ones
  /// @param loss the share of those that came which were dropped or refused
  record Measured(
      long taken,
      double throughput,
      double utilisation,
      double waiting,
      double waited,
      double urgentWaited,
      double loss) {}

  /// A moment.
  ///
  /// @param span how long it has been measured, in seconds
  /// @param workers by stage
  /// @param stages by stage
  /// @param underflows how often a consumer that must not wait found nothing
  record Moment(
      double time,
      double span,
      Account account,
      List<Actor> producers,
      List<List<Actor>> workers,
      List<Measured> stages,
      long underflows) {}

  private static final class Part {
    Doing doing = Doing.THINKING;
    long count;
    @Nullable Item item;

    Actor read() {
      return new Actor(doing, count, item);
    }
  }

  private static final class Stage {
    int waiting;
    int busy;
    double waitingTime;
    double busyTime;
    long came;
    long lost;
    long taken;
    long urgent;
    long done;
    double waits;
    double urgentWaits;
    final List<Part> workers;

    Stage(int workers) {
      this.workers = parts(workers);
    }

    void forget() {
      waitingTime = 0;
      busyTime = 0;
      came = 0;
      lost = 0;
      taken = 0;
      urgent = 0;
      done = 0;
      waits = 0;
      urgentWaits = 0;
    }
  }

  private final Pace pace;
  private final ReentrantLock lock = new ReentrantLock();

  // What follows is guarded by lock.
  private final List<Part> producers;
  private final List<Stage> stages;
  private final EnumMap<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
  private long produced;
  private long inFlight;
  private long underflows;
  private double at;
  private double begun;
  private boolean settled;

  Board(Settings settings, Pace pace) {
    this.pace = pace;
    producers = parts(settings.number(Knob.PRODUCERS));
    stages =
        IntStream.range(0, settings.number(Knob.STAGES))
            .mapToObj(stage -> new Stage(settings.workers(stage)))
            .toList();
    at = pace.now();
    begun = at;
  }

  private static List<Part> parts(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Part()).toList();
  }

  private <T> T note(Supplier<T> what) {
    lock.lock();
    try {
      double now = pace.now();
      if (!settled && now - begun >= SETTLING) {
        forget(now);
        settled = true;
      }
      double passed = now - at;
      at = now;
      for (var stage : stages) {
        stage.waitingTime += stage.waiting * passed;
        stage.busyTime += stage.busy * passed;
      }
      return what.get();
    } finally {
      lock.unlock();
    }
  }

  private void forget(double now) {
    begun = now;
    at = now;
    stages.forEach(Stage::forget);
  }

  /// Something was changed: what is measured begins anew.
  void unsettle() {
    note(() -> {
      settled = false;
      forget(at);
      return this;
    });
  }

  Item produced(int producer, boolean urgent, boolean poisoned) {
    return note(() -> {
      producers.get(producer).count++;
      inFlight++;
      return new Item(++produced, producer, urgent, poisoned);
    });
  }

  void producer(int producer, Doing doing, @Nullable Item item) {
    note(() -> set(producers.get(producer), doing, item));
  }

  void worker(int stage, int worker, Doing doing, @Nullable Item item) {
    note(() -> set(stages.get(stage).workers.get(worker), doing, item));
  }

  private static Part set(Part part, Doing doing, @Nullable Item item) {
    part.doing = doing;
    part.item = item;
    return part;
  }

  /// It comes to the door of a stage.
  void comes(int stage, Item item) {
    note(() -> {
      item.stage = stage;
      item.came = at;
      item.waiting = true;
      stages.get(stage).waiting++;
      stages.get(stage).came++;
      return item;
    });
  }

  /// A worker takes it.
  void taken(int worker, Item item) {
    note(() -> {
      var stage = stages.get(item.stage);
      leave(item);
      stage.taken++;
      stage.busy++;
      double waited = at - item.came;
      stage.waits += waited;
      if (item.urgent) {
        stage.urgent++;
        stage.urgentWaits += waited;
      }
      return set(stage.workers.get(worker), Doing.WORKING, item);
    });
  }

  /// The worker that has taken it has done with it, one way or the other.
  void done(int worker, Item item) {
    note(() -> {
      var stage = stages.get(item.stage);
      stage.busy--;
      stage.done++;
      stage.workers.get(worker).count++;
      return stage;
    });
  }

  void underflow() {
    note(() -> ++underflows);
  }

  /// It is gone.
  void end(Item item, Outcome outcome) {
    note(() -> {
      if (item.ended) {
        throw new IllegalStateException(
            "item %d ended twice, now as %s".formatted(item.number, outcome));
      }
      item.ended = true;
      if (item.waiting) {
        leave(item);
        stages.get(item.stage).lost++;
      }
      inFlight--;
      return outcomes.merge(outcome, 1L, Long::sum);
    });
  }

  private void leave(Item item) {
    item.waiting = false;
    stages.get(item.stage).waiting--;
  }

  Moment read() {
    return note(() ->
        new Moment(
            at,
            at - begun,
            account(),
            producers.stream().map(Part::read).toList(),
            stages.stream().map(stage -> stage.workers.stream().map(Part::read).toList()).toList(),
            stages.stream().map(stage -> measured(stage, Math.max(1e-9, at - begun))).toList(),
            underflows));
  }

  private Account account() {
    return new Account(
        produced,
        outcomes.getOrDefault(Outcome.CONSUMED, 0L),
        outcomes.getOrDefault(Outcome.DROPPED, 0L),
        outcomes.getOrDefault(Outcome.REFUSED, 0L),
        outcomes.getOrDefault(Outcome.SKIPPED, 0L),
        outcomes.getOrDefault(Outcome.DEAD_LETTERED, 0L),
        outcomes.getOrDefault(Outcome.ABANDONED, 0L),
        inFlight);
  }

  private static Measured measured(Stage stage, double span) {
    return new Measured(
        stage.taken,
        stage.done / span,
        stage.busyTime / span / stage.workers.size(),
        stage.waitingTime / span,
        stage.waits / Math.max(1, stage.taken),
        stage.urgentWaits / Math.max(1, stage.urgent),
        (double) stage.lost / Math.max(1, stage.came));
  }
}
