package dev.sluice.queues;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fixtures.TestPostgres;
import dev.sluice.fixtures.Until;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Eight processes on one queue, killed at random and replaced: nothing that was sent is lost, and
/// nothing is settled twice.
class KilledProcessesTest {
  private static final int KILLS = Integer.getInteger("sluice.soak.kills", 8);
  private static final int EACH = 4;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path dir;

  @Test
  @Timeout(3600)
  void nothing_is_lost_on_a_file() throws Exception {
    var file = dir.resolve("queues.db");
    killing("file:" + file);
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA integrity_check")) {
      rows.next();
      assertThat(rows.getString(1)).isEqualTo("ok");
    }
  }

  @Test
  @Timeout(3600)
  void nothing_is_lost_on_postgresql() throws Exception {
    try (var server = TestPostgres.start(dir.resolve("data"))) {
      killing(server.target());
    }
  }

  private void killing(String queue) throws Exception {
    var random = new Random(5);
    var processes = new ArrayList<Process>();
    var ledgers = new ArrayList<Path>();
    try {
      for (int i = 0; i < 2 * EACH; i++) {
        processes.add(start(i < EACH ? "produce" : "consume", queue, ledgers));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        int victim = random.nextInt(2 * EACH);
        awaitWork(ledgers.get(ledgers.size() - 1), processes.get(victim));
        processes.get(victim).destroyForcibly().waitFor();
        processes.set(victim, start(victim < EACH ? "produce" : "consume", queue, ledgers));
      }
      for (var ledger : ledgers.subList(ledgers.size() - 1, ledgers.size())) {
        awaitLines(ledger, 20);
      }
    } finally {
      for (var process : processes) {
        process.destroyForcibly().waitFor();
      }
    }
    check(queue, ledgers);
  }

  /// Waits until the youngest process has done something, so that each kill hits work.
  private static void awaitWork(Path youngest, Process victim) throws Exception {
    assertThat(victim.isAlive()).isTrue();
    awaitLines(youngest, 20);
  }

  private static void awaitLines(Path ledger, int lines) throws Exception {
    Until.holds(
        "a process works: " + ledger,
        Duration.ofSeconds(60),
        () -> Files.exists(ledger) && Files.readAllLines(ledger).size() >= lines);
  }

  private Process start(String what, String queue, List<Path> ledgers) throws Exception {
    var ledger = dir.resolve("ledger" + ledgers.size());
    ledgers.add(ledger);
    return KillWorker.start(what, queue, ledger);
  }

  private static void check(String queue, List<Path> ledgers) throws Exception {
    var sent = new TreeSet<Long>();
    var delivered = new HashMap<Long, Long>();
    var settled = new HashSet<Long>();
    var failed = new HashSet<Long>();
    for (var ledger : ledgers) {
      if (!Files.exists(ledger)) {
        continue;
      }
      for (var line : Files.readAllLines(ledger)) {
        var words = line.split(" ", -1);
        if (words.length < 2) {
          continue; // cut off by the kill
        }
        long id = Long.parseLong(words[1]);
        switch (words[0]) {
          case "E" -> assertThat(sent.add(id)).as("id %d is given once", id).isTrue();
          case "D" -> delivered.merge(id, 1L, Long::sum);
          case "A" -> assertThat(settled.add(id)).as("item %d is settled once", id).isTrue();
          case "F" -> assertThat(failed.add(id)).as("item %d dies once", id).isTrue();
          default -> throw new AssertionError(line);
        }
      }
    }
    assertThat(settled).isNotEmpty();
    var present = new HashMap<Long, ItemState>();
    QueueStats stats;
    try (var store =
        QueueStore.open(QueueAddress.parse(queue, Map.of()), StoreOptions.standard())) {
      var its = store.queue("kill", Codec.text());
      its.search(
          item -> {
            present.put(item.id(), item.state());
            return false;
          },
          1);
      stats = its.stats();
    }
    for (long id : sent) {
      // Delivered and gone without an entry: killed between the commit and its line.
      assertThat(settled.contains(id) || present.containsKey(id) || delivered.containsKey(id))
          .as("item %d is settled or still there", id)
          .isTrue();
    }
    long unrecorded =
        sent.stream().filter(id -> !settled.contains(id) && !present.containsKey(id)).count();
    assertThat(unrecorded)
        .as("acknowledged but killed before the line")
        .isLessThanOrEqualTo(KILLS + 2 * EACH);
    assertThat(settled).as("what is settled is gone").noneMatch(present::containsKey);
    assertThat(stats.settled())
        .isBetween((long) settled.size(), (long) settled.size() + KILLS + 2 * EACH);
    assertThat(stats.sent()).isEqualTo(stats.settled() + stats.depth());
    long dead = present.values().stream().filter(it -> it == ItemState.DEAD).count();
    assertThat(stats.dead()).isEqualTo(dead);
    assertThat(failed).allSatisfy(id -> assertThat(present).containsEntry(id, ItemState.DEAD));
    assertThat(dead).isBetween((long) failed.size(), (long) failed.size() + KILLS + 2 * EACH);
    long again = delivered.values().stream().mapToLong(count -> count - 1).sum();
    assertThat(again)
        .as("redelivered only what the killed held")
        .isLessThanOrEqualTo(KILLS + 2 * EACH);
    System.out.printf(
        "%s: %d kills, %d sent, %d settled, %d dead, %d redelivered%n",
        queue.replaceFirst(":.*", ""), KILLS, sent.size(), settled.size(), dead, again);
  }
}
