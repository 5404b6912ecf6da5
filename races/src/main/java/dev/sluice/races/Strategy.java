package dev.sluice.races;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Chooses who goes on.
interface Strategy {

  /// Returns who goes on.
  ///
  /// @param current who went on last; among `ready` unless it waits, has ended, or steps aside
  /// @param ready who can go on, at least one
  Part<?> next(Part<?> current, List<Part<?>> ready);

  /// `current` waits for what others do, without saying so: whoever can go on should.
  void stepAside(Part<?> current);

  /// One of three, with parameters of its own: none finds every mistake.
  static Strategy of(int number, SplittableRandom random) {
    return switch (number % 3) {
      case 0 -> new Walk(random, 1);
      case 1 -> new Walk(random, 2 + random.nextInt(30));
      default -> new Priorities(random);
    };
  }

  /// Anyone, at random; but stays with the current one on average for `stay` steps.
  final class Walk implements Strategy {
    private final SplittableRandom random;
    private final int stay;

    Walk(SplittableRandom random, int stay) {
      this.random = random;
      this.stay = stay;
    }

    @Override
    public Part<?> next(Part<?> current, List<Part<?>> ready) {
      return ready.contains(current) && random.nextInt(stay) > 0
          ? current
          : ready.get(random.nextInt(ready.size()));
    }

    @Override
    public void stepAside(Part<?> current) {}
  }

  /// The one of highest priority, which changes a few times: the probabilistic concurrency testing
  /// of Burckhardt, Kothari, Musuvathi and Nagarakatte (ASPLOS 2010). It finds mistakes that need
  /// one thread to be far slower than the others.
  final class Priorities implements Strategy {
    private final SplittableRandom random;
    private final Map<Part<?>, Integer> priorities = new HashMap<>();
    private final int changeEvery;
    private int lowest;

    Priorities(SplittableRandom random) {
      this.random = random;
      changeEvery = 5 << random.nextInt(6);
    }

    @Override
    public Part<?> next(Part<?> current, List<Part<?>> ready) {
      if (random.nextInt(changeEvery) == 0) {
        stepAside(current);
      }
      var best = ready.getFirst();
      for (var part : ready) {
        if (priority(part) > priority(best)) {
          best = part;
        }
      }
      return best;
    }

    private int priority(Part<?> part) {
      return priorities.computeIfAbsent(part, _ -> random.nextInt(1_000_000));
    }

    @Override
    public void stepAside(Part<?> current) {
      priorities.put(current, --lowest);
    }
  }
}
