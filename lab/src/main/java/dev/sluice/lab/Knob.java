package dev.sluice.lab;

import java.util.List;
import java.util.Locale;

/// What can be set in the playground: each with its bounds, so that nothing that a stranger types
/// makes it grow.
enum Knob {
  PRODUCERS("Producers", "Producers", "", 1, 16, 2, true),
  RATE("Producers", "Items a second, each", "1/s", 0.1, 500, 4, false),
  ARRIVALS("Producers", "Arrivals", List.of("constant", "random", "bursty"), 1, false),
  URGENT("Producers", "Urgent items", "%", 0, 100, 0, false),

  KIND(
      "Buffer",
      "Kind",
      List.of("bounded", "rendezvous", "priority", "stealing", "latest"),
      0,
      true),
  CAPACITY("Buffer", "Capacity", "items", 1, 1_000, 8, true),
  OVERFLOW(
      "Buffer", "When it is full", List.of("wait", "fail", "drop-oldest", "drop-newest"), 0, true),
  AGEING("Buffer", "Ageing, a level each", "ms", 0, 60_000, 0, true),
  SKEW("Buffer", "Sent to worker 1 alone", "%", 0, 100, 0, false),
  PRIME("Buffer", "Fill to, before reading", "items", 0, 1_000, 0, false),

  STAGES("Stages", "Stages", "", 1, 3, 1, true),
  LAYOUT("Stages", "Layout", List.of("chain", "branches"), 0, true),
  SERVICES("Stages", "Service times", List.of("constant", "exponential", "heavy-tailed"), 1, false),
  WORKERS1("Stages", "Workers of stage 1", "", 1, 16, 2, true),
  SERVICE1("Stages", "Mean service of stage 1", "ms", 0.1, 10_000, 200, false),
  WORKERS2("Stages", "Workers of stage 2", "", 1, 16, 2, true),
  SERVICE2("Stages", "Mean service of stage 2", "ms", 0.1, 10_000, 200, false),
  WORKERS3("Stages", "Workers of stage 3", "", 1, 16, 2, true),
  SERVICE3("Stages", "Mean service of stage 3", "ms", 0.1, 10_000, 200, false),

  FAILS("Failures", "Attempts that fail", "%", 0, 100, 0, false),
  POISON("Failures", "Items that always fail", "%", 0, 100, 0, false),
  POLICY(
      "Failures",
      "Then",
      List.of("skip", "retry", "retry-forever", "dead-letter", "stop"),
      0,
      false),

  THREADS("Machine", "Threads", List.of("virtual", "platform"), 0, true),
  SPEED("Machine", "Speed", "×", 0.1, 10, 1, false);

  final String group;
  final String label;
  final String unit;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  final List<String> choices;

  final double least;
  final double most;
  final double usual;

  /// Whether it is what the threads and channels are made of: a change makes them anew.
  final boolean structural;

  Knob(
      String group,
      String label,
      String unit,
      double least,
      double most,
      double usual,
      boolean structural) {
    this(group, label, unit, List.of(), least, most, usual, structural);
  }

  Knob(String group, String label, List<String> choices, int usual, boolean structural) {
    this(group, label, "", choices, 0, choices.size() - 1, usual, structural);
  }

  Knob(
      String group,
      String label,
      String unit,
      List<String> choices,
      double least,
      double most,
      double usual,
      boolean structural) {
    this.group = group;
    this.label = label;
    this.unit = unit;
    this.choices = choices;
    this.least = least;
    this.most = most;
    this.usual = usual;
    this.structural = structural;
  }

  /// What it is called in a query string.
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether only whole numbers make sense.
  boolean whole() {
    return this != RATE
        && this != SERVICE1
        && this != SERVICE2
        && this != SERVICE3
        && this != SPEED;
  }

  /// @throws IllegalArgumentException if the text is no value of this; the message says what is
  double parse(String text) {
    if (!choices.isEmpty()) {
      int index = choices.indexOf(text);
      if (index < 0) {
        throw new IllegalArgumentException(
            "%s is one of %s, but was '%s'".formatted(key(), String.join(", ", choices), text));
      }
      return index;
    }
    var expected =
        "%s is %s from %s to %s, but was '%s'"
            .formatted(
                key(), whole() ? "a whole number" : "a number", print(least), print(most), text);
    if (!text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
      throw new IllegalArgumentException(expected);
    }
    double value = Double.parseDouble(text);
    if (value < least || value > most || (whole() && value != Math.rint(value))) {
      throw new IllegalArgumentException(expected);
    }
    return value;
  }

  String print(double value) {
    if (!choices.isEmpty()) {
      return choices.get((int) value);
    }
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
