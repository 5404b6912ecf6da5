package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fixtures.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What is left when the power fails: the database and the log as they are at some moment, the log
/// torn behind what was synchronised. Each send that returned under [Durability#FULL] is there.
@Timeout(300)
@DisabledOnOs(OS.WINDOWS)
class TornFilesTest {
  private static final int MOMENTS = Integer.getInteger("sluice.soak.moments", 4);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path dir;

  private int copies;

  private Path file() {
    return dir.resolve("queues.db");
  }

  @Test
  void a_copy_made_while_all_processes_are_stopped_has_each_send_that_returned() throws Exception {
    var random = new Random(3);
    var ledgers = new ArrayList<Path>();
    var processes = new ArrayList<Process>();
    try {
      for (var what : List.of("produce", "produce", "consume")) {
        processes.add(start(what, ledgers));
      }
      for (int moment = 0; moment < MOMENTS; moment++) {
        awaitMore(ledgers.getFirst(), 20 + random.nextInt(200));
        signal("STOP", processes);
        var known = new ArrayList<String>();
        for (var ledger : ledgers) {
          known.addAll(whole(ledger));
        }
        var copy = copy(Files.readAllBytes(log()));
        signal("CONT", processes);
        checkAccounted(known, present(copy));
      }
    } finally {
      end(processes);
    }
  }

  /// The item is in the copy, or somebody has had it: acknowledged, and stopped before or after
  /// that was written down.
  private static void checkAccounted(List<String> ledger, Set<Long> present) {
    var received = new HashSet<Long>();
    var sent = new HashSet<Long>();
    var settled = new HashSet<Long>();
    for (var line : ledger) {
      long id = Long.parseLong(line.split(" ", -1)[1]);
      switch (line.charAt(0)) {
        case 'E' -> sent.add(id);
        case 'A' -> settled.add(id);
        default -> received.add(id);
      }
    }
    assertThat(sent).isNotEmpty();
    sent.removeAll(present);
    assertThat(received).as("what is gone was received").containsAll(sent);
    sent.removeAll(settled);
    assertThat(sent).as("gone, and not known to be acknowledged").hasSizeLessThanOrEqualTo(1);
    assertThat(settled).as("acknowledged and still there").doesNotContainAnyElementsOf(present);
  }

  @Test
  void a_log_torn_behind_the_last_synced_frame_has_each_send_that_returned() throws Exception {
    var random = new Random(4);
    for (int moment = 0; moment < MOMENTS; moment++) {
      var ledgers = new ArrayList<Path>();
      var process = start("mark", ledgers);
      try {
        awaitMore(ledgers.getFirst(), 50 + random.nextInt(250));
      } finally {
        end(List.of(process));
      }
      var lines = whole(ledgers.getFirst());
      var sent = new HashSet<Long>();
      long end = 0;
      for (var line : lines) {
        var words = line.split(" ", -1);
        sent.add(Long.parseLong(words[1]));
        end = Long.parseLong(words[2]);
      }
      assertThat(end).isPositive();
      var before = Files.readAllBytes(log());
      for (var torn : torn(before, Math.toIntExact(end), random).entrySet()) {
        assertThat(present(copy(torn.getValue()))).as(torn.getKey()).containsAll(sent);
      }
      Files.delete(file());
      Files.delete(log());
      Files.deleteIfExists(Path.of(file() + "-shm"));
    }
  }

  /// What a log may look like whose bytes up to `end` were synchronised.
  private static Map<String, byte[]> torn(byte[] log, int end, Random random) {
    var torn = new LinkedHashMap<String, byte[]>();
    torn.put("as the process left it", log);
    torn.put("cut off", Arrays.copyOf(log, Math.min(end, log.length)));
    torn.put("cut off within a frame", Arrays.copyOf(log, end + 1 + random.nextInt(4_000)));
    torn.put("zeros", Arrays.copyOf(Arrays.copyOf(log, end), end + 50_000));
    var noise = new byte[50_000];
    random.nextBytes(noise);
    torn.put("noise", with(log, end, noise));
    var again = Arrays.copyOf(Arrays.copyOfRange(log, 32, Math.min(end, 32 + 40_000)), 40_000);
    torn.put("earlier frames once more", with(log, end, again));
    for (int i = 0; i < 4; i++) {
      var flipped = Arrays.copyOf(log, Math.max(log.length, end + 4_120));
      flipped[end + random.nextInt(flipped.length - end)] ^= (byte) (1 << random.nextInt(8));
      torn.put("a flipped bit, " + i, flipped);
    }
    return torn;
  }

