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
///         Waiters    RingChannel           who is parked, and who wakes next | where the items are
///                    RendezvousChannel, LockedChannel, Deques, TimerChannel
///
///   Select                                 waits for one of several channels
/// ```
///
/// A kind of channel says whether an item fits and whether there is one; `Waiters` has those who wait
/// until it does. Because the two are apart, a new kind needs no code that parks a thread. Only the
/// rendezvous, which keeps nothing, has its own.
///
/// Nothing here reads the wall clock, or needs another module.
package dev.sluice.channels;
