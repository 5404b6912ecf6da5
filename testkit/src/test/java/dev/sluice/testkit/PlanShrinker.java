package dev.sluice.testkit;

import dev.sluice.testkit.Plan.End;
import dev.sluice.testkit.Plan.Faults;
import dev.sluice.testkit.Plan.Input;
import dev.sluice.testkit.Plan.Stage;
import dev.sluice.testkit.Plan.Tail;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/// Makes a plan that fails as small as it can while it still does.
final class PlanShrinker {
  private PlanShrinker() {}

  /// @param fails whether a plan still fails; asked until none of the smaller ones does
  static Plan shrink(Plan plan, Predicate<Plan> fails) {
    var smallest = plan;
    while (true) {
      var smaller = smaller(smallest).stream().filter(fails).findFirst();
      if (smaller.isEmpty()) {
        return smallest;
      }
      smallest = smaller.get();
    }
  }

  /// The plans that are a step smaller, those with the most left out first.
  static List<Plan> smaller(Plan plan) {
    var all = new ArrayList<Plan>();
    if (plan.inputs().size() > 1) {
      without(plan.inputs(), i -> List.of()).forEach(some -> all.add(withInputs(plan, some)));
    }
    stages(plan.stages())
        .forEach(some ->
            all.add(
                new Plan(plan.inputs(), plan.joining(), plan.acknowledged(), some, plan.end())));
    end(plan.end())
        .forEach(end ->
            all.add(
                new Plan(plan.inputs(), plan.joining(), plan.acknowledged(), plan.stages(), end)));
    for (int i = 0; i < plan.inputs().size(); i++) {
      for (var input : input(plan.inputs().get(i))) {
        var inputs = new ArrayList<>(plan.inputs());
        inputs.set(i, input);
        all.add(withInputs(plan, inputs));
      }
    }
    return all;
  }

  private static Plan withInputs(Plan plan, List<Input> inputs) {
    return new Plan(
        List.copyOf(inputs), plan.joining(), plan.acknowledged(), plan.stages(), plan.end());
  }

  private static List<Input> input(Input input) {
    var all = new ArrayList<Input>();
    stages(input.stages()).forEach(some -> all.add(new Input(input.items(), some)));
    if (input.items() > 1) {
      all.add(new Input(input.items() / 2, input.stages()));
    }
    if (input.items() > 0) {
      all.add(new Input(input.items() - 1, input.stages()));
    }
    return all;
  }

  /// The lists with one element less, and those with one that is replaced by others.
  private static <T> List<List<T>> without(List<T> list, Function<T, List<List<T>>> replaced) {
    var all = new ArrayList<List<T>>();
    for (int i = 0; i < list.size(); i++) {
      all.add(spliced(list, i, List.of()));
    }
    for (int i = 0; i < list.size(); i++) {
      for (var instead : replaced.apply(list.get(i))) {
        all.add(spliced(list, i, instead));
      }
    }
    return all;
  }

  private static <T> List<T> spliced(List<T> list, int at, List<T> instead) {
    var made = new ArrayList<>(list.subList(0, at));
    made.addAll(instead);
    made.addAll(list.subList(at + 1, list.size()));
    return List.copyOf(made);
  }

  private static List<List<Stage>> stages(List<Stage> stages) {
    return without(stages, PlanShrinker::instead);
  }

  private static List<List<Stage>> instead(Stage stage) {
    var all = new ArrayList<List<Stage>>();
    switch (stage) {
      case Stage.Map s -> calm(s.faults(), f -> one(all, new Stage.Map(s.id(), f)));
      case Stage.ParallelMap s -> {
        one(all, new Stage.Map(s.id(), s.faults()));
        calm(s.faults(), f -> one(all, new Stage.ParallelMap(s.id(), s.inOrder(), s.workers(), f)));
      }
      case Stage.Filter s ->
          calm(s.faults(), f -> one(all, new Stage.Filter(s.id(), s.oneIn(), f)));
      case Stage.FlatMap s -> calm(s.faults(), f -> one(all, new Stage.FlatMap(s.id(), f)));
      case Stage.Batch s -> {
        if (s.size() > 1) {
          one(all, new Stage.Batch(s.id(), s.size() - 1));
        }
      }
      case Stage.Buffer s -> {
        // It is as small as it gets.
      }
      case Stage.Partition s -> {
        all.add(s.piece());
        stages(s.piece())
            .forEach(piece -> one(all, new Stage.Partition(s.id(), s.lanes(), s.faults(), piece)));
        calm(s.faults(), f -> one(all, new Stage.Partition(s.id(), s.lanes(), f, s.piece())));
      }
      case Stage.Balance s -> {
        all.add(s.piece());
        stages(s.piece()).forEach(piece -> one(all, new Stage.Balance(s.workers(), piece)));
      }
      case Stage.Feedback s -> {
        all.add(s.piece());
        stages(s.piece())
            .forEach(piece -> one(all, new Stage.Feedback(s.id(), s.depth(), s.faults(), piece)));
        calm(s.faults(), f -> one(all, new Stage.Feedback(s.id(), s.depth(), f, s.piece())));
        if (s.depth() > 0) {
          one(all, new Stage.Feedback(s.id(), s.depth() - 1, s.faults(), s.piece()));
        }
      }
      case Stage.AlsoTo s -> {
        stages(s.branch())
            .forEach(piece -> one(all, new Stage.AlsoTo(s.capacity(), s.counts(), piece, s.end())));
        end(s.end())
            .forEach(end -> one(all, new Stage.AlsoTo(s.capacity(), s.counts(), s.branch(), end)));
      }
    }
    return all;
  }

  private static void one(List<List<Stage>> all, Stage stage) {
    all.add(List.of(stage));
  }

  private static void calm(Faults faults, Consumer<Faults> with) {
    if (!faults.equals(Faults.NONE)) {
      with.accept(Faults.NONE);
    }
  }

  private static List<End> end(End end) {
    var all = new ArrayList<End>();
    switch (end) {
      case End.To s -> calm(s.faults(), f -> all.add(new End.To(s.id(), f)));
      case End.Broadcast s -> {
        s.tails().forEach(tail -> all.add(tail.end()));
        tails(s.tails()).forEach(tails -> all.add(new End.Broadcast(tails)));
      }
      case End.Route s -> {
        s.tails().forEach(tail -> all.add(tail.end()));
        tails(s.tails()).forEach(tails -> all.add(new End.Route(s.id(), s.faults(), tails)));
        calm(s.faults(), f -> all.add(new End.Route(s.id(), f, s.tails())));
      }
    }
    return all;
  }

  private static List<List<Tail>> tails(List<Tail> tails) {
    return without(tails, PlanShrinker::instead).stream().filter(some -> !some.isEmpty()).toList();
  }

  private static List<List<Tail>> instead(Tail tail) {
    var all = new ArrayList<List<Tail>>();
    stages(tail.stages()).forEach(some -> all.add(List.of(new Tail(some, tail.end()))));
    end(tail.end()).forEach(end -> all.add(List.of(new Tail(tail.stages(), end))));
    return all;
  }
}
