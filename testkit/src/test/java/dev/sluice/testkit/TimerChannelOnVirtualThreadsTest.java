package dev.sluice.testkit;

/// As [TimerChannelTest], on virtual threads.
class TimerChannelOnVirtualThreadsTest extends TimerChannelTest {

  @Override
  Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
