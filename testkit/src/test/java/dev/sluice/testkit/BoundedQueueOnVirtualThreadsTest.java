package dev.sluice.testkit;

/// The queue of a bounded channel keeps the contract on virtual threads.
class BoundedQueueOnVirtualThreadsTest extends BoundedQueueTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
