package dev.sluice.testkit;

/// As [StealingManyChannelTest], on virtual threads.
class StealingManyChannelOnVirtualThreadsTest extends StealingManyChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
