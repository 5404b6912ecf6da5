package dev.sluice.testkit;

/// [dev.sluice.channels.Channel#rendezvous] on virtual threads: also when they share one carrier.
class RendezvousChannelOnVirtualThreadsTest extends RendezvousChannelTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
