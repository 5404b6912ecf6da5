package dev.sluice.channels;

import org.jspecify.annotations.Nullable;

/// A thread that waits in a rendezvous, with an item to give or an empty hand.
final class Party<T> extends Waiter {
  final Choice choice;
  final int clause;

  /// What a sender gives; what a receiver was given, written before its choice is made.
  @Nullable T item;

  /// Whether it may be parked: set before a last look at the choice, so that whoever has made the
  /// choice and finds it false need not unpark.
  volatile boolean parks;

  Party(Choice choice, int clause, @Nullable T item) {
    this(Thread.currentThread(), choice, clause, item);
  }

  Party(Thread thread, Choice choice, int clause, @Nullable T item) {
    super(thread, 1);
    this.choice = choice;
    this.clause = clause;
    this.item = item;
  }
}
