package dev.sluice.testkit;

/// What futures of a channel promise, on virtual threads.
class FutureOnVirtualThreadsTest extends FutureTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
