/// The playground: what queueing theory predicts, beside what channels do.
///
/// ```text
///   Station --> Prediction                 formulas: M/M/c/K
///      |
///      '------> Experiment --> Measurement a channel, producers and consumers, on a clock of its own
/// ```
@org.jspecify.annotations.NullMarked
package dev.sluice.lab;
