package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.logs.UsageException;
import dev.sluice.pipelines.Retry;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.ItemState;
import dev.sluice.queues.Leased;
import dev.sluice.queues.QueueOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice queue work`.
@Command(
    name = "work",
    header = "Run a command for each item of a queue.",
    description = {
      "",
      "CMD gets the payload on its standard input, and SLUICE_QUEUE_ID, SLUICE_QUEUE_ATTEMPT (from 1) and"
          + " SLUICE_QUEUE_KEY in its environment. Exit status 0 acknowledges the item: it is gone. Anything else tries it"
          + " again later, each time after a longer delay; after the last attempt it is a dead letter, which keeps the status"
          + " and the last lines of standard error. If this program dies, its items are worked on by another, or by the next"
          + " one.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    customSynopsis = {"sluice queue work [OPTIONS] QUEUE -- CMD [ARG...]"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "  0:the queue was empty (--until-empty)",
      "  1:the queue could not be used, or CMD could not be started",
      "  2:wrong usage; nothing was done",
      "130, 143:ended by Ctrl-C or SIGTERM: commands that ran were waited for"
    },
    footer = {
      "",
      "Examples:",
      "  sluice queue work file:jobs.db -- ./handle-a-job",
      "  sluice queue work file:jobs.db#images -j 4 --until-empty -- sh -c 'read f; convert \"$f\" \"$f.jpg\"'"
    })
final class QueueWorkCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Pattern SYSTEM_ERROR = Pattern.compile("error: \\d+ \\((.+)\\)$");

  @Mixin private QueuePlace place = new QueuePlace();

  @Option(
      names = "-j",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many commands run at once (default: ${DEFAULT-VALUE}).")
  private int jobs = 1;

  @Option(
      names = "--until-empty",
      description =
          "End when nothing is ready, worked on, or to be tried again; items that are kept back from the start don't"
              + " count.")
  private boolean untilEmpty;

  @Option(
      names = "--attempts",
      paramLabel = "N",
      description =
          "How often an item is tried. Stays with the queue; 5 until it is set (for all who work on it).")
  private @Nullable Integer attempts;

  @Option(
      names = "--retry-delay",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "The delay after the first failure; it doubles up to 60 times that (default: 1s).")
  private Duration retryDelay = Duration.ofSeconds(1);

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "After how long another takes over an item of a machine that has died (default: 30s); a program that still"
              + " runs keeps its items.")
  private Duration lease = Duration.ofSeconds(30);

  @Option(
      names = "--drain-timeout",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "How long commands may go on after Ctrl-C or SIGTERM (default: 30s); then they are ended, and their items given"
              + " back.")
  private Duration drainTimeout = Duration.ofSeconds(30);

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "The command.")
  private List<String> command = List.of();

  private final AtomicReference<Signals.@Nullable Signal> ending = new AtomicReference<>();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private final List<Thread> workers = new ArrayList<>();
  private volatile boolean aborted;

  @Override
  public Integer call() throws Exception {
    if (jobs < 1 || jobs > 1000) {
      throw new UsageException("-j must be from 1 to 1000, but was " + jobs);
    }
    if (attempts != null && attempts < 1) {
      throw new UsageException("--attempts must be at least 1, but was " + attempts);
    }
    try (var store = place.open()) {
      var queue = place.queue(store, this::options);
      for (int i = 0; i < jobs; i++) {
        workers.add(Thread.ofPlatform().name("worker-" + i).unstarted(() -> work(queue)));
      }
      try (var _ = Signals.listen(this::drain, signal -> abort())) {
        workers.forEach(Thread::start);
        awaitWorkers();
      }
    }
    var failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    var signal = ending.get();
    return signal == null ? 0 : signal.exitStatus();
  }

  private QueueOptions options(QueueOptions stored) {
    int most = attempts == null ? stored.retry().attempts() : attempts;
    return stored
        .lease(lease)
        .retry(Retry.attempts(most).backoff(retryDelay, retryDelay.multipliedBy(60)));
  }

  private void awaitWorkers() throws InterruptedException {
    long deadline = Long.MAX_VALUE;
    for (var worker : workers) {
      while (!worker.join(Duration.ofMillis(100))) {
        if (ending.get() != null && deadline == Long.MAX_VALUE) {
          deadline = System.nanoTime() + drainTimeout.toNanos();
        }
        if (deadline != Long.MAX_VALUE && System.nanoTime() - deadline > 0) {
          abort();
        }
      }
    }
  }

  /// The first signal: take nothing more. A worker that waits for an item gives up by itself soon.
  private void drain(Signals.Signal signal) {
    ending.set(signal);
  }

  /// The second one, or the end of patience: end the commands.
  private void abort() {
    aborted = true;
    for (var process : running) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private boolean isEnding() {
    return ending.get() != null || failure.get() != null;
  }

  private void work(DurableQueue<byte[]> queue) {
    try {
      while (!isEnding()) {
        var item = queue.receive(LOOK);
        if (item != null) {
          handle(item);
        } else if (untilEmpty && isEmpty(queue)) {
          return;
        }
      }
    } catch (IOException e) {
      failure.compareAndSet(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure.compareAndSet(null, new IOException("a worker failed: " + e, e));
    }
  }

  private static boolean isEmpty(DurableQueue<byte[]> queue)
      throws IOException, InterruptedException {
    var stats = queue.stats();
    if (stats.ready() + stats.leased() + stats.blocked() > 0 && !stats.paused()) {
      return false;
    }
    return stats.delayed() == 0
        || queue.search(it -> it.state() == ItemState.DELAYED && it.attempts() > 0, 1).isEmpty();
  }

  private void handle(Leased<byte[]> item) throws IOException, InterruptedException {
    Process process;
    try {
      process = start(item);
    } catch (IOException e) {
      item.release();
      throw new IOException("cannot run '%s': %s".formatted(command.getFirst(), reason(e)), e);
    }
    running.add(process);
    try {
      if (aborted) {
        process.destroyForcibly();
      }
      var errors = new LastLines(process.getErrorStream());
      var listening = Thread.ofVirtual().start(errors);
      feed(process, item.value());
      int status = process.waitFor();
      listening.join(Duration.ofSeconds(2)); // a child of its own may keep the stream open
      if (status == 0) {
        item.ack();
      } else if (aborted || (ending.get() != null && status > 128)) {
        item.release(); // it was ended with us
      } else {
        var cause = "exit status " + status + errors.text();
        item.retry(cause, retry(item.attempt()));
      }
    } finally {
      running.remove(process);
    }
  }

  private Duration retry(int failures) {
    return Retry.attempts(1).backoff(retryDelay, retryDelay.multipliedBy(60)).delayAfter(failures);
  }

  /// Why the system would not run it, of what the platform says: `..., error: 2 (No such file)`.
  private static String reason(IOException e) {
    var text = String.valueOf(e.getMessage()).strip();
    var matcher = SYSTEM_ERROR.matcher(text);
    return matcher.find() ? matcher.group(1) : text;
  }

  private Process start(Leased<byte[]> item) throws IOException {
    var builder = new ProcessBuilder(command).redirectOutput(Redirect.INHERIT);
    var environment = builder.environment();
    environment.put("SLUICE_QUEUE_ID", Long.toString(item.id()));
    environment.put("SLUICE_QUEUE_ATTEMPT", Integer.toString(item.attempt()));
    var key = item.key();
    if (key == null) {
      environment.remove("SLUICE_QUEUE_KEY");
    } else {
      environment.put("SLUICE_QUEUE_KEY", key);
    }
    return builder.start();
  }

  private static void feed(Process process, byte[] payload) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(payload);
    } catch (IOException e) {
      return; // it need not read it: its status tells whether it was content
    }
  }

  /// Passes on what a command complains, and keeps the end of it.
  private static final class LastLines implements Runnable {
    private static final int KEPT = 2_000;

    private final InputStream errors;
    private final AtomicReference<byte[]> last = new AtomicReference<>(new byte[0]);

    LastLines(InputStream errors) {
      this.errors = errors;
    }

    @Override
    public void run() {
      var buffer = new byte[8192];
      try {
        for (int n = errors.read(buffer); n >= 0; n = errors.read(buffer)) {
          System.err.write(buffer, 0, n);
          System.err.flush();
          keep(buffer, n);
        }
      } catch (IOException e) {
        return; // the command was ended
      }
    }

    private void keep(byte[] more, int length) {
      var before = last.get();
      var all = new byte[before.length + length];
      System.arraycopy(before, 0, all, 0, before.length);
      System.arraycopy(more, 0, all, before.length, length);
      int from = Math.max(0, all.length - KEPT);
      last.set(java.util.Arrays.copyOfRange(all, from, all.length));
    }

    String text() {
      var text = new String(last.get(), UTF_8).strip();
      return text.isEmpty() ? "" : "\n" + text;
    }
  }
}
