package dev.sluice.testkit;

/// What the tests of Go's select look for, on virtual threads: also when they share one carrier, as
/// the build's second run makes them.
class GoSelectBehavioursOnVirtualThreadsTest extends GoSelectBehavioursTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
