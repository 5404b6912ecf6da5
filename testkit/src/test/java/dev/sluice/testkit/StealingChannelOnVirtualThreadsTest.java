package dev.sluice.testkit;

/// As [StealingChannelTest], on virtual threads.
class StealingChannelOnVirtualThreadsTest extends StealingChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
