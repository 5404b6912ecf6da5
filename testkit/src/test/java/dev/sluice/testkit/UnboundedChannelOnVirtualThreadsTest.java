package dev.sluice.testkit;

/// As [UnboundedChannelTest], on virtual threads.
class UnboundedChannelOnVirtualThreadsTest extends UnboundedChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
