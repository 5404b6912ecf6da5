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
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sluice logs`: a [LogRun], and what a person is told about it.
@Command(
    name = "logs",
    header = "Read logs, and write their records into tables and files.",
    description = {
      "",
      "Reads files, directories, quoted globs and pipes, also compressed ones (gzip, zstd, xz, bzip2), and syslog from"
          + " the network; recognises the format of each; and tells at the end what became of every line: read = written"
          + " + filtered + rejected. Without --to it shows a summary.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    abbreviateSynopsis = true,
    addMethodSubcommands = false, // they are looked for in each method
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "  0:the run finished; rejected lines are no failure",
      "  1:an input could not be read, a target could not be written, or --fail-on-rejected",
      "  2:wrong usage; nothing was done",
      "130, 143:ended by Ctrl-C or SIGTERM: what was read was written",
      "141:whoever read the output has left"
    },
    footer = {
      "",
      "Examples:",
      "  sluice logs access.log",
      "  sluice logs /var/log/nginx 'archive/*.gz' --to sqlite:logs.db",
      "  sluice logs app.log --where 'level == \"ERROR\"' --to ndjson:- | jq .message",
      "  sluice logs access.log --where 'status >= 500' --to csv:errors.csv",
      "  sluice logs access.log --count-by status --per 60 --top 10 path --percentiles bytes",
      "  sluice logs /var/log/nginx --to sqlite:logs.db --checkpoint nginx.checkpoint",
      "  sluice logs -f /var/log/nginx --to sqlite:live.db",
      "  sluice logs syslog+udp://:5514 --to ndjson:-",
      "  sluice logs access.log --since yesterday --report report.html",
      "  sluice logs app.log --set 'slow=ms > 500' --fields time,slow --to csv:-",
      "  sluice logs *.log --redact all --dedupe --within 1m --to ndjson:shared.ndjson",
      "",
      "Any option may stand in a configuration file or in the environment: see 'sluice config --help'."
    })
final class LogsCommand implements Callable<Integer> {
  private static final int MOST_DETECTIONS = 10;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description =
          "A path, a directory, a quoted glob, or '-' for standard input; none and a pipe: standard input."
              + " syslog+tcp://[HOST]:PORT and syslog+udp://[HOST]:PORT listen there until a signal, on this machine"
              + " alone unless HOST is named. queue:QUEUE reads the items of a queue (see 'sluice queue') as lines, and"
              + " acknowledges each when every target has it. kafka://HOST:PORT/TOPIC reads a topic to the end that it has"
              + " now, all of it, or with ?group=NAME what that group has not read yet.")
  private List<String> files = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      description =
          "auto (recognised for each file; the default). Access logs: common, combined, access (either, with more"
              + " fields), vhost, w3c, alb. Errors: nginx_error, apache_error. Programs: app (Log4j, Logback, Spring"
              + " Boot, Python, glog and the like), traces, json, logfmt, syslog, journal. Containers, with any of"
              + " these within: cri, docker. Tables: csv, tsv. Your own: grok:PATTERN, regex:PATTERN with named groups."
              + " Anything: plain.")
  private String format = "auto";

  @Option(
      names = {"-f", "--follow"},
      description =
          "Go on with what is added to the files, and to directories and globs, until Ctrl-C or SIGTERM; also through"
              + " rotation, and for files that do not exist yet.")
  private boolean follow;

  @Option(
      names = "--from-end",
      description = "With --follow: begin at the end of what is there already, like tail -n 0 -F.")
  private boolean fromEnd;

  @Option(
      names = "--until-end",
      description =
          "Stop at the end that each input has at the start, as without --follow; for topics, to say it.")
  private boolean untilEnd;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      converter = Encodings.class,
      description =
          "The encoding of all inputs: utf-8, utf-16, utf-16le, utf-16be, latin-1, windows-1252, ... (default: UTF-8, or"
              + " UTF-16 where a byte order mark says so).")
  private @Nullable Charset encoding;

  @Option(
      names = "--timezone",
      paramLabel = "ZONE",
      converter = Zones.class,
      description =
          "The zone of times that do not tell theirs: Europe/Berlin, UTC, +02:00 (default: this machine's). One that"
              + " has no year either is in the latest year that does not put it into the future.")
  private @Nullable ZoneId zone;

  @Option(
      names = "--where",
      paramLabel = "EXPR",
      description =
          "Keep the records for which this CEL expression holds, as 'status >= 500'. One that cannot be"
              + " evaluated, because a field is null, does not hold.")
  private @Nullable String where;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Keep the records of this time and later: 2026-11-21, 2026-11-21T10:00, with or without a zone (without:"
              + " this machine's); today, yesterday; 30m, 2h, 7d before now. One that tells no time is left out.")
  private @Nullable String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Keep the records of before this time, written as for --since.")
  private @Nullable String until;

  @Option(
      names = "--sample",
      paramLabel = "RATE",
      converter = Rates.class,
      description =
          "Keep about this share of the records: 1%%, 0.01 or 1/100. The same ones in each run, whatever else is"
              + " asked.")
  private double sample = 1;

  @Option(
      names = "--sample-seed",
      paramLabel = "N",
      description = "Which of many such samples (default: ${DEFAULT-VALUE}).")
  private long sampleSeed = 1;

  @Option(
      names = "--set",
      paramLabel = "NAME=EXPR",
      description =
          "Give each record a field that this CEL expression computes, as 'slow=duration_ms > 500'; null where it"
              + " cannot be evaluated. May be repeated; --where, --fields and later ones may name it.")
  private List<String> sets = List.of();

  @Option(
      names = "--dedupe",
      arity = "0..1",
      preprocessor = AttachedOnly.class,
      split = ",",
      paramLabel = "FIELD,...",
      hideParamSyntax = true,
      description =
          "Leave out records that are equal to one kept before: in all fields, or in those named (after '=').")
  private @Nullable List<String> dedupe;

  @Option(
      names = "--within",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "How long after a record --dedupe leaves out its equals, by the records' own time: 30s, 5m, 1h"
              + " (default: for ever).")
  private @Nullable Duration within;

  @Option(
      names = "--redact",
      split = ",",
      paramLabel = "WHAT,...",
      hideParamSyntax = true,
      description =
          "Make secrets unreadable in all that is written and shown: addresses, email, tokens, cards, all (of these),"
              + " or the name of a field (field:email, if it is called like one of these).")
  private List<String> redact = List.of();

  @Option(
      names = "--fields",
      split = ",",
      paramLabel = "FIELD,...",
      hideParamSyntax = true,
      description =
          "Write these fields only, in this order; http.status is one within another. Tables keep source, line and"
              + " time as well.")
  private List<String> fields = List.of();

  @Option(
      names = "--to",
      paramLabel = "TARGET",
      description =
          "sqlite:FILE[?table=NAME], postgresql://[USER@]HOST[:PORT]/DATABASE[?table=NAME], csv:FILE, ndjson:FILE,"
              + " queue:QUEUE (see 'sluice queue'), kafka://HOST:PORT/TOPIC (see 'sluice topic'); '-' as FILE of csv and ndjson is standard output, the suffixes .gz and .zst compress, and"
              + " ?rotate=100MB begins a new file at that size. May be repeated: each gets every record. A table is"
              + " added to, a file replaced.")
  private List<String> targets = List.of();

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description =
          "Write a page to look at and to send: time line, statuses or levels, top values, latencies, slowest,"
              + " what was rejected and why. It is one file, and loads nothing.")
  private @Nullable Path report;

  @Option(
      names = "--count-by",
      split = ",",
      paramLabel = "FIELD[,FIELD...]",
      hideParamSyntax = true,
      description =
          "Count the records by the values of these fields, together; most frequent first. Exact up to a million"
              + " different ones.")
  private List<String> countBy = List.of();

  @Option(
      names = "--approximate",
      description =
          "With --count-by: where there are too many different values keep the most frequent, and show by how much"
              + " each count may be too high.")
  private boolean approximate;

  @Option(
      names = "--per",
      paramLabel = "MINUTES",
      description =
          "Count the records of each so many minutes (UTC); with --count-by, apart for each value.")
  private @Nullable Integer minutes;

  @Option(
      names = "--top",
      arity = "2",
      paramLabel = "N FIELD",
      hideParamSyntax = true,
      description =
          "Show the N most frequent values of a field, in bounded memory; where that makes counts uncertain, by how"
              + " much. May be repeated.")
  private List<String> tops = List.of();

  @Option(
      names = "--percentiles",
      split = ",",
      paramLabel = "FIELD[,FIELD...]",
      hideParamSyntax = true,
      description = "Show count, p50, p90, p99, p99.9 and maximum of the numbers in these fields.")
  private List<String> percentiles = List.of();

  @Option(
      names = "--json",
      description =
          "Show what --count-by, --per, --top and --percentiles found as JSON, a line for each row.")
  private boolean json;

  @Option(
      names = "--rejected",
      paramLabel = "FILE",
      defaultValue = "rejected.ndjson",
      description =
          "Where malformed lines go, with source, line, offset and reason (default: ${DEFAULT-VALUE}). Made only"
              + " when there is one, and then replaced.")
  private Path rejected = Path.of("rejected.ndjson");

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "Keep in FILE how far each target is. After a crash, or when the logs have grown, the same command goes"
              + " on there: no record is lost, and none is written twice. Needs --to with files or databases.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--account",
      paramLabel = "FILE",
      description =
          "Write the final account as JSON; '-' for standard output instead of a summary.")
  private @Nullable Path account;

  @Option(names = "--fail-on-rejected", description = "Exit with 1 if anything was rejected.")
  private boolean failOnRejected;

  @Option(
      names = "--parsers",
      paramLabel = "N",
      description =
          "How many threads parse (default: one for each processor, here ${DEFAULT-VALUE}).")
  private int parsers = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--buffer",
      paramLabel = "N",
      description =
          "How many lines may wait between reading and parsing (default: ${DEFAULT-VALUE}).")
  private int buffer = 16 * 1024;

  @Option(
      names = "--drain-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = Durations.class,
      description =
          "How long to go on after Ctrl-C or SIGTERM with what was read: 500ms, 5s, 2m (default: ${DEFAULT-VALUE})."
              + " A second signal abandons it at once.")
  private Duration drainTimeout = Duration.ofSeconds(5);

  @Option(
      names = "--progress",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "auto (a bar on a terminal, else a line every 5 s; the default), always (a bar), or never.")
  private Progress.When progress = Progress.When.AUTO;

  @Option(
      names = "--live",
      description =
          "On a terminal, show above the bar what each stage does, as 'sluice top' does: which one limits, and what waits.")
  private boolean live;

  @Option(
      names = "--dashboard",
      arity = "0..1",
      preprocessor = AttachedOnly.class,
      fallbackValue = "0",
      paramLabel = "PORT",
      description =
          "Show the run on a page while it goes on, on this machine alone; its address is told. At this port (after"
              + " '='), or at any that is free.")
  private @Nullable String dashboard;

  @Option(
      names = "--explain",
      description = "Tell before the run what it guarantees, and after it what limited its speed.")
  private boolean explain;

  @Option(
      names = {"-q", "--quiet"},
      description =
          "Neither progress nor recognised formats; the account and failures are always told.")
  private boolean quiet;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Take defaults of these options from this file instead of ~/.config/sluice/config; see 'sluice config'.")
  @SuppressWarnings("UnusedVariable") // read before the options are, by Defaults
  private @Nullable Path config;

  @Spec private @Nullable CommandSpec spec;

  private final boolean replays;
  private final Map<String, String> environment = System.getenv();
  private final Screen screen = Screen.standardError(environment);

  /// Held to start the run, and by a signal to see whether it has been: so that the account of a
  /// run that a signal ends before its start is exact.
  private final ReentrantLock starting = new ReentrantLock();

  private @Nullable LogRun started;
  private final AtomicReference<Signals.@Nullable Signal> ending = new AtomicReference<>();

  LogsCommand() {
    this(false);
  }

  /// @param replays whether this is `sluice logs replay`
  LogsCommand(boolean replays) {
    this.replays = replays;
  }

  @Override
  public Integer call() throws Exception {
    var job = job();
    try (var page = Dashboard.open(dashboard, live && !quiet, this::say);
        var _ = Signals.listen(this::drain, this::abort);
        var run = LogRun.prepare(job, this::say)) {
      return run(run, page);
    }
  }

  private LogJob job() {
    var inputs = files;
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
    if (json && aggregation.isNone()) {
      throw new UsageException(
          "--json goes with --count-by, --per, --top or --percentiles, and there is none; to write records as"
              + " JSON use --to ndjson:-");
    }
    return LogJob.reading(inputs)
        .format(format.equals("auto") ? null : Dialect.named(format))
        .where(where)
        .targets(targets)
        .rejected(rejected)
        .parsers(parsers)
        .buffer(buffer)
        .zone(zone)
        .encoding(encoding)
        .follow(following())
        .aggregation(aggregation)
        .records(recordOptions())
        .report(
            report == null ? null : new ReportOptions(report, Main.Version.read(), commandLine()))
        .checkpoint(checkpoint)
        .replay(replays)
        .build();
  }

  private RecordOptions recordOptions() {
    return new RecordOptions(
        since,
        until,
        sample,
        sampleSeed,
        sets,
        dedupe == null ? null : named(dedupe),
        within,
        named(redact),
        named(fields));
  }

  private LogJob.Follow following() {
    if (fromEnd && !follow) {
      throw new UsageException("--from-end says where --follow begins: add --follow");
    }
    if (untilEnd && follow) {
      throw new UsageException("--until-end stops where --follow goes on; leave one of them out");
    }
    return !follow ? LogJob.Follow.NO : fromEnd ? LogJob.Follow.FROM_END : LogJob.Follow.FROM_START;
  }

  private Aggregation aggregation() {
    if (minutes != null && minutes < 1) {
      throw new UsageException("--per must be at least 1 minute, but was " + minutes);
    }
    var most = new ArrayList<Aggregation.Top>();
    for (int i = 0; i + 1 < tops.size(); i += 2) {
      most.add(new Aggregation.Top(number(tops.get(i)), tops.get(i + 1)));
    }
    return new Aggregation(countBy, minutes == null ? 0 : minutes, most, percentiles, approximate);
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
    return !countBy.isEmpty()
        ? "--count-by"
        : minutes != null ? "--per" : tops.isEmpty() ? "--percentiles" : "--top";
  }

  /// The names of a list `a, b`.
  private static List<String> named(List<String> list) {
    return list.stream().map(String::strip).filter(name -> !name.isEmpty()).toList();
  }

  /// What was typed, as it could be typed again.
  private String commandLine() {
    var typed = requireNonNull(spec).root().commandLine().getParseResult().originalArgs();
    return typed.stream().map(LogsCommand::quoted).collect(joining(" ", "sluice ", ""));
  }

  private static String quoted(String word) {
    return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private int run(LogRun run, Dashboard page) throws IOException {
    if (!quiet) {
      tell(run.detections());
      run.announcements().forEach(this::say);
    }
    if (explain) {
      run.guarantees().forEach(guarantee -> say("guaranteed: " + guarantee));
    }
    tell(run.resumed());
    Exception failure = null;
    var shown = quiet ? Progress.When.NEVER : progress;
    try (var line = Progress.start("sluice logs", shown, screen, () -> snapshot(run))) {
      if (live) {
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
      if (report != null && !quiet) {
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
    if (explain) {
      run.explanation().forEach(this::say);
    }
    var signal = ending.get();
    var prefix = signal == null ? "" : "ended by SIG%s: ".formatted(signal.name());
    say(prefix + AccountText.of(result, rejected));
    if (!problems.isEmpty() || (failOnRejected && result.rejected() > 0)) {
      return 1;
    }
    return signal == null ? 0 : signal.exitStatus();
  }

  /// Writes what was counted; false if whoever read it has left.
  private boolean results(LogRun run) throws IOException {
    try (var out = StandardOutput.open()) {
      run.results(out, json);
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
      run.drain(drainTimeout);
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
        if (account != null) {
          write(nothing, account);
        }
        say("ended by SIG%s: %s".formatted(signal.name(), AccountText.of(nothing, rejected)));
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
