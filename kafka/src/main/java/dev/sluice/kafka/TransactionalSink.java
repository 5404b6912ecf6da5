package dev.sluice.kafka;

import dev.sluice.pipelines.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Writes lists of [Transfer]s, each list with the offsets of its origins in one transaction: who
/// reads only what is committed sees every result exactly once, whatever dies in between. What a
/// stage does elsewhere, in a database say, is no part of that.
///
/// ```java
/// var sink = kafka.transactionalSink("biller-1", "bills", Serdes.String(), Serdes.String());
/// var orders = kafka.source("orders", "exactly", Serdes.String(), Serdes.String()).untilEnd();
/// Pipeline.from(orders.committedBy(sink))
///     .map(order -> Transfer.of(order, Outgoing.of(order.key(), bill.apply(order.value()))))
///     .batch(500, Duration.ofMillis(100))
///     .to(sink)
///     .run();
/// ```
///
/// Transfers may come in another order than their origins were read. If they are so far apart that
/// the offsets cannot be noted exactly, the write fails rather than promise less. What a filter
/// turned away is committed with the next transaction.
///
/// One run at a time; when it ends, so does the producer.
public final class TransactionalSink<K, V> implements Sink<List<Transfer<K, V>>> {
  private static final int MOST_COMMITS = 4;

  private final String id;
  private final TopicWriter<K, V> writer;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private @Nullable KafkaSource<?, ?> source;
  private @Nullable Producer<byte[], byte[]> producer;

  /// Whether a commit has begun that nothing is known of since.
  private boolean inDoubt;

  /// @param producers each a new one with the transactional id `id`
  TransactionalSink(
      String id, TopicWriter<K, V> writer, Supplier<Producer<byte[], byte[]>> producers) {
    this.id = id;
    this.writer = writer;
    this.producers = producers;
  }

  void serves(KafkaSource<?, ?> its) {
    source = its;
  }

  @Override
  public void write(List<Transfer<K, V>> transfers) throws Exception {
    if (source == null) {
      throw new IllegalStateException(
          "the source must leave its commits to this sink: say source.committedBy(sink)");
    }
    var its = opened();
    try {
      its.beginTransaction();
      var results = new ArrayList<Outgoing<K, V>>();
      transfers.forEach(one -> results.addAll(one.results()));
      var failed = new HashMap<Integer, Exception>();
      var sent = writer.send(its, results, failed);
      writer.await(sent, failed);
      if (!failed.isEmpty()) {
        throw failed.values().iterator().next();
      }
      commit(its, transfers);
    } catch (InterruptException e) {
      abandon();
      Thread.interrupted(); // that exception sets the flag too
      throw new InterruptedException("interrupted in a transaction");
    } catch (Exception e) {
      abort(its, e);
      throw e;
    }
  }

  private Producer<byte[], byte[]> opened() throws TopicException {
    if (inDoubt) {
      throw new TopicException(
          "whether the last transaction of '%s' was committed is not known: to write it again could double it; start the run again, which goes on where the cluster has it"
              .formatted(id),
          null);
    }
    var its = producer;
    if (its == null) {
      its = producers.get();
      producer = its;
      its.initTransactions();
    }
    return its;
  }

  private void commit(Producer<byte[], byte[]> its, List<Transfer<K, V>> transfers)
      throws TopicException {
    var byWindow = new HashMap<PartitionWindow<?, ?>, List<KafkaRecord<?, ?>>>();
    GroupLoop<?, ?> loop = null;
    for (var one : transfers) {
      if (!(one.origin().owner() instanceof GroupLoop<?, ?>.Owning owner)) {
        throw new IllegalArgumentException(
            one.origin() + " came by a share group, which has no transactions");
      }
      loop = owner.loop();
      byWindow.computeIfAbsent(owner.window(), w -> new ArrayList<>()).add(one.origin());
    }
    if (loop == null) {
      commitTransaction(its);
      return;
    }
    var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
    for (var entry : byWindow.entrySet()) {
      var partition = entry.getKey().partition();
      var exactly = entry.getKey().exactlyWith(entry.getValue());
      if (exactly == null) {
        throw new TopicException(
            "%s: what has been dealt with is too far apart to be committed exactly; keep the order, or smaller windows"
                .formatted(partition),
            null);
      }
      offsets.put(partition, exactly);
    }
    its.sendOffsetsToTransaction(offsets, Objects.requireNonNull(loop.membership()));
    commitTransaction(its);
    loop.committedElsewhere(offsets);
  }

  /// Asks until there is an answer: what came in no time may have happened.
  private void commitTransaction(Producer<byte[], byte[]> its) {
    inDoubt = true;
    for (int attempt = 1; ; attempt++) {
      try {
        its.commitTransaction();
        inDoubt = false;
        return;
      } catch (TimeoutException e) {
        if (attempt == MOST_COMMITS) {
          throw e;
        }
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        inDoubt = false; // it has not been, and will not be
        throw e;
      }
    }
  }

  private void abort(Producer<byte[], byte[]> its, Exception e) {
    if (inDoubt) {
      abandon();
      return;
    }
    try {
      its.abortTransaction();
    } catch (RuntimeException also) {
      e.addSuppressed(also); // fenced, say: the next write begins with a new producer
      abandon();
    }
  }

  /// What is in a transaction then is aborted by the next producer of the same id.
  private void abandon() {
    var its = producer;
    producer = null;
    if (its != null) {
      its.close(Duration.ZERO);
    }
  }

  @Override
  public void finish() {
    inDoubt = false; // the next run begins with what the cluster has
    var its = producer;
    producer = null;
    if (its != null) {
      its.close(Duration.ofSeconds(10));
    }
  }
}
