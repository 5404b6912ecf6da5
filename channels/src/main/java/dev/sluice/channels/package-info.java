/// Channels: bounded hand-offs between threads.
///
/// ```text
///   Sender --> Channel --> Receiver        the contract: start at Channel
///      ^          ^            ^
///      |          |            |
///      |     ArrayChannel      |           the one way, so far, to keep items and wait for them
///      |          |            |
///   RegisteredSender         Items         one producer of several; what a for loop goes through
///                 |
///               Gate                       whether sending is over, and why
/// ```
///
/// Only `ArrayChannel` has a lock, and only it parks and wakes threads. Another kind of channel
/// replaces that class and leaves the contract alone.
///
/// Nothing here starts a thread, reads the wall clock, or needs another module.
package dev.sluice.channels;
