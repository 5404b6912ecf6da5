package dev.sluice.queues;

import java.util.function.LongSupplier;

/// The clocks of this machine, in milliseconds.
///
/// @param steady counts on at the same pace whatever happens to the wall clock; all processes of a
///   machine have the same, until it is started anew
/// @param wall what people call the time
/// @param shift what tests add to the time of the tables, so that they need not wait
record Time(LongSupplier steady, LongSupplier wall, LongSupplier shift) {

  static Time system() {
    return new Time(() -> System.nanoTime() / 1_000_000, System::currentTimeMillis, () -> 0);
  }
}
