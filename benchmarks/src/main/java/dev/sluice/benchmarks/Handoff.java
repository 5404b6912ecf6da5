package dev.sluice.benchmarks;

import java.util.List;

/// A contestant at work, behind the two calls that all of them have. Batches are loops where it has
/// none.
interface Handoff {

  void send(Item item) throws Exception;

  Item receive() throws Exception;

  /// What sender number `index` uses: its own object where the contestant keeps state by thread.
  default Handoff sender(int index) {
    return this;
  }

  default Handoff receiver(int index) {
    return this;
  }

  /// Called on what [#receiver] returned when it has received its share.
  default void finish() {}

  default void sendAll(List<Item> items) throws Exception {
    for (int i = 0; i < items.size(); i++) {
      send(items.get(i));
    }
  }

  /// Waits for one item at least.
  ///
  /// @return how many were put into `into`, from 1 to `max`
  default int receiveMany(Item[] into, int max) throws Exception {
    into[0] = receive();
    return 1;
  }
}
