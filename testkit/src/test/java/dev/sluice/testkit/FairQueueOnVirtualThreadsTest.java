package dev.sluice.testkit;

/// The queue of a fair channel keeps the contract on virtual threads.
class FairQueueOnVirtualThreadsTest extends FairQueueTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
