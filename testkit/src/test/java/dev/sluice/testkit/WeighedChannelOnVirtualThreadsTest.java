package dev.sluice.testkit;

/// As [WeighedChannelTest], on virtual threads.
class WeighedChannelOnVirtualThreadsTest extends WeighedChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
