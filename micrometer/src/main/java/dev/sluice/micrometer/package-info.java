/// What a [dev.sluice.monitor.Monitor] watches, as meters of Micrometer.
///
/// ```text
///   Monitor --> Snapshot --> SluiceMetrics --> MeterRegistry
/// ```
@org.jspecify.annotations.NullMarked
package dev.sluice.micrometer;
