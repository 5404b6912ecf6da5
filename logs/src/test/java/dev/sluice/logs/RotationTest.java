package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Four programs write into one log, which is rotated again and again while it is followed: each
/// line comes out once. `-Dsluice.soak.seconds=60` for the long run.
@Timeout(600)
class RotationTest {
  private static final int WRITERS = 4;
  private static final long SECONDS = Long.getLong("sluice.soak.seconds", 4);

  /// Ten minutes' worth of rotations, one each five seconds, in one minute.
  private static final long BETWEEN_ROTATIONS = 50_000_000;

  /// So many that none is deleted before it was seen, however busy the machine is.
  private static final int KEPT = 200;

  @TempDir Path dir;

  @SuppressWarnings("NullAway.Init") // each test has its own
  private Path log;

  private final AtomicBoolean over = new AtomicBoolean();

  /// Held by whoever writes to the truncated file: between a copy and the truncation nobody can
  /// help.
  private final ReentrantReadWriteLock truncating = new ReentrantReadWriteLock();

  /// How a log is put away.
  private interface Rotation {
    void rotate() throws IOException;
  }

  @Test
  void rename_and_create_lose_and_repeat_nothing() throws Exception {
    rotates(this::rename, false);
  }

  @Test
  void rename_and_create_within_a_followed_directory_lose_and_repeat_nothing() throws Exception {
    rotates(this::rename, true);
  }

  @Test
  void copy_and_truncate_lose_nothing_when_the_copy_is_beside() throws Exception {
    rotates(this::copyAndTruncate, false);
  }

  @Test
  void copy_and_truncate_within_a_followed_directory_lose_and_repeat_nothing() throws Exception {
    rotates(this::copyAndTruncate, true);
  }

  @Test
  void without_a_copy_whatever_is_lost_lies_in_a_named_gap() throws Exception {
    log = Files.createDirectory(dir.resolve("logs")).resolve("app.log");
    Files.createFile(log);
    try (var run = FollowedRun.of(dir.resolve("out"), log)) {
      var written = write(this::truncate);

      append(log, "last line of all\n");
      run.awaitLast("last line of all");
      var account = run.end();
      var lines = run.lines();
      assertThat(account.balances()).isTrue();
      assertThat(lines).doesNotHaveDuplicates();
      int lost = written.size() + 1 - lines.size();
      assertThat(lost).isNotNegative();
      if (lost > 0) {
        assertThat(account.sources().getFirst().gaps()).isNotEmpty();
      }
    }
  }

  private void rotates(Rotation rotation, boolean directory) throws Exception {
    var logs = Files.createDirectory(dir.resolve("logs"));
    log = logs.resolve("app.log");
    try (var run = FollowedRun.of(dir.resolve("out"), directory ? logs : log)) {
      var written = write(rotation);

      var lines = run.awaitLines(written.size());
      var account = run.end();
      assertThat(run.lines()).as("after the end").hasSameSizeAs(lines);
      assertThat(without(written, lines)).as("missing").isEmpty();
      assertThat(without(lines, written)).as("more often than written").isEmpty();
      assertThat(account.balances()).isTrue();
      assertThat(account.written()).isEqualTo(written.size());
      assertThat(account.rejected()).isZero();
      assertThat(run.notices()).isEmpty();
      System.out.printf(
          "%s: %,d lines through %,d rotations%n",
          directory ? "directory" : "file", written.size(), rotations);
    }
  }

  /// What is in `some` more often than in `others`.
  private static List<String> without(List<String> some, List<String> others) {
    var counts = new HashMap<String, Integer>();
    others.forEach(line -> counts.merge(line, 1, Integer::sum));
    return some.stream().filter(line -> counts.merge(line, -1, Integer::sum) < 0).toList();
  }

  private int rotations;

  /// Writes from four threads and rotates, until the time is over.
  ///
  /// @return the lines that were written
  private List<String> write(Rotation rotation) throws Exception {
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    var written = new ArrayList<String>();
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var writers = new ArrayList<Future<List<String>>>();
      for (int i = 0; i < WRITERS; i++) {
        int id = i;
        writers.add(threads.submit(() -> writeAs(id)));
      }
      while (System.nanoTime() - end < 0) {
        LockSupport.parkNanos(BETWEEN_ROTATIONS);
        rotation.rotate();
        rotations++;
      }
      over.set(true);
      for (var writer : writers) {
        written.addAll(writer.get());
      }
    }
    return written;
  }

  /// Writes as a program does: opens the log for appending, and opens it again from time to time.
  private List<String> writeAs(int id) throws IOException {
    var lines = new ArrayList<String>();
    while (!over.get()) {
      try (var file = FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        for (int i = 0; i < 40 && !over.get(); i++) {
          var line = "writer %d line %d %s".formatted(id, lines.size(), "x".repeat(i));
          truncating.readLock().lock();
          try {
            file.write(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)));
          } finally {
            truncating.readLock().unlock();
          }
          lines.add(line);
          LockSupport.parkNanos(200_000);
        }
      }
    }
    return lines;
  }

  private void rename() throws IOException {
    if (Files.exists(log)) {
      shift();
      Files.move(log, numbered(1), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void copyAndTruncate() throws IOException {
    if (Files.exists(log)) {
      shift();
      truncating.writeLock().lock();
      try {
        Files.copy(log, numbered(1));
        empty();
      } finally {
        truncating.writeLock().unlock();
      }
    }
  }

  private void truncate() throws IOException {
    if (rotations % 5 == 0) {
      empty();
    }
  }

  private void empty() throws IOException {
    Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
  }

  private void shift() throws IOException {
    for (int i = KEPT; i >= 1; i--) {
      if (Files.exists(numbered(i))) {
        Files.move(numbered(i), numbered(i + 1), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Files.deleteIfExists(numbered(KEPT + 1));
  }

  private Path numbered(int i) {
    return log.resolveSibling("app.log." + i);
  }

  private static void append(Path file, String text) throws IOException {
    FollowedRun.append(file, text);
  }
}
