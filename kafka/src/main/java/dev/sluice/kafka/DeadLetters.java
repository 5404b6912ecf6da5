package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.Sink;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// Writes dead letters to a topic: key, value, headers and timestamp as they came, whatever the
/// pipeline had made of them, and these headers, as text:
///
/// | header | |
/// |---|---|
/// | `sluice.origin` | `TOPIC-PARTITION@OFFSET` |
/// | `sluice.topic`, `sluice.partition`, `sluice.offset` | the same, apart |
/// | `sluice.stage` | the stage that it failed in |
/// | `sluice.cause` | the class of what it threw last, and the message, at most 1,000 characters |
/// | `sluice.attempts` | how often it was tried there |
/// | `sluice.deliveries` | how often a share group had handed it out |
///
/// It returns when the cluster has confirmed them. A dead letter that was several records is
/// written as these.
final class DeadLetters implements Sink<DeadLetter> {
  private static final int LONGEST_CAUSE = 1_000;

  private final Kafka kafka;
  private final String topic;
  private volatile boolean found;

  DeadLetters(Kafka kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
  }

  @Override
  public void write(DeadLetter dead) throws Exception {
    var originals = dead.original() instanceof List<?> several ? several : List.of(dead.original());
    for (var original : originals) {
      if (!(original instanceof KafkaRecord<?, ?> one)) {
        throw new IllegalArgumentException(
            "only records of a topic can be dead letters here, but this is a "
                + original.getClass().getName());
      }
      bury(one, dead.stage(), dead.cause(), dead.attempts());
    }
  }

  /// Writes one, and waits until it is there.
  void bury(KafkaRecord<?, ?> one, String stage, @Nullable Exception cause, int attempts)
      throws TopicException, InterruptedException {
    if (!found) {
      kafka.topics().partitionsOf(topic);
      found = true;
    }
    var headers = new RecordHeaders(one.headers().toArray());
    add(headers, "sluice.origin", one.place());
    add(headers, "sluice.topic", one.topic());
    add(headers, "sluice.partition", Integer.toString(one.partition()));
    add(headers, "sluice.offset", Long.toString(one.offset()));
    add(headers, "sluice.stage", stage);
    var reason =
        cause == null
            ? "delivered %d times without being settled".formatted(one.deliveryCount() - 1)
            : cause.toString();
    add(headers, "sluice.cause", shortened(reason));
    add(headers, "sluice.attempts", Integer.toString(attempts));
    add(headers, "sluice.deliveries", Integer.toString(one.deliveryCount()));
    var raw = one.raw();
    try {
      kafka
          .producer()
          .send(
              new ProducerRecord<>(
                  topic,
                  null,
                  raw.timestamp() < 0 ? null : raw.timestamp(),
                  raw.key(),
                  raw.value(),
                  headers))
          .get();
    } catch (InterruptException e) {
      Thread.interrupted(); // that exception sets the flag too
      throw new InterruptedException("interrupted while a dead letter was sent");
    } catch (ExecutionException e) {
      throw kafka.topics().failed("a dead letter was not written to '%s'".formatted(topic), e);
    }
  }

  private static void add(RecordHeaders to, String name, String text) {
    to.remove(name); // of an earlier death
    to.add(name, text.getBytes(UTF_8));
  }

  private static String shortened(String text) {
    if (text.length() <= LONGEST_CAUSE) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(LONGEST_CAUSE - 1)) ? 1 : 0;
    return text.substring(0, LONGEST_CAUSE - end);
  }
}
