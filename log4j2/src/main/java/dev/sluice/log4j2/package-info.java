/// A channel as the queue of Log4j 2's asynchronous appender.
///
/// ```text
///   logger --> AsyncAppender --> SluiceBlockingQueue --> its dispatcher --> appenders
/// ```
///
/// The appender and its thread are Log4j's own; only what lies between is ours.
@org.jspecify.annotations.NullMarked
package dev.sluice.log4j2;
