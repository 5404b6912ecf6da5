package dev.sluice.queues;

/// Where an item is. It is in exactly one of these, until it is settled and gone.
///
/// ```text
///   send --> READY <--> LEASED --> settled
///      \       ^        |    \
///       \   due|   retry|     '--> DEAD --> replayed: READY
///        '-> DELAYED <--'
///   BLOCKED: another of its key comes first
/// ```
public enum ItemState {
  /// The next receiver gets it.
  READY,
  /// A receiver has it, for as long as its lease lasts.
  LEASED,
  /// It is kept back until its time.
  DELAYED,
  /// An earlier item of its key is not settled.
  BLOCKED,
  /// It failed too often, or for good. It stays until it is replayed or purged.
  DEAD;

  private static final ItemState[] ALL = values();

  /// The state that the tables call `code`: their numbers are the order of the constants.
  static ItemState of(int code) {
    return ALL[code];
  }
}
