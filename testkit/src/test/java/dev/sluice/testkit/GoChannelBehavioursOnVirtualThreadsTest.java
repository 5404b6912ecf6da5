package dev.sluice.testkit;

/// What the tests of Go's channels look for, on virtual threads: also when they share one carrier,
/// as the build's second run makes them.
class GoChannelBehavioursOnVirtualThreadsTest extends GoChannelBehavioursTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }

  @Override
  protected int many() {
    return 10_000;
  }
}
