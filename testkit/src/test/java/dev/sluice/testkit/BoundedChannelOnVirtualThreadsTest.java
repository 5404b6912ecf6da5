package dev.sluice.testkit;

/// As [BoundedChannelTest], on virtual threads.
class BoundedChannelOnVirtualThreadsTest extends BoundedChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
