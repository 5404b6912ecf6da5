package dev.sluice.testkit;

/// As [PriorityChannelTest], on virtual threads.
class PriorityChannelOnVirtualThreadsTest extends PriorityChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
