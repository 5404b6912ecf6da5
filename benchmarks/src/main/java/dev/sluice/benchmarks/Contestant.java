package dev.sluice.benchmarks;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Something that takes part: a name and how to make it for a cell.
///
/// @param open null for what runs in coroutines, which [CoroutineRound] plays, and for pipelines
/// @param works not null for pipelines only
/// @param note what a reader should know of it, for example that it holds more than it should
record Contestant(
    String name,
    Kind kind,
    @Nullable Function<Cell, Handoff> open,
    @Nullable Works works,
    String note) {

  /// How a pipeline is made, and what it brings with it, whatever the scenario's cells say.
  ///
  /// @param capacity how many items its buffers hold, or how many it works on at once
  /// @param uncounted whether its JVM has classes of ours that count nothing
  record Works(Function<Cell, Piped> open, Cell.Threads threads, int capacity, boolean uncounted) {}

  enum Kind {
    OURS,
    /// Blocks by itself.
    SELF_BLOCKING,
    /// A ring that does not block, in a wrapper that does.
    WRAPPED,
    /// Burns a core while it waits.
    SPINNING,
    /// Has no bound where the scenario has one, so its senders never wait; shown, and not compared.
    BOUNDLESS,
    /// Blocks, but does something else than the scenario asks for; shown, and not compared.
    REFERENCE
  }

  static Contestant ours(String name, Function<Cell, Handoff> open) {
    return new Contestant(name, Kind.OURS, open, null, "");
  }

  static Contestant peer(String name, Kind kind, Function<Cell, Handoff> open) {
    return new Contestant(name, kind, open, null, "");
  }

  static Contestant coroutine(String name) {
    return new Contestant(name, Kind.SELF_BLOCKING, null, null, "");
  }

  static Contestant piped(String name, Kind kind, Works works) {
    return new Contestant(name, kind, null, works, "");
  }

  Contestant noting(String text) {
    return new Contestant(name, kind, open, works, text);
  }

  /// Whether both sides wait when they must, and leave the core to others meanwhile.
  boolean blocking() {
    return kind != Kind.SPINNING && kind != Kind.BOUNDLESS;
  }

  boolean isUncounted() {
    return works != null && works.uncounted();
  }

  boolean spins() {
    return kind == Kind.SPINNING;
  }

  boolean isPeer() {
    return kind == Kind.SELF_BLOCKING || kind == Kind.WRAPPED;
  }
}
