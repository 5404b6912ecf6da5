package dev.sluice.testkit;

/// As [ResizableChannelTest], on virtual threads.
class ResizableChannelOnVirtualThreadsTest extends ResizableChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
