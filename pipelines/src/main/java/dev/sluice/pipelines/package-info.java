/// Pipelines: sources, stages and sinks, supervised and accounted.
///
/// ```text
///   Pipeline.from(source) --> Pipe --> Pipe --> ... --> Pipeline      described once, inert
///                                                          | start
///                                                          v
///   Cursor --> Step --> Step --> Edge ==> Step --> Edge ==> Step      Running: threads and channels
///   \_____ one worker ______/     \_ one worker _/     \__ ... __
/// ```
///
/// A [Pipe] is a chain of [Node]s back to its source. [Topology] makes of them [Step]s, each fused
/// with its neighbours into one worker, until an [Edge] (a channel) hands over to the next worker:
/// at parallel stages, buffers, batches and branches. [Run] starts the workers, and ends them.
///
/// Each item that a source delivers has one [Delivery], which travels with all that comes of it
/// ([Lineage]) and puts its [Outcome] into the [Account] when the last of it has been dealt with.
package dev.sluice.pipelines;
