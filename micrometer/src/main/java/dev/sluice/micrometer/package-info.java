/// What a [dev.sluice.monitor.Monitor] watches, as meters of Micrometer.
///
/// ```text
///   Monitor --> Snapshot --> SluiceMetrics --> MeterRegistry
/// ```
package dev.sluice.micrometer;
