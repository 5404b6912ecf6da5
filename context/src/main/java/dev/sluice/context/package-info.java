/// Carriers of what belongs to a thread, for
/// [dev.sluice.pipelines.Pipeline#carrying(dev.sluice.pipelines.ContextCarrier)]: scoped values,
/// SLF4J's logging context, OpenTelemetry's context. Needs Java 25; SLF4J and OpenTelemetry only
/// where they are carried.
@org.jspecify.annotations.NullMarked
package dev.sluice.context;
