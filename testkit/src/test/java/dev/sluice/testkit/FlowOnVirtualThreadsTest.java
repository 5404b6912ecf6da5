package dev.sluice.testkit;

/// What the Flow views promise, also with one carrier.
class FlowOnVirtualThreadsTest extends FlowTest {}
