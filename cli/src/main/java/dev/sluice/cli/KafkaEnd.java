package dev.sluice.cli;

import dev.sluice.kafka.Kafka;
import dev.sluice.kafka.KafkaReader;
import dev.sluice.kafka.KafkaRecord;
import dev.sluice.kafka.Order;
import dev.sluice.kafka.Outgoing;
import dev.sluice.logs.LogEnd;
import dev.sluice.logs.UsageException;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Sink;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Topics as ends of `sluice logs`: a record is a line.
public final class KafkaEnd implements LogEnd {
  @Override
  public String scheme() {
    return "kafka";
  }

  @Override
  public String usage() {
    return KafkaPlace.USAGE;
  }

  @Override
  public String place(String rest) {
    return KafkaPlace.parse(rest).name();
  }

  @Override
  public String guarantee(String rest) {
    var place = KafkaPlace.parse(rest);
    return place.group() == null
        ? "the whole topic is read each time; with ?group=NAME a run goes on where the last one ended"
        : "each line is read at least once, and committed for the group '%s' when every target has it; after a kill -9 what was written and not yet committed is written again%s"
            .formatted(
                place.group(),
                place.byKey() ? "; of the same key one line at a time is under way" : "");
  }

  @Override
  public Outlet outlet(String rest) throws IOException {
    var place = KafkaPlace.parse(rest);
    if (place.group() != null || place.byKey()) {
      throw new UsageException(
          place.name() + ": a target has no group and no order; leave group= and order= out");
    }
    var kafka = place.connect();
    try {
      kafka.topics().require(place.topic());
    } catch (IllegalArgumentException e) {
      kafka.close();
      throw new UsageException("%s: %s".formatted(place.name(), e.getMessage()));
    } catch (IOException | RuntimeException e) {
      kafka.close();
      throw e;
    } catch (InterruptedException e) {
      kafka.close();
      throw interrupted(place);
    }
    return new Written(
        kafka, kafka.sink(place.topic(), Serdes.ByteArray(), Serdes.ByteArray()), place.key());
  }

  private static InterruptedIOException interrupted(KafkaPlace place) {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while %s was opened".formatted(place.name()));
  }

  private record Written(
      Kafka kafka, Sink<List<Outgoing<byte[], byte[]>>> sink, @Nullable String keyField)
      implements Outlet {
    @Override
    public void write(List<byte[]> records) throws IOException, InterruptedException {
      try {
        sink.write(records.stream().map(one -> Outgoing.of(key(one), one)).toList());
      } catch (IOException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e.getMessage(), e);
      }
    }

    /// The text of the field that is the key; null if the record has none such.
    private byte @Nullable [] key(byte[] json) {
      if (keyField == null) {
        return null;
      }
      var value = JsonMapper.shared().readTree(json).get(keyField);
      if (value == null || value.isNull()) {
        return null;
      }
      var text = value.isString() ? value.stringValue() : value.toString();
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      kafka.close();
    }
  }

  @Override
  public Inlet inlet(String rest, boolean endless) throws IOException {
    var place = KafkaPlace.parse(rest);
    if (place.key() != null) {
      throw new UsageException(
          place.name()
              + ": key= is for a target, whose records get a key; what is read is kept in the order of its keys by order=key");
    }
    var kafka = place.connect();
    try {
      var group = Objects.requireNonNullElse(place.group(), "");
      var source = kafka.source(place.topic(), group, Serdes.ByteArray(), Serdes.ByteArray());
      if (place.group() == null) {
        source = source.withoutGroup();
      }
      if (place.byKey()) {
        source = source.order(Order.BY_KEY);
      }
      if (!endless) {
        source = source.untilEnd();
      }
      boolean some =
          kafka.topics().progress(place.topic(), group).stream().anyMatch(it -> it.lag() > 0);
      return new Received(place, kafka, source.open(), some);
    } catch (IllegalArgumentException e) {
      kafka.close();
      throw new UsageException("%s: %s".formatted(place.name(), e.getMessage()));
    } catch (IOException | RuntimeException e) {
      kafka.close();
      throw e;
    } catch (InterruptedException e) {
      kafka.close();
      throw interrupted(place);
    }
  }

  private record Item(KafkaRecord<byte[], byte[]> taken) implements Line {
    @Override
    public byte[] bytes() {
      return Objects.requireNonNullElse(taken.valueOrNull(), new byte[0]);
    }
  }

  private static final class Received implements Inlet {
    /// A member that was killed keeps its partitions for the time of its session: 45 s as a rule.
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final KafkaPlace place;
    private final Kafka kafka;
    private final KafkaReader<byte[], byte[]> reader;
    private boolean expecting;

    Received(KafkaPlace place, Kafka kafka, KafkaReader<byte[], byte[]> reader, boolean expecting) {
      this.place = place;
      this.kafka = kafka;
      this.reader = reader;
      this.expecting = expecting;
    }

    /// Without patience it waits for what was there when this was opened, and for nothing else.
    @Override
    public List<Line> receive(int most, Duration patience)
        throws IOException, InterruptedException {
      boolean waits = expecting && patience.isZero();
      long deadline = System.nanoTime() + LONGEST.toNanos();
      try {
        do {
          var records = reader.receive(most, waits ? Duration.ofMillis(200) : patience);
          if (!records.isEmpty()) {
            return records.stream().<Line>map(Item::new).toList();
          }
          if (reader.isEnded()) {
            expecting = false;
            return List.of();
          }
          if (isAnyOut()) {
            deadline = System.nanoTime() + LONGEST.toNanos(); // the next may wait for one of these
          }
        } while (waits && System.nanoTime() < deadline);
      } catch (IOException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e.getMessage(), e);
      }
      if (waits) {
        throw new IOException(
            "%s: no record came for %d s, though there are some; does the broker still run, or does another member of the group hold them?"
                .formatted(place.name(), LONGEST.toSeconds()));
      }
      return List.of();
    }

    private boolean isAnyOut() {
      var stats = reader.stats();
      return stats.handedOut() > stats.settled() + stats.givenBack();
    }

    @Override
    public boolean settlesAtOnce() {
      return true;
    }

    @Override
    public int mostTogether() {
      return place.byKey() ? 1 : Integer.MAX_VALUE;
    }

    @Override
    public int done(Collection<Line> lines) {
      lines.forEach(line -> reader.settled(((Item) line).taken(), Outcome.OUT));
      return 0;
    }

    @Override
    public void undone(Collection<Line> lines) {
      lines.forEach(line -> reader.settled(((Item) line).taken(), Outcome.ABANDONED));
    }

    /// Commits what is done.
    @Override
    public void close() throws IOException {
      kafka.close();
    }
  }
}
