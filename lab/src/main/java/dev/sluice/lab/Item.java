package dev.sluice.lab;

/// What travels: it knows who made it. All that changes is guarded by the [Board]'s lock.
final class Item {
  final long number;
  final int producer;
  final boolean urgent;
  final boolean poisoned;

  /// When it came to the buffer that it waits for or in.
  double came;

  /// The stage that it is at.
  int stage;

  boolean waiting;
  boolean ended;

  Item(long number, int producer, boolean urgent, boolean poisoned) {
    this.number = number;
    this.producer = producer;
    this.urgent = urgent;
    this.poisoned = poisoned;
  }

  /// Urgent ones leave a priority channel first.
  int level() {
    return urgent ? 0 : 1;
  }
}
