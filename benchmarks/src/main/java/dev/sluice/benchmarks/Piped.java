package dev.sluice.benchmarks;

/// A pipeline of some contestant: from a source, through what the scenario asks for, to a sink.
interface Piped {

  /// What a stage does with an item.
  @FunctionalInterface
  interface Work {
    Item apply(Item item) throws InterruptedException;

    /// The same for those whose functions may not throw.
    default Item now(Item item) {
      try {
        return apply(item);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// Takes all of `input` through the pipeline into `arrivals`, one after the other, and returns
  /// when the last has arrived.
  void run(Input input, Arrivals arrivals) throws Exception;
}
