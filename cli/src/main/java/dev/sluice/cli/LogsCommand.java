package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.sluice.logs.Aggregation;
import dev.sluice.logs.ClosedPipeException;
import dev.sluice.logs.Dialect;
import dev.sluice.logs.LogAccount;
import dev.sluice.logs.LogJob;
import dev.sluice.logs.LogRun;
import dev.sluice.logs.RecordOptions;
import dev.sluice.logs.ReportOptions;
import dev.sluice.logs.StandardOutput;
import dev.sluice.logs.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/// `sluice logs`: a [LogRun], and what a person is told about it.
final class LogsCommand implements Callable<Integer> {
  private static final int MOST_DETECTIONS = 10;

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("logs");
  private final LogsOptions options = new LogsOptions(spec);

  private final boolean replays;
  private final Map<String, String> environment = System.getenv();
  private final Screen screen = Screen.standardError(environment);

  /// Held to start the run, and by a signal to see whether it has been: so that the account of a
  /// run that a signal ends before its start is exact.
  private final ReentrantLock starting = new ReentrantLock();

  private @Nullable LogRun started;
  private final AtomicReference<Signals.@Nullable Signal> ending = new AtomicReference<>();

  /// @param replays whether this is `sluice logs replay`
  LogsCommand(boolean replays) {
    this.replays = replays;
  }

  /// How picocli knows it.
  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws Exception {
    var job = job();
    try (var page =
            Dashboard.open(
                options.dashboard.get(), options.live.get() && !options.quiet.get(), this::say);
        var _ = Signals.listen(this::drain, this::abort);
        var run = LogRun.prepare(job, this::say)) {
      return run(run, page);
    }
  }

  private LogJob job() {
    var inputs = options.files.get();
    var format = options.format.get();
    var targets = options.targets.get();
    var account = options.account.get();
    var report = options.report.get();
    if (replays && format.equals("auto")) {
      throw new UsageException(
          "a replay needs --format: the lines were rejected as what they had been recognised as");
    }
    if (inputs.isEmpty()) {
      if (Screen.isTerminal(0)) {
        throw new UsageException("no input: name a FILE, or pipe something in");
      }
      inputs = List.of("-");
    }
    var aggregation = aggregation();
    boolean stdoutTaken = targets.stream().anyMatch(target -> target.endsWith(":-"));
    if (stdoutTaken && isStdout(account)) {
      throw new UsageException(
          "--account - and --to %s would both write to standard output"
              .formatted(targets.stream().filter(target -> target.endsWith(":-")).toList()));
    }
    if (!aggregation.isNone() && (stdoutTaken || isStdout(account))) {
      throw new UsageException(
          "%s and %s would both write to standard output"
              .formatted(
                  counting(), isStdout(account) ? "--account -" : "--to %s".formatted(targets)));
    }
    if (options.json.get() && aggregation.isNone()) {
      throw new UsageException(
          "--json goes with --count-by, --per, --top or --percentiles, and there is none; to write records as"
              + " JSON use --to ndjson:-");
    }
    return LogJob.reading(inputs)
        .format(format.equals("auto") ? null : Dialect.named(format))
        .where(options.where.get())
        .targets(targets)
        .rejected(options.rejected.get())
        .parsers(options.parsers.get())
        .buffer(options.buffer.get())
        .zone(options.zone.get())
        .encoding(options.encoding.get())
        .follow(following())
        .aggregation(aggregation)
        .records(recordOptions())
        .report(
            report == null ? null : new ReportOptions(report, Main.Version.read(), commandLine()))
        .checkpoint(options.checkpoint.get())
        .replay(replays)
        .build();
  }

  private RecordOptions recordOptions() {
    var dedupe = options.dedupe.get();
    return new RecordOptions(
        options.since.get(),
        options.until.get(),
        options.sample.get(),
        options.sampleSeed.get(),
        options.sets.get(),
        dedupe.isEmpty() ? null : named(dedupe),
        options.within.get(),
        named(options.redact.get()),
        named(options.fields.get()));
  }

