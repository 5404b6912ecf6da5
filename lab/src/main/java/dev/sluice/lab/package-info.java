/// The playground: what queueing theory predicts, beside what channels do.
///
/// ```text
///   Station --> Prediction                 formulas: M/M/c/K
///      |
///      '------> Experiment --> Measurement a channel, producers and consumers, on a clock of its own
///
///   Lab --> Playground --> Run --> Board   real threads and channels; where each item is
///    |         |            '--> Pace      time that can be stopped, stepped, sped up
///    |      Settings <-- Knob, Scenario    what can be set, within bounds
///    '--> LabJson --> Theory, Code         what the page shows beside it
/// ```
///
/// A program, for the JDK that it is built with: it runs on the class path, and is no module.
@org.jspecify.annotations.NullMarked
package dev.sluice.lab;
