package dev.sluice.cli;

import static java.util.Objects.requireNonNull;

import dev.sluice.logs.ClosedPipeException;
import dev.sluice.logs.UsageException;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Report;
import dev.sluice.run.FileRun;
import dev.sluice.run.PipelineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice run`: a pipeline without Java.
@Command(
    name = "run",
    header = "Run a pipeline that a YAML file describes.",
    description = {
      "",
      "Reads what the file's source names, does to each record what its stages say, and writes it to its sinks; tells at"
          + " the end what became of every record: read = written + filtered + rejected + dropped. The file is checked"
          + " before anything is touched. docs/formats/run.md tells what it may say.",
      ""
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      RunCheckCommand.class,
      RunTestCommand.class,
      RunExplainCommand.class,
      RunGraphCommand.class,
      RunSchemaCommand.class
    },
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "  0:the run finished",
      "  1:an input could not be read, a sink could not be written, or a stage stopped the run",
      "  2:wrong usage, or a file that is not as it has to be; nothing was done",
      "130, 143:ended by Ctrl-C or SIGTERM: what was read was written",
      "141:whoever read the output has left"
    },
    footer = {
      "",
      "Examples:",
      "  sluice run orders.yaml",
      "  sluice run test orders.yaml",
      "  sluice run graph --mermaid orders.yaml"
    })
final class RunCommand implements Callable<Integer> {

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The pipeline's file.")
  private @Nullable Path file;

  @Option(
      names = "--explain",
      description = "Tell before the run what it guarantees, and after it what limited its speed.")
  private boolean explain;

  @Option(
      names = {"-q", "--quiet"},
      description = "Tell no recognised formats; the account and failures are always told.")
  private boolean quiet;

  private final Map<String, String> environment = System.getenv();
  private final Screen screen = Screen.standardError(environment);
  private final ReentrantLock starting = new ReentrantLock();
  private final AtomicReference<Signals.@Nullable Signal> ending = new AtomicReference<>();
  private @Nullable FileRun started;

  /// Reads the file of a command.
  static PipelineFile read(@Nullable Path file) throws IOException {
    if (file == null) {
      throw new UsageException("no file: name the FILE that describes the pipeline");
    }
    return PipelineFile.read(file, System.getenv());
  }

  @Override
  public Integer call() throws Exception {
    var pipeline = read(file);
    if (explain) {
      pipeline.explain().forEach(sentence -> say("explained: " + sentence));
    }
    try (var _ = Signals.listen(this::drain, this::abort);
        var run = pipeline.open(this::say)) {
      if (!quiet) {
        run.detections().forEach(this::say);
      }
      return run(pipeline, run);
    }
  }

  private int run(PipelineFile pipeline, FileRun run) throws IOException {
    Exception failure = null;
    Report report = null;
    long start = System.nanoTime();
    try {
      start(run);
      report = run.await();
      run.close();
    } catch (ClosedPipeException e) {
      return 141;
    } catch (Exception e) {
      failure = e;
    }
    var problems = new ArrayList<>(run.errors());
    if (failure != null) {
      problems.add(String.valueOf(failure.getMessage()));
      if ("1".equals(environment.get("SLUICE_DEBUG"))) {
        failure.printStackTrace();
      }
    }
    var account = run.account();
    if (!account.balances()) {
      problems.add("the account does not balance: this is a defect of sluice");
    }
    problems.forEach(this::say);
    run.remarks().forEach(this::say);
    if (report != null) {
      report
          .stuck()
          .forEach(
              stuck -> say("%s had not ended after %s".formatted(stuck.stage(), stuck.since())));
    }
    if (explain) {
      run.explanation().forEach(this::say);
    }
    var signal = ending.get();
    var prefix = signal == null ? "" : "ended by SIG%s: ".formatted(signal.name());
    var seconds = Duration.ofNanos(System.nanoTime() - start);
    say(prefix + text(account, pipeline.deadLetters(), seconds));
    return !problems.isEmpty() ? 1 : signal == null ? 0 : signal.exitStatus();
  }

  /// As that of `sluice logs`: what a dead letter is here, is called rejected there.
  static String text(Account account, @Nullable String deadLetters, Duration time) {
    var parts = new ArrayList<String>();
    parts.add("%,d written".formatted(account.out()));
    parts.add("%,d filtered".formatted(account.filtered()));
    parts.add(
        "%,d rejected".formatted(account.deadLettered())
            + (account.deadLettered() > 0 ? " (" + deadLetters + ")" : ""));
    if (account.dropped() > 0) {
      parts.add("%,d dropped".formatted(account.dropped()));
    }
    if (account.abandoned() > 0) {
      parts.add("%,d abandoned".formatted(account.abandoned()));
    }
    return String.format(
        Locale.ROOT,
        "read %,d = %s; in %.2f s",
        account.in(),
        String.join(" + ", parts),
        time.toMillis() / 1e3);
  }

  private void start(FileRun run) {
    starting.lock();
    try {
      run.start();
      started = run;
    } finally {
      starting.unlock();
    }
  }

  private void drain(Signals.Signal signal) {
    ending.set(signal);
    var run = startedOrEnd(signal);
    try {
      run.drain();
    } catch (Exception e) {
      // The thread that waits for the run is thrown the same, and tells it.
    }
  }

  private void abort(Signals.Signal signal) {
    try {
      startedOrEnd(signal).abort();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The run, if it has been started; else ends the program: nothing has been read yet.
  private FileRun startedOrEnd(Signals.Signal signal) {
    starting.lock();
    try {
      if (started == null) {
        say("ended by SIG%s before the start".formatted(signal.name()));
        Runtime.getRuntime().halt(signal.exitStatus());
      }
      return requireNonNull(started);
    } finally {
      starting.unlock();
    }
  }

  private void say(String text) {
    screen.write("sluice run: " + Screen.printable(text) + System.lineSeparator());
  }

  static void print(List<String> lines) {
    lines.forEach(System.out::println);
  }
}
