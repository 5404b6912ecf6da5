/// Spans of OpenTelemetry for the way of some items through a pipeline: see
/// [dev.sluice.opentelemetry.ItemSpans].
@org.jspecify.annotations.NullMarked
package dev.sluice.opentelemetry;