  private static byte[] with(byte[] log, int end, byte[] tail) {
    var all = Arrays.copyOf(log, end + tail.length);
    System.arraycopy(tail, 0, all, end, tail.length);
    return all;
  }

  @Test
  void a_log_torn_before_that_loses_the_last_send_and_is_consistent() throws Exception {
    // What shows that the other tests look at the right place.
    var ids = new ArrayList<Long>();
    try (var store = QueueStore.open(file());
        var reader = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = reader.createStatement()) {
      var queue = store.queue("kill", Codec.text());
      statement.executeUpdate("BEGIN"); // as long as somebody reads, the log is not begun anew
      statement.executeQuery("SELECT count(*) FROM sluice_queue_items").close();
      for (int i = 0; i < 19; i++) {
        ids.add(queue.send("n" + i).id());
      }
      long end = WriteAheadLog.end(log());
      queue.send("lost");
      // Not the last one: the keeper commits something of its own now and then.
      var commits = WriteAheadLog.commits(log());
      long next = commits.stream().filter(it -> it > end).findFirst().orElseThrow();
      var copy = copy(Arrays.copyOf(Files.readAllBytes(log()), Math.toIntExact(next - 1)));

      assertThat(present(copy)).containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  private Path log() {
    return Path.of(file() + "-wal");
  }

  /// The database as it is, with that for a log; the index of the log is lost.
  private Path copy(byte[] log) throws IOException {
    var directory = Files.createDirectory(dir.resolve("copy" + copies++));
    var copy = directory.resolve("queues.db");
    Files.copy(file(), copy);
    Files.write(directory.resolve("queues.db-wal"), log);
    return copy;
  }

  /// Opens a copy as the next process would, and returns what is in it.
  private static Set<Long> present(Path copy) throws Exception {
    var present = new HashSet<Long>();
    try (var store = QueueStore.open(copy)) {
      var queue = store.queue("kill", Codec.text());
      queue.search(
          item -> {
            present.add(item.id());
            return false;
          },
          1);
      var stats = queue.stats();
      assertThat(stats.depth()).as("what is counted").isEqualTo(present.size());
      assertThat(stats.sent()).isEqualTo(stats.settled() + stats.depth());
      queue.send("goes on"); // it is a queue as before
    }
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA integrity_check")) {
      rows.next();
      assertThat(rows.getString(1)).isEqualTo("ok");
    }
    return present;
  }

  private Process start(String what, List<Path> ledgers) throws Exception {
    var ledger = dir.resolve("ledger-%d-%d".formatted(copies, ledgers.size()));
    ledgers.add(ledger);
    return KillWorker.start(what, "file:" + file(), ledger);
  }

  private static void end(List<Process> processes) throws InterruptedException {
    for (var process : processes) {
      process.destroyForcibly().waitFor(); // also one that is stopped
    }
  }

  private static void signal(String name, List<Process> processes) throws Exception {
    var command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(process -> command.add(Long.toString(process.pid())));
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    if (name.equals("STOP")) {
      for (var process : processes) {
        awaitStopped(process);
      }
    }
  }

  /// The signal was sent; the process stops a moment later.
  private static void awaitStopped(Process process) throws Exception {
    var command = List.of("ps", "-o", "state=", "-p", Long.toString(process.pid()));
    var deadline = Instant.now().plusSeconds(30);
    String state;
    do {
      assertThat(Instant.now()).isBefore(deadline);
      var asked = new ProcessBuilder(command).start();
      state = new String(asked.getInputStream().readAllBytes(), UTF_8);
      asked.waitFor(10, TimeUnit.SECONDS);
    } while (!state.startsWith("T"));
  }

  private static void awaitMore(Path ledger, int more) throws Exception {
    long from = Files.exists(ledger) ? whole(ledger).size() : 0;
    Until.holds(
        "a process works: " + ledger,
        Duration.ofSeconds(60),
        () -> Files.exists(ledger) && whole(ledger).size() >= from + more);
  }

  /// The lines that were written to their end.
  private static List<String> whole(Path ledger) throws IOException {
    var text = Files.readString(ledger);
    int end = text.lastIndexOf('\n');
    return end < 0 ? List.of() : text.substring(0, end).lines().toList();
  }
}
