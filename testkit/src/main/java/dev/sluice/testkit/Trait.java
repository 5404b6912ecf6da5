package dev.sluice.testkit;

/// What some kinds of channels promise and others don't: see [ChannelContract#traits].
public enum Trait {
  /// It can be full: it holds as many items as its capacity says, and no more.
  BOUNDED("it is never full"),

  /// It keeps all that it has accepted until that is received.
  KEEPING("it doesn't keep all that it accepts"),

  /// Items leave in the order in which they were accepted.
  ORDERED("its items leave in another order than they came in");

  final String reason;

  /// @param reason why a test is skipped
  Trait(String reason) {
    this.reason = reason;
  }
}
