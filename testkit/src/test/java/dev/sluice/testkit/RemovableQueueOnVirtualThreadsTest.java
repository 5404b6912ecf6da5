package dev.sluice.testkit;

/// The queue of a channel with a lock keeps the contract on virtual threads.
class RemovableQueueOnVirtualThreadsTest extends RemovableQueueTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
