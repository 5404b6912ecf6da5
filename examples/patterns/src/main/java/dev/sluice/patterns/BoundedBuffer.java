package dev.sluice.patterns;

import dev.sluice.channels.Channel;

/// A bounded buffer: senders wait while it is full, receivers while it is empty. Both ends cost the
/// same however much is in it.
final class BoundedBuffer {
  private BoundedBuffer() {}

  /// Puts the numbers below `count` through a buffer that holds them all, and adds them up.
  static long fillAndEmpty(int count) throws InterruptedException {
    // @start region="buffer"
    var buffer = Channel.<Integer>bounded(count); // exactly as many, never more
    for (int i = 0; i < count; i++) {
      buffer.send(i);
    }
    buffer.close();
    long sum = 0;
    for (int number : buffer) {
      sum += number;
    }
    // @end
    return sum;
  }
}
