package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Pipeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Three processes on one topic. They are killed and replaced, the broker too: every record is
/// worked on, and again only what a process had in hand that died.
@Timeout(1_800)
@ExtendWith(SharedBroker.class)
class KilledWorkersTest {
  private static final int KILLS = Integer.getInteger("sluice.soak.kills", 2);
  private static final int RECORDS = Integer.getInteger("sluice.soak.records", 12_000);
  private static final int RESTARTS = KILLS >= 30 ? 2 : 1;
  private static final int DRAINS = KILLS >= 30 ? 10 : 3;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int KEYS = 500;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path dir;

  private final List<Ledger> ledgers = new ArrayList<>();

  /// What was worked on: as it was read, and in the end in the order of time.
  private final List<Entry> entries = new ArrayList<>();

  private final BitSet seen = new BitSet();
  private final TestKafka server;

  KilledWorkersTest(TestKafka server) {
    this.server = server;
  }

  private record Entry(long time, String key, int number) {}

  @Test
  void a_consumer_group_works_on_every_record_in_the_order_of_its_key() throws Exception {
    killing("group");
    var last = new HashMap<String, Integer>();
    var before = new BitSet();
    for (var entry : entries) {
      if (!before.get(entry.number())) {
        before.set(entry.number());
        var other = last.put(entry.key(), entry.number());
        assertThat(other == null || other < entry.number())
            .as("%s after %s of the same key", entry, other)
            .isTrue();
      }
    }
    long bound = (long) (KILLS + 3 * RESTARTS) * (Worker.BUFFER + Worker.UNCOMMITTED + 2_000);
    report("consumer group", bound);
  }

  @Test
  void a_share_group_works_on_every_record() throws Exception {
    killing("share");
    long bound = (long) (KILLS + 3 * RESTARTS) * 2_000 * 3; // the cluster's locks of a partition
    report("share group", bound);
  }

  private void report(String what, long bound) {
    int again = entries.size() - seen.cardinality();
    long time = entries.getLast().time() - entries.getFirst().time();
    System.out.printf(
        "%s: %,d records in %d s, %d kills, %d restarts of the broker, %,d worked on again (at most %,d)%n",
        what, RECORDS, time / 1_000_000_000, KILLS, RESTARTS, again, bound);
    assertThat(seen.cardinality()).isEqualTo(RECORDS);
    assertThat((long) again).isLessThanOrEqualTo(bound);
  }

  private void killing(String kind) throws Exception {
    var random = new Random(8);
    var workers = new ArrayList<Process>();
    server.missSoon(Worker.group(kind));
    var topic = server.topic(3);
    server.topic(topic + ".dead", 1);
    server.produce(topic, 0, RECORDS, KEYS);
    try {
      for (int i = 0; i < 3; i++) {
        workers.add(start(kind, topic));
      }
      int faults = KILLS + RESTARTS;
      for (int fault = 1; fault <= faults; fault++) {
        int goal = (int) ((long) RECORDS * fault / (faults + 2));
        TestKafka.await("progress", PATIENCE, () -> workedOn() >= goal);
        if (fault % (faults / RESTARTS) == 0 && fault / (faults / RESTARTS) <= RESTARTS) {
          server.broker().kill();
          server.broker().startAgain();
        } else {
          int victim = random.nextInt(3);
          workers.get(victim).destroyForcibly().waitFor();
          workers.set(victim, start(kind, topic));
        }
      }
      TestKafka.await(
          "all is done", PATIENCE, () -> workedOn() >= RECORDS && seen.cardinality() == RECORDS);
      for (var worker : workers) {
        worker.destroy();
        assertThat(worker.waitFor(40, TimeUnit.SECONDS)).as("a worker drains").isTrue();
      }
      assertThat(server.all(topic + ".dead")).isEmpty();
    } finally {
      for (var worker : workers) {
        worker.destroyForcibly().waitFor();
      }
    }
    workedOn();
    entries.sort(Comparator.comparingLong(Entry::time));
  }

  private Process start(String kind, String topic) throws Exception {
    var file = dir.resolve("ledger" + ledgers.size());
    Files.createFile(file);
    ledgers.add(new Ledger(file));
    return Worker.start(kind, server.address(), topic, file);
  }

  /// How many records have been worked on so far, those that were again counted again.
  private int workedOn() throws IOException {
    for (var ledger : ledgers) {
      ledger.read();
    }
    return entries.size();
  }

  /// What a worker writes, read as it grows.
  private final class Ledger {
    private final Path file;
    private long position;

    Ledger(Path file) {
      this.file = file;
    }

    void read() throws IOException {
      long size = Files.size(file);
      if (size == position) {
        return;
      }
      try (var channel = FileChannel.open(file)) {
        var bytes = ByteBuffer.allocate((int) (size - position));
        channel.read(bytes, position);
        var text = new String(bytes.array(), 0, bytes.position(), UTF_8);
        int end = text.lastIndexOf('\n') + 1; // what follows was cut off, or is being written
        text.substring(0, end)
            .lines()
            .forEach(line -> {
              var words = line.split(" ", -1);
              int number = Integer.parseInt(words[2]);
              entries.add(new Entry(Long.parseLong(words[0]), words[1], number));
              seen.set(number);
            });
        position += end; // all in it is ASCII
      }
    }
  }

  @Test
  void a_signal_drains_a_worker_and_nothing_is_done_twice() throws Exception {
    var topic = server.topic(3);
    server.produce(topic, 0, 60_000, KEYS);
    for (int restart = 0; restart < DRAINS; restart++) {
      var worker = start("drained", topic);
      int before = workedOn();
      try {
        TestKafka.await("it works", () -> workedOn() > before + 1_000);
        worker.destroy();
        assertThat(worker.waitFor(40, TimeUnit.SECONDS)).as("it drains").isTrue();
      } finally {
        worker.destroyForcibly().waitFor();
      }
      assertThat(Path.of(ledgers.getLast().file + ".out")).isEmptyFile();
    }
    int drained = workedOn();
    assertThat(seen.cardinality()).as("once each").isEqualTo(drained);
    // Whoever comes next gets exactly the rest: what is committed is up to date.
    try (var kafka = server.connect()) {
      var rest = kafka.source(topic, "drained", Serdes.String(), Serdes.String()).untilEnd();
      Pipeline.from(rest)
          .map(one -> Integer.parseInt(one.value()))
          .to(number -> {
            assertThat(seen.get(number)).as("%d again", number).isFalse();
            seen.set(number);
          })
          .run();
    }
    assertThat(seen.cardinality()).isEqualTo(60_000);
    System.out.printf("drain: %d restarts, %,d records, none twice%n", DRAINS, drained);
  }
}
