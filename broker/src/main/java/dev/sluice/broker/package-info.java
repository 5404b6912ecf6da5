/// A Kafka broker to throw away: one node, on this machine alone, from Maven artifacts.
///
/// [Main] runs one in the foreground; [BrokerProcess] runs that in a process of its own, which a
/// test may kill and start again.
@org.jspecify.annotations.NullMarked
package dev.sluice.broker;
