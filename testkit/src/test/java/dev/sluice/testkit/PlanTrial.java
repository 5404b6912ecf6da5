package dev.sluice.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.ContextCarrier;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Running;
import dev.sluice.testkit.Plan.Value;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Runs what a [Plan] describes, ends it as told, and compares what it did with a [PlanModel] of
/// the items that were delivered.
///
/// A run that nothing stopped must have done all that the model did and nothing else. One that was
/// stopped may have done less: but no value twice, and each item that was delivered is told of
/// once, as the model says or as abandoned.
///
/// @param when null if it is to run to its end
record PlanTrial(Plan plan, Ending ending, PlanRun.@Nullable Moment when) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Less than a stopped run waits for its workers: past it there may be some that got no processor
  /// in time. They end all the same, but what they had is in the account as abandoned.
  private static final Duration IN_TIME = Duration.ofSeconds(4);

  enum Ending {
    ITS_OWN,
    DRAIN,
    CLOSE,
    ABORT
  }

  PlanTrial with(Plan other) {
    return new PlanTrial(other, ending, when);
  }

  /// Runs it once.
  ///
  /// @throws AssertionError if it did what it must not
  void check() throws InterruptedException {
    long begun = System.nanoTime();
    var run = new PlanRun(plan, when);
    var running = run.pipeline().start();
    var end = new FutureTask<>(() -> end(run, running));
    Thread.ofVirtual().start(end);
    @Nullable Throwable thrown;
    try {
      thrown = end.get(2 * PATIENCE.toSeconds(), SECONDS).orElse(null);
    } catch (ExecutionException e) {
      throw new AssertionError("could not be ended", e.getCause());
    } catch (TimeoutException e) {
      var left = running.explain();
      running.abort();
      throw new AssertionError("did not end:\n" + left, e);
    }
    assertThat(running.isDone()).isTrue();
    boolean inTime = System.nanoTime() - begun < IN_TIME.toNanos();
    for (var thread : run.threads) {
      assertThat(thread.getName()).startsWith("sluice-");
      assertThat(thread.join(PATIENCE)).as("%s has ended", thread).isTrue();
    }
    assertThat(run.exits).as("exits of workers").hasValue(run.entries.get());
    compare(run, running.account(), thrown, inTime);
  }

  /// Ends the run as told.
  ///
  /// @return what stopped it
  private Optional<Throwable> end(PlanRun run, Running running) throws InterruptedException {
    if (ending != Ending.ITS_OWN) {
      Thread.startVirtualThread(() -> {
        outcome(running::await);
        run.moment.countDown(); // it will not come any more
      });
      run.moment.await();
    }
    var first =
        switch (ending) {
          case ITS_OWN -> Optional.<Throwable>empty();
          case DRAIN -> outcome(() -> running.drain(PATIENCE));
          case CLOSE -> outcome(running::close);
          case ABORT -> outcome(running::abort);
        };
    var last = outcome(running::await);
    if (ending == Ending.DRAIN || ending == Ending.CLOSE) {
      assertThat(first).as("what %s throws", ending).isEqualTo(last);
    }
    return last;
  }

  private static Optional<Throwable> outcome(ContextCarrier.Work end) {
    try {
      end.run();
      return Optional.empty();
    } catch (ExecutionException e) { // of a close
      return Optional.ofNullable(e.getCause());
    } catch (Throwable e) {
      return Optional.of(e);
    }
  }

  // The comparison

  private void compare(PlanRun run, Account account, @Nullable Throwable thrown, boolean inTime) {
    var delivered = run.inputs.stream().map(input -> input.delivered.size()).toList();
    var model = new PlanModel(plan, delivered, gathered(run));
    assertThat(account.balances()).as("%s balances", account).isTrue();
    assertThat(account.inFlight()).isZero();
    assertThat(account.in()).as("delivered").isEqualTo(delivered.stream().mapToInt(i -> i).sum());
    run.finished.forEach((id, ends) -> assertThat(ends).as("ends of sink s%d", id).hasValue(1));

    if (thrown != null) {
      // What fails while the run is being aborted is no longer forgiven.
      var may = ending == Ending.ABORT ? model.tries.keySet() : model.stoppers;
      if (!(thrown instanceof PlanRun.Fault fault) || !may.contains(fault.at)) {
        throw new AssertionError(
            "stopped by %s, but only these may: %s".formatted(thrown, may), thrown);
      }
      if (ending == Ending.ITS_OWN && plan.isSequential()) {
        compareUpTo(model, run, fault);
      }
    } else if (ending != Ending.ABORT) {
      assertThat(model.stoppers).as("failures that stop the run, which ended well").isEmpty();
    }
    boolean stopped = thrown != null || ending == Ending.ABORT;
    compareOutputs(model, run, stopped);
    compareOutcomes(model, run, account, stopped, inTime);
    compareFailures(model, run, stopped);
  }

  private static Map<Integer, Map<String, Integer>> gathered(PlanRun run) {
    var gathered = new HashMap<Integer, Map<String, Integer>>();
    run.batches.forEach((id, batches) -> {
      var numbers = new HashMap<String, Integer>();
      int number = 0;
      for (var batch : batches) {
        for (var value : batch) {
          assertThat(numbers.put(value.path(), number))
              .as("list of s%d that %s was in before", id, value)
              .isNull();
        }
        number++;
      }
      gathered.put(id, numbers);
    });
    return gathered;
  }

  /// On one thread all is certain: what came before the failure is done, and nothing else.
  private static void compareUpTo(PlanModel model, PlanRun run, PlanRun.Fault fault) {
    var first = model.firstStoppers.entrySet().iterator().next();
    assertThat(fault.at).as("the first failure").isEqualTo(first.getValue());
    var before = first.getKey();
    model.written.forEach((id, values) ->
        assertThat(run.written.get(id))
            .as("written to s%d before %s", id, fault.at)
            .isEqualTo(values.stream().filter(v -> v.path().compareTo(before) < 0).toList()));
    assertThat(run.inputs.getFirst().delivered.getLast().path())
        .as("the last item delivered")
        .isEqualTo(before.substring(0, "0-0000".length()));
  }

  private static void compareOutputs(PlanModel model, PlanRun run, boolean stopped) {
    model.written.forEach((id, expected) -> {
      var written = run.written.getOrDefault(id, List.of());
      if (stopped) {
        assertThat(new HashSet<>(written)).as("written to s%d", id).hasSameSizeAs(written);
        assertThat(expected).as("what s%d may get", id).containsAll(written);
      } else {
        assertThat(written).as("written to s%d", id).containsExactlyInAnyOrderElementsOf(expected);
      }
      var order = model.orders.getOrDefault(id, PlanModel.Order.NONE);
      if (order.kept()) {
        compareOrder(id, order, written, expected);
      }
    });
    if (!stopped) {
      assertThat(model.ungathered).as("what was in no list").isEmpty();
      model.batches.forEach((id, lists) ->
          assertThat(run.batches.containsKey(id) ? List.copyOf(run.batches.get(id)) : List.of())
              .as("lists of s%d", id)
              .isEqualTo(lists));
    }
  }

  private static void compareOrder(
      int id, PlanModel.Order order, List<Value> written, List<Value> expected) {
    var groups = expected.stream().collect(groupingBy(order::group));
    written.stream()
        .collect(groupingBy(order::group))
        .forEach((group, values) -> {
          var there = new HashSet<>(values);
          assertThat(values)
              .as("order in s%d", id)
              .isEqualTo(
                  groups.getOrDefault(group, List.of()).stream().filter(there::contains).toList());
        });
  }

  private void compareOutcomes(
      PlanModel model, PlanRun run, Account account, boolean stopped, boolean inTime) {
    var counts = new EnumMap<Outcome, Long>(Outcome.class);
    for (var outcome : Outcome.values()) {
      counts.put(outcome, 0L);
    }
    var wrong = new ArrayList<String>();
    for (var input : run.inputs) {
      assertThat(input.lies).isEmpty();
      for (int i = 0; i < input.delivered.size(); i++) {
        var path = input.delivered.get(i).path();
        var expected = model.outcomes.getOrDefault(path, Outcome.OUT);
        var outcome = expected;
        if (plan.acknowledged()) {
          var told = List.copyOf(input.told.getOrDefault((long) i, new ArrayDeque<>()));
          outcome = told.size() == 1 ? told.getFirst() : null;
          if (outcome != expected && !(stopped && outcome == Outcome.ABANDONED)) {
            wrong.add("%s: told %s, expected %s".formatted(path, told, expected));
          }
        }
        if (outcome != null) {
          counts.merge(outcome, 1L, Long::sum);
        }
      }
    }
    assertThat(wrong).as("items whose outcome is wrong").isEmpty();
    if (!stopped || (plan.acknowledged() && inTime)) {
      assertThat(
              List.of(
                  account.out(),
                  account.filtered(),
                  account.dropped(),
                  account.deadLettered(),
                  account.abandoned()))
          .as("account")
          .isEqualTo(List.copyOf(counts.values()));
    }
  }

  private static void compareFailures(PlanModel model, PlanRun run, boolean stopped) {
    var letters = new ArrayList<PlanModel.Letter>();
    for (var letter : run.letters) {
      var value = (Value) letter.value();
      if (!(letter.cause() instanceof PlanRun.Fault fault)) {
        throw new AssertionError(letter.toString(), letter.cause());
      }
      letters.add(new PlanModel.Letter(fault.at.id(), value.path(), letter.attempts()));
      assertThat(letter.stage()).isIn("s" + fault.at.id(), "route");
      assertThat(fault.at.path()).isEqualTo(value.path());
      if (letter.original() instanceof Value original) {
        assertThat(value.path()).startsWith(original.path());
      }
    }
    if (stopped) {
      assertThat(letters).doesNotHaveDuplicates().isSubsetOf(model.letters);
    } else {
      assertThat(letters).as("dead letters").containsExactlyInAnyOrderElementsOf(model.letters);
      assertThat(
              run.tries.entrySet().stream()
                  .collect(Collectors.toMap(Map.Entry::getKey, tried -> tried.getValue().get())))
          .as("how often what failed was tried")
          .isEqualTo(model.tries);
    }
  }
}
