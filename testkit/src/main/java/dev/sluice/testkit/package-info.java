/// The test kit: contracts that any channel must keep, actors that play threads, a clock that a
/// test moves.
///
/// ```text
///   ChannelContract      extend it to test a kind of channel: the table of states, call by call
///        |
///   ChannelRaces         the same promises under many threads; Needs a Trait of the kind, here and there
///        |
///   ChannelScene         opens channels, plays actors, ends them after each test
///        |
///      Actor             one block on one thread: watch it wait, interrupt it, see how it ends
///
///   Conservation         what went in came out: once each, and in order
///   VirtualClock         stands still until it is moved
///
///   SourceContract       extend it to test a source for pipelines
///   SinkContract         extend it to test a sink
///   Faults               what goes wrong at which call, scripted
/// ```
///
/// Nothing here sleeps: an actor is watched until it waits or ends.
@org.jspecify.annotations.NullMarked
package dev.sluice.testkit;
