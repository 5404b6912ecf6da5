package dev.sluice.testkit;

/// [dev.sluice.channels.Channel#bounded] keeps the contract on virtual threads: also when they
/// share one carrier, as the build's second run makes them.
class BoundedChannelOnVirtualThreadsTest extends BoundedChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
