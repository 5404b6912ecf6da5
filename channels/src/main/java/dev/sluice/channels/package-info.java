/// Channels: hand-offs between threads.
///
/// ```text
///   Sender --> Channel --> Receiver        the contract: start at Channel; ChannelBuilder makes them
///      ^          |            ^
///      |          |            |
///   RegisteredSender         Items         one producer of several; what a for loop goes through
///                 |
///          AbstractChannel                 closing, overflow, counting, and how to wait
///            |         |
///         Waiters    Store                 who is parked, and who wakes next | where the items are
///                      |
///         RingChannel, LockedChannel (with a Buffer), RendezvousChannel, TimerChannel
///
///   Select                                 waits for one of several channels
/// ```
///
/// A `Store` says whether an item fits and whether there is one; `Waiters` has those who wait until
/// it does. Because the two are apart, a new kind needs no code that parks a thread. Only the
/// rendezvous, which keeps nothing, has its own.
///
/// The views show a channel to others: `QueueView` to `java.util.concurrent`, `AsyncEnd` by
/// futures, `ReceiverSubscription` and `SenderSubscriber` to reactive streams. [Generator] needs no
/// channel: its `Coroutine` passes control to and fro.
///
/// Futures that wait, reactive streams and generators have a virtual thread each, and generators a
/// cleaner for those that are forgotten. Nothing else here starts a thread; nothing reads the wall
/// clock, or needs another module.
@org.jspecify.annotations.NullMarked
package dev.sluice.channels;
