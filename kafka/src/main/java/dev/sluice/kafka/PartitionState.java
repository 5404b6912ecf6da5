package dev.sluice.kafka;

import java.util.Map;

/// How it stands with a partition that a reading has.
///
/// @param topic the topic
/// @param partition of it, from 0
/// @param position the offset of the record that is polled next
/// @param watermark up to which all has been dealt with
/// @param committed what was committed last
/// @param open how many records have been polled from the watermark on
/// @param lag how many records of the topic are behind the watermark; -1 while it is not known
public record PartitionState(
    String topic,
    int partition,
    long position,
    long watermark,
    long committed,
    long open,
    long lag) {
  /// `topic` and `partition`, as labels of a metric.
  public Map<String, String> labels() {
    return Map.of("topic", topic, "partition", Integer.toString(partition));
  }
}
