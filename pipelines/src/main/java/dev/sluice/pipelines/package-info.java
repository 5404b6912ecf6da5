/// Pipelines: sources, stages and sinks, supervised and accounted.
///
/// ```text
///   Pipeline.from(source) --> Pipe --> Pipe --> ... --> Pipeline      described once, inert
///                                                          | start
///                                                          v
///   Cursor --> Step --> Step ==Lane==> Step --> Step ==Lane==> Step   Running: threads and lanes
///   \_____ one worker ______/          \_ one worker _/        \__ ...
/// ```
///
/// A [Pipe] is a chain of [Node]s back to its source. [Topology] makes of them the [Step]s of one
/// [Run], each fused with its neighbours into one [Worker], until an [Edge] hands over to the next
/// worker: at parallel stages, buffers, batches and branches. Most edges are a [LaneEdge], with a
/// [Lane] for each worker that hands over; where items are dropped or take precedence, it is a
/// [ChannelEdge]. Who has to wait does so at a [Parker].
///
/// The workers of a parallel stage are a [Crew]; a [Window] puts what they make back into order. A
/// [StageRun] is what the workers of one stage share, and what can be changed meanwhile.
///
/// Each item that a source delivers has a [Lineage], which travels with all that comes of it and
/// puts its [Outcome] into the [Tally] of the worker that dealt with the last of it. [Account] and
/// [Metrics] are sums of tallies.
@org.jspecify.annotations.NullMarked
package dev.sluice.pipelines;
