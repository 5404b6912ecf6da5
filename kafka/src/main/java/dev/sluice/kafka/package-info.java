/// Topics of Kafka as sources and sinks of pipelines: the same program on many machines.
///
/// ```text
///            consumer group                              share group
///   KafkaSource                                  ShareSource
///      GroupLoop  a thread that polls, commits      ShareLoop  a thread that polls, renews, accepts
///         PartitionWindow  what is open, by Order      |
///            OffsetSet  the note of a commit           |
///         \________________ Intake: what may be handed out _______________/
///                             |
///   Pipeline   <-- KafkaReader: KafkaRecord, settled by its outcome
///      |
///      '--> TopicWriter: Outgoing    DeadLetters    TransactionalSink: Transfer
/// ```
///
/// Start at [Kafka]. A consumer of Kafka's belongs to one thread, which does nothing else: workers
/// that are slow only make it pause.
@org.jspecify.annotations.NullMarked
package dev.sluice.kafka;
