package dev.sluice.testkit;

import dev.sluice.testkit.Plan.End;
import dev.sluice.testkit.Plan.Faults;
import dev.sluice.testkit.Plan.Input;
import dev.sluice.testkit.Plan.Joining;
import dev.sluice.testkit.Plan.Policy;
import dev.sluice.testkit.Plan.Stage;
import dev.sluice.testkit.Plan.Tail;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Makes plans up.
final class PlanGenerator {
  private static final int MOST_STAGES = 6;
  private static final int[] CAPACITIES = {1, 2, 16, 100};

  private final RandomGenerator random;
  private final boolean faulty;

  /// Whether there shall be one thread, on which everything is certain.
  private final boolean fused;

  private int ids;
  private int stagesLeft = MOST_STAGES;

  PlanGenerator(RandomGenerator random) {
    this.random = random;
    this.faulty = oneIn(3);
    this.fused = oneIn(6);
  }

  Plan plan() {
    int inputs = !fused && oneIn(4) ? 2 + random.nextInt(2) : 1;
    var joining =
        oneIn(2) ? Joining.TURNS : fused || oneIn(2) ? Joining.FIRST_FIRST : Joining.READERS;
    int most = oneIn(12) ? 400 : 30;
    var read =
        IntStream.range(0, inputs)
            .mapToObj(i ->
                new Input(
                    random.nextInt(most),
                    joining != Joining.READERS && oneIn(4) ? stages(1, 0) : List.of()))
            .toList();
    var stages = stages(random.nextInt(MOST_STAGES + 1), 0);
    return new Plan(read, joining, !oneIn(4), stages, end(0));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private int id() {
    return ++ids;
  }

  private List<Stage> stages(int most, int depth) {
    var stages = new ArrayList<Stage>();
    for (int i = 0; i < most && stagesLeft > 0; i++) {
      stagesLeft--;
      stages.add(stage(depth));
    }
    return stages;
  }

  private Stage stage(int depth) {
    return switch (random.nextInt(fused ? 3 : depth < 2 ? 11 : 7)) {
      case 0 -> new Stage.Map(id(), faults());
      case 1 -> new Stage.Filter(id(), 2 + random.nextInt(4), faults());
      case 2 -> new Stage.FlatMap(id(), faults());
      case 3 -> new Stage.ParallelMap(id(), true, 1 + random.nextInt(3), faults());
      case 4 -> new Stage.ParallelMap(id(), false, 1 + random.nextInt(3), faults());
      case 5 -> new Stage.Batch(id(), 1 + random.nextInt(6));
      case 6 -> new Stage.Buffer(CAPACITIES[random.nextInt(CAPACITIES.length)]);
      case 7 -> new Stage.Partition(id(), 1 + random.nextInt(3), faults(), piece(depth));
      case 8 -> new Stage.Balance(1 + random.nextInt(3), piece(depth));
      case 9 -> new Stage.Feedback(id(), random.nextInt(4), faults(), piece(depth));
      default ->
          depth == 0
              ? new Stage.AlsoTo(
                  CAPACITIES[random.nextInt(CAPACITIES.length)],
                  !oneIn(4),
                  stages(random.nextInt(2), 2),
                  end(2))
              : new Stage.Map(id(), faults());
    };
  }

  private List<Stage> piece(int depth) {
    return stages(random.nextInt(3), depth + 1);
  }

  private End end(int depth) {
    if (depth == 0 && !fused && oneIn(3)) {
      var tails =
          IntStream.range(0, 1 + random.nextInt(3))
              .mapToObj(i -> new Tail(stages(random.nextInt(2), 2), end(1)))
              .toList();
      return oneIn(3) ? new End.Route(id(), faults(), tails) : new End.Broadcast(tails);
    }
    return new End.To(id(), faults());
  }

  private Faults faults() {
    if (!oneIn(faulty ? 2 : 6)) {
      return Faults.NONE;
    }
    var policy =
        switch (random.nextInt(faulty ? 8 : 5)) {
          case 0 -> new Policy.Skip(Long.MAX_VALUE);
          case 1, 2 -> new Policy.Skip(random.nextInt(5));
          case 5 -> new Policy.Stop();
          default -> new Policy.Letter();
        };
    return new Faults(2 + random.nextInt(12), 1 + random.nextInt(3), policy);
  }
}