  private LogJob.Follow following() {
    boolean follow = options.follow.get();
    boolean fromEnd = options.fromEnd.get();
    if (fromEnd && !follow) {
      throw new UsageException("--from-end says where --follow begins: add --follow");
    }
    if (options.untilEnd.get() && follow) {
      throw new UsageException("--until-end stops where --follow goes on; leave one of them out");
    }
    return !follow ? LogJob.Follow.NO : fromEnd ? LogJob.Follow.FROM_END : LogJob.Follow.FROM_START;
  }

  private Aggregation aggregation() {
    var minutes = options.minutes.get();
    var tops = options.tops.get();
    if (minutes != null && minutes < 1) {
      throw new UsageException("--per must be at least 1 minute, but was " + minutes);
    }
    var most = new ArrayList<Aggregation.Top>();
    for (int i = 0; i + 1 < tops.size(); i += 2) {
      most.add(new Aggregation.Top(number(tops.get(i)), tops.get(i + 1)));
    }
    return new Aggregation(
        options.countBy.get(),
        minutes == null ? 0 : minutes,
        most,
        options.percentiles.get(),
        options.approximate.get());
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new UsageException(
          "--top: not a number: '%s' (expected --top N FIELD, as in --top 10 path)"
              .formatted(text));
    }
  }

  /// The first of the options that count.
  private String counting() {
    return !options.countBy.get().isEmpty()
        ? "--count-by"
        : options.minutes.get() != null
            ? "--per"
            : options.tops.get().isEmpty() ? "--percentiles" : "--top";
  }

  /// The names of a list `a, b`.
  private static List<String> named(List<String> list) {
    return list.stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
  }

  /// What was typed, as it could be typed again.
  private String commandLine() {
    var typed = spec.root().commandLine().getParseResult().originalArgs();
    return typed.stream().map(LogsCommand::quoted).collect(joining(" ", "sluice ", ""));
  }

  private static String quoted(String word) {
    return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private int run(LogRun run, Dashboard page) throws IOException {
    boolean quiet = options.quiet.get();
    if (!quiet) {
      tell(run.detections());
      run.announcements().forEach(this::say);
    }
    if (options.explain.get()) {
      run.guarantees().forEach(guarantee -> say("guaranteed: " + guarantee));
    }
    tell(run.resumed());
    Exception failure = null;
    var shown = quiet ? Progress.When.NEVER : options.progress.get();
    try (var line = Progress.start("sluice logs", shown, screen, () -> snapshot(run))) {
      if (options.live.get()) {
        boolean colour = Screen.colours(2, environment);
        line.above(size -> page.lines(colour, size));
      }
      run.onNotice(text -> line.say("sluice logs: " + Screen.printable(text)));
      start(run);
      page.watch(run.running());
      run.await();
    } catch (ClosedPipeException e) {
      return 141; // as the shell reports a program that SIGPIPE ended; nobody is left to read more
    } catch (Exception e) {
      failure = e;
    }
    return tell(run, failure);
  }

  private void start(LogRun run) {
    starting.lock();
    try {
      run.start();
      started = run;
    } finally {
      starting.unlock();
    }
  }

  private void tell(List<String> detections) {
    for (var detection : detections.subList(0, Math.min(MOST_DETECTIONS, detections.size()))) {
      say(detection);
    }
    if (detections.size() > MOST_DETECTIONS) {
      say("and %,d more inputs".formatted(detections.size() - MOST_DETECTIONS));
    }
  }

  private int tell(LogRun run, @Nullable Exception failure) throws IOException {
    var result = run.account();
    var account = options.account.get();
    var report = options.report.get();
    var summary = run.summary(80, Screen.colours(1, environment));
    if (failure == null && !isStdout(account)) {
      // Where both go to the same screen, a line stays free before and after what was asked for.
      boolean apart = !summary.isEmpty() && Screen.isTerminal(1) && Screen.isTerminal(2);
      if (apart) {
        System.out.println();
      }
      summary.forEach(System.out::println);
      if (apart) {
        System.out.println();
      }
      System.out.flush();
    }
    boolean left = failure == null && !results(run);
    if (account != null) {
      write(result, account);
    }
    if (left) {
      return 141; // as after the run
    }
    var problems = new ArrayList<String>();
    for (var source : result.sources()) {
      if (source.error() != null) {
        problems.add(source.source() + ": " + source.error());
      }
    }
    if (failure != null) {
      problems.add(String.valueOf(failure.getMessage()));
      if ("1".equals(environment.get("SLUICE_DEBUG"))) {
        failure.printStackTrace();
      }
    }
    try {
      run.writeReport(failure == null ? null : String.valueOf(failure.getMessage()));
      if (report != null && !options.quiet.get()) {
        say("report in " + report);
      }
    } catch (IOException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    if (!result.balances()) {
      problems.add("the account does not balance: this is a defect of sluice");
    }
    problems.forEach(this::say);
    run.stuck().forEach(this::say);
    run.remarks().forEach(this::say);
    run.partial().forEach(this::say);
    if (options.explain.get()) {
      run.explanation().forEach(this::say);
    }
    var signal = ending.get();
    var prefix = signal == null ? "" : "ended by SIG%s: ".formatted(signal.name());
    say(prefix + AccountText.of(result, options.rejected.get()));
    if (!problems.isEmpty() || (options.failOnRejected.get() && result.rejected() > 0)) {
      return 1;
    }
    return signal == null ? 0 : signal.exitStatus();
  }

  /// Writes what was counted; false if whoever read it has left.
  private boolean results(LogRun run) throws IOException {
    try (var out = StandardOutput.open()) {
      run.results(out, options.json.get());
      return true;
    } catch (ClosedPipeException e) {
      return false;
    }
  }

  private static void write(LogAccount result, Path file) throws IOException {
    var line = result.toJson() + System.lineSeparator();
    if (isStdout(file)) {
      System.out.write(line.getBytes(UTF_8));
      System.out.flush();
    } else {
      Files.writeString(file, line);
    }
  }

  private static boolean isStdout(@Nullable Path file) {
    return file != null && file.toString().equals("-");
  }

  private static Progress.Snapshot snapshot(LogRun run) {
    var now = run.progress();
    return new Progress.Snapshot(
        now.position(), now.size(), now.lines(), now.rejected(), now.slowest());
  }

  /// The first signal: stop reading, and finish what was read.
  private void drain(Signals.Signal signal) {
    ending.set(signal);
    var run = startedOrEnd(signal);
    try {
      run.drain(options.drainTimeout.get());
    } catch (Exception e) {
      // The thread that waits for the run is thrown the same, and tells it.
    }
  }

  /// The run, if it has been started; else ends the program, which may be waiting for the beginning
  /// of a pipe.
  private LogRun startedOrEnd(Signals.Signal signal) {
    starting.lock();
    try {
      if (started == null) {
        var nothing = LogAccount.empty();
        var account = options.account.get();
        if (account != null) {
          write(nothing, account);
        }
        say(
            "ended by SIG%s: %s"
                .formatted(signal.name(), AccountText.of(nothing, options.rejected.get())));
        Runtime.getRuntime().halt(signal.exitStatus());
      }
      return requireNonNull(started);
    } catch (IOException e) {
      say(String.valueOf(e.getMessage()));
      Runtime.getRuntime().halt(1);
      throw new UncheckedIOException(e);
    } finally {
      starting.unlock();
    }
  }

  /// The second signal: stop.
  private void abort(Signals.Signal signal) {
    try {
      startedOrEnd(signal).abort();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say(String text) {
    screen.write("sluice logs: " + Screen.printable(text) + System.lineSeparator());
  }
}
