package dev.sluice.testkit;

/// As [LatestChannelTest], on virtual threads.
class LatestChannelOnVirtualThreadsTest extends LatestChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
