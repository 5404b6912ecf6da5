package dev.sluice.testkit;

/// What [dev.sluice.channels.Generator] promises, to consumers on virtual threads.
class GeneratorOnVirtualThreadsTest extends GeneratorTest {

  @Override
  protected Thread.Builder threads() {
    return Thread.ofVirtual();
  }
}
