/// Our channels and pipelines beside every peer, measured with JMH.
///
/// ```text
///   Main --> Scenario --> Cell x Contestant --> a JVM of its own: Measurement --> Round after Round
///     |                                                                            threads, a Handoff,
///     '--> Report --> table, JSON, Plot                                            and a check of the Tally
/// ```
///
/// A pipeline takes part as a Piped, and [PipedRound] plays it.
///
/// A new rival, or a new kind of ours, is one line in [Contestants] or [PipelineContestants].
@NullMarked
package dev.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
