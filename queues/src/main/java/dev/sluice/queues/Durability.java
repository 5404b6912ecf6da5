package dev.sluice.queues;

/// What a [DurableQueue#send] that returned survives.
public enum Durability {
  /// The death of the process, of the system, and the loss of power: each commit waits for the
  /// disk.
  FULL,
  /// The death of the process. The loss of power may take the last commits, and damages nothing.
  NORMAL
}
