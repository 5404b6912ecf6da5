package dev.sluice.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// Which records of a partition wait for each other. One that waits is not handed out before the
/// one ahead of it has been dealt with, so order holds however many workers the pipeline has.
public enum Order {
  /// None: they are handed out in the order of the partition. That is the order of the work too as
  /// long as the pipeline's stages keep it.
  AS_DELIVERED {
    @Override
    @Nullable Object laneOf(ConsumerRecord<byte[], byte[]> one) {
      return null;
    }
  },

  /// Those of the same key. Records without a key wait for none. So as many are worked on at once
  /// as there are keys, whatever the number of partitions, and a slow one holds up only its key.
  BY_KEY {
    @Override
    @Nullable Object laneOf(ConsumerRecord<byte[], byte[]> one) {
      return one.key() == null ? null : Bytes.wrap(one.key());
    }
  },

  /// All: one record of a partition at a time.
  BY_PARTITION {
    @Override
    @Nullable Object laneOf(ConsumerRecord<byte[], byte[]> one) {
      return BY_PARTITION;
    }
  };

  /// Records of equal lanes wait for each other, those without one for none.
  abstract @Nullable Object laneOf(ConsumerRecord<byte[], byte[]> one);
}
