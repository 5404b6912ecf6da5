package dev.sluice.pipelines;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Keeps the account of a run.
final class Ledger {
  private final LongAdder in = new LongAdder();
  private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
  private final Consumer<Exception> onSourceFailure;

  /// @param onSourceFailure told what a cursor threw when it was told of an outcome
  Ledger(Consumer<Exception> onSourceFailure) {
    this.onSourceFailure = onSourceFailure;
    for (var outcome : Outcome.values()) {
      outcomes.put(outcome, new LongAdder());
    }
  }

  Delivery delivered(Cursor<Object> cursor, Object item) {
    in.increment();
    return new Delivery(this, cursor, item);
  }

  void settled(Cursor<Object> cursor, Object item, Outcome outcome) {
    counter(outcome).increment();
    try {
      cursor.settled(item, outcome);
    } catch (Exception e) {
      onSourceFailure.accept(e);
    }
  }

  /// The account as it stands. Outcomes are read before `in`, so that no item is seen settled that
  /// was not seen delivered.
  Account account() {
    long out = count(Outcome.OUT);
    long filtered = count(Outcome.FILTERED);
    long dropped = count(Outcome.DROPPED);
    long deadLettered = count(Outcome.DEAD_LETTERED);
    long abandoned = count(Outcome.ABANDONED);
    long delivered = in.sum();
    long inFlight = delivered - out - filtered - dropped - deadLettered - abandoned;
    return new Account(delivered, out, filtered, dropped, deadLettered, abandoned, inFlight);
  }

  private long count(Outcome outcome) {
    return counter(outcome).sum();
  }

  private LongAdder counter(Outcome outcome) {
    return Objects.requireNonNull(outcomes.get(outcome));
  }
}
