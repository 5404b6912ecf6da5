package dev.sluice.benchmarks;

import java.util.Locale;

/// One line of comparison: contestants in the same cell may be compared.
///
/// @param receivers 0 in the scenarios of pipelines, where `senders` is what the scenario says
record Cell(Threads threads, int senders, int receivers, int capacity) {

  static final int UNBOUNDED = Integer.MAX_VALUE;

  enum Threads {
    PLATFORM,
    VIRTUAL,
    COROUTINE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Cell parse(String text) {
    String[] parts = text.split("[/:]");
    return new Cell(
        Threads.valueOf(parts[0].toUpperCase(Locale.ROOT)),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]));
  }

  Cell on(Threads threads) {
    return new Cell(threads, senders, receivers, capacity);
  }

  Cell holding(int capacity) {
    return new Cell(threads, senders, receivers, capacity);
  }

  boolean isUnbounded() {
    return capacity == UNBOUNDED;
  }

  String shape() {
    return receivers == 0 ? Integer.toString(senders) : senders + ":" + receivers;
  }

  @Override
  public String toString() {
    return threads + "/" + senders + ":" + receivers + "/" + capacity;
  }
}
