/// Patterns: every system of producers and consumers, as an example on Sluice's public API.
///
/// ```text
///   Roles, HandOff, BoundedBuffer, ...      the parts: one question each
///   Basic, Streaming, FanOut, ...           the systems: Demo runs them, and tells what happens
///   TaskQueue, EventStreaming, ...          the uses
///
///   Team        threads that begin together and are waited for
///   Narrator    who hears what happens: a terminal, or nobody
/// ```
///
/// Each fits on one screen, and has a test of its name that runs the usual version beside it.
@org.jspecify.annotations.NullMarked
package dev.sluice.patterns;
