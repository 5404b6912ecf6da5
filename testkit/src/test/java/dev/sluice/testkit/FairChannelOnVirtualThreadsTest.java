package dev.sluice.testkit;

/// As [FairChannelTest], on virtual threads.
class FairChannelOnVirtualThreadsTest extends FairChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
