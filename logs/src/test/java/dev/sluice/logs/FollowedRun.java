package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A run that follows plain text files, and writes their lines where a test can see them.
final class FollowedRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern MESSAGE = Pattern.compile("\"message\":\"([^\"]*)\"");

  private final Path out;
  private final LogRun run;
  private final List<String> notices = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private FollowedRun(Path scratch, LogJob job) throws IOException {
    out = scratch.resolve("out.ndjson");
    run = LogRun.prepare(job);
    run.onNotice(notices::add);
    run.start();
    Thread.ofPlatform().daemon().start(this::await);
  }

  private void await() {
    try {
      run.await();
      ended.complete(null);
    } catch (Exception e) {
      ended.completeExceptionally(e);
    }
  }

  static FollowedRun of(Path scratch, Path... inputs) throws IOException {
    return of(
        scratch, LogJob.Follow.FROM_START, List.of(inputs).stream().map(Path::toString).toList());
  }

  static FollowedRun of(Path scratch, LogJob.Follow follow, List<String> inputs)
      throws IOException {
    return new FollowedRun(scratch, job(scratch, follow, inputs, Dialect.of(LogFormat.PLAIN)));
  }

  static LogJob job(
      Path scratch, LogJob.Follow follow, List<String> inputs, @Nullable Dialect format)
      throws IOException {
    Files.createDirectories(scratch);
    return LogJob.reading(inputs)
        .format(format)
        .targets(List.of("ndjson:" + scratch.resolve("out.ndjson")))
        .rejected(scratch.resolve("rejected.ndjson"))
        .parsers(2)
        .now(Instant.parse("2026-11-21T00:00:00Z"))
        .follow(follow)
        .build();
  }

  static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// The lines that have come out.
  List<String> lines() throws IOException {
    var text = Files.exists(out) ? Files.readString(out, UTF_8) : "";
    var lines = new ArrayList<String>();
    var matcher = MESSAGE.matcher(text.substring(0, text.lastIndexOf('\n') + 1));
    while (matcher.find()) {
      lines.add(matcher.group(1));
    }
    return lines;
  }

  /// Waits until so many lines have come out, and returns all.
  List<String> awaitLines(int count) throws Exception {
    await("%d lines".formatted(count), () -> lines().size() >= count);
    return lines();
  }

  void awaitLast(String line) throws Exception {
    await("the line '" + line + "'", () -> lines().contains(line));
  }

  void awaitNotice(String part) throws Exception {
    await(part, () -> notices.stream().anyMatch(one -> one.contains(part)));
  }

  /// Waits until so many units have been rejected.
  void awaitRejected(int count) throws Exception {
    await("%d rejects".formatted(count), () -> run.account().rejected() >= count);
  }

  List<String> notices() {
    return notices;
  }

  private void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (ended.isCompletedExceptionally()) {
        ended.join();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "waited in vain for %s; there are %d lines, the last of them %s; told was %s"
                .formatted(
                    what,
                    lines().size(),
                    lines().subList(Math.max(0, lines().size() - 3), lines().size()),
                    notices));
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /// Ends the run as a signal does.
  LogAccount end() throws Exception {
    run.drain(PATIENCE);
    ended.get();
    return run.account();
  }

  @Override
  public void close() {
    try {
      if (!ended.isDone()) {
        run.abort();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
