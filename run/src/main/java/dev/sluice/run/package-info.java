/// Pipelines without Java: a YAML file says what to read, what to do, and where to write.
///
/// ```text
///   text -> Yaml -> Grammar (Kind) -> PlanReader -> Plan -> Flow: a Pipeline
///           places  keys, values      the rest             FileRun: with its inputs and targets
///                   JSON Schema                            FileTests: with stubs and expectations
///                                                          Explanation: in words, as a drawing
/// ```
///
/// Formats, expressions and targets are those of `dev.sluice.logs`.
@org.jspecify.annotations.NullMarked
package dev.sluice.run;
