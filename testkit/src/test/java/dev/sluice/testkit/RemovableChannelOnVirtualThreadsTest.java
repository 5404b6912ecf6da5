package dev.sluice.testkit;

/// As [RemovableChannelTest], on virtual threads.
class RemovableChannelOnVirtualThreadsTest extends RemovableChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
