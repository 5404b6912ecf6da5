package dev.sluice.run;

import static java.util.stream.Collectors.joining;

import dev.sluice.logs.UsageException;
import java.util.List;

/// A pipeline's file is not as it has to be. The message has a line for each problem, with its
/// place: `orders.yaml:7:5: unknown key 'filtr'; did you mean 'filter'?`
public final class BadFileException extends UsageException {
  private static final long serialVersionUID = 1L;
  private static final int MOST = 20;

  @SuppressWarnings("serial") // nobody does, and lists of List.copyOf can be
  private final List<Problem> problems;

  /// @param place where
  /// @param message what is wrong there, and what to change
  record Problem(Place place, String message) {
    @Override
    public String toString() {
      return place + ": " + message;
    }
  }

  BadFileException(Place place, String message) {
    this(List.of(new Problem(place, message)));
  }

  BadFileException(List<Problem> problems) {
    super(
        problems.stream().limit(MOST).map(Problem::toString).collect(joining("\n"))
            + (problems.size() > MOST ? "\nand %d more".formatted(problems.size() - MOST) : ""));
    this.problems = List.copyOf(problems);
  }

  List<Problem> problems() {
    return problems;
  }
}
