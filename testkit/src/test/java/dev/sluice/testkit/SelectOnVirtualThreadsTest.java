package dev.sluice.testkit;

/// [dev.sluice.channels.Select] on virtual threads: also when they share one carrier.
class SelectOnVirtualThreadsTest extends SelectTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
