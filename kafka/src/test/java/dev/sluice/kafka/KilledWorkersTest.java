package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Three processes on one topic. They are killed and replaced, the broker too: every record is
/// worked on, and again only what a process had in hand that died.
@Timeout(3_600)
class KilledWorkersTest {
  private static final int KILLS = Integer.getInteger("sluice.soak.kills", 2);
  private static final int RECORDS = Integer.getInteger("sluice.soak.records", 12_000);
  private static final int RESTARTS = KILLS >= 30 ? 2 : 1;
  private static final int KEYS = 500;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path dir;

  private final List<Path> ledgers = new ArrayList<>();

  private record Entry(long time, String key, int number) {}

  @Test
  void a_consumer_group_works_on_every_record_in_the_order_of_its_key() throws Exception {
    var entries = killing("group");
    var last = new HashMap<String, Integer>();
    var seen = new HashSet<Integer>();
    for (var entry : entries) {
      if (seen.add(entry.number())) {
        var before = last.put(entry.key(), entry.number());
        assertThat(before == null || before < entry.number())
            .as("%s after %s of the same key", entry, before)
            .isTrue();
      }
    }
    long bound = (long) (KILLS + 3 * RESTARTS) * (Worker.BUFFER + Worker.UNCOMMITTED + 2_000);
    report("consumer group", entries, seen, bound);
  }

  @Test
  void a_share_group_works_on_every_record() throws Exception {
    var entries = killing("share");
    var seen = new HashSet<Integer>();
    entries.forEach(entry -> seen.add(entry.number()));
    long bound = (long) (KILLS + 3 * RESTARTS) * 2_000 * 3; // the cluster's locks of a partition
    report("share group", entries, seen, bound);
  }

  private static void report(String what, List<Entry> entries, Set<Integer> seen, long bound) {
    int again = entries.size() - seen.size();
    System.out.printf(
        "%s: %,d records, %d kills, %d restarts of the broker, %,d worked on again%n",
        what, RECORDS, KILLS, RESTARTS, again);
    assertThat(seen).hasSize(RECORDS);
    assertThat((long) again).isLessThanOrEqualTo(bound);
  }

  private List<Entry> killing(String kind) throws Exception {
    var random = new Random(8);
    var workers = new ArrayList<Process>();
    try (var server = TestKafka.start(dir.resolve("broker-" + kind))) {
      server.topic("work", 3);
      server.topic("work.dead", 1);
      server.produce("work", 0, RECORDS, KEYS);
      for (int i = 0; i < 3; i++) {
        workers.add(start(kind, server));
      }
      int faults = KILLS + RESTARTS;
      for (int fault = 1; fault <= faults; fault++) {
        int goal = (int) ((long) RECORDS * fault / (faults + 2));
        TestKafka.await("progress", Duration.ofMinutes(3), () -> lines() >= goal);
        if (fault % (faults / RESTARTS) == 0 && fault / (faults / RESTARTS) <= RESTARTS) {
          server.broker().kill();
          server.broker().startAgain();
        } else {
          int victim = random.nextInt(3);
          workers.get(victim).destroyForcibly().waitFor();
          workers.set(victim, start(kind, server));
        }
      }
      TestKafka.await("all is done", Duration.ofMinutes(5), () -> numbers() >= RECORDS);
      for (var worker : workers) {
        worker.destroy();
        assertThat(worker.waitFor(40, TimeUnit.SECONDS)).as("a worker drains").isTrue();
      }
      assertThat(server.all("work.dead")).isEmpty();
    } finally {
      for (var worker : workers) {
        worker.destroyForcibly().waitFor();
      }
    }
    return entries();
  }

  private Process start(String kind, TestKafka server) throws Exception {
    var ledger = dir.resolve("ledger" + ledgers.size());
    Files.createFile(ledger);
    ledgers.add(ledger);
    return Worker.start(kind, server.address(), "work", ledger);
  }

  private long lines() throws Exception {
    long size = 0;
    for (var ledger : ledgers) {
      size += Files.size(ledger);
    }
    return size / 28; // about the length of a line
  }

  private long numbers() throws Exception {
    var all = new HashSet<Integer>();
    entries().forEach(entry -> all.add(entry.number()));
    return all.size();
  }

  private List<Entry> entries() throws Exception {
    var entries = new ArrayList<Entry>();
    for (var ledger : ledgers) {
      var text = Files.readString(ledger);
      int end = text.lastIndexOf('\n'); // what follows was cut off by a kill
      for (var line : end < 0 ? new String[0] : text.substring(0, end).split("\n", -1)) {
        var words = line.split(" ", -1);
        entries.add(new Entry(Long.parseLong(words[0]), words[1], Integer.parseInt(words[2])));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::time));
    return entries;
  }

  @Test
  void a_signal_drains_a_worker_and_nothing_is_done_twice() throws Exception {
    int restarts = KILLS >= 30 ? 10 : 3;
    try (var server = TestKafka.start(dir.resolve("broker-drain"))) {
      server.topic("work", 3);
      server.produce("work", 0, 60_000, KEYS);
      for (int restart = 0; restart < restarts; restart++) {
        var worker = start("group", server);
        long before = lines();
        try {
          TestKafka.await("it works", () -> lines() > before + 1_000);
          worker.destroy();
          assertThat(worker.waitFor(40, TimeUnit.SECONDS)).isTrue();
        } finally {
          worker.destroyForcibly().waitFor();
        }
        assertThat(Path.of(ledgers.getLast() + ".out")).isEmptyFile();
      }
      var entries = entries();
      var seen = new HashSet<Integer>();
      entries.forEach(entry -> assertThat(seen.add(entry.number())).as("%s", entry).isTrue());
      try (var kafka = server.connect()) {
        long committed =
            kafka.topics().progress("work", "workers").stream()
                .mapToLong(Topics.Progress::lag)
                .sum();
        // What is committed is the watermark: what is done beyond it is in the notes.
        assertThat(60_000 - committed).isBetween(0L, (long) seen.size());
      }
    }
  }
}
