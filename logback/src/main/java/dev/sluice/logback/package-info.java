/// An asynchronous appender for Logback, on a channel.
///
/// ```text
///   logger --> SluiceAppender --> channel --> its thread --> the appenders that it has
/// ```
@org.jspecify.annotations.NullMarked
package dev.sluice.logback;
