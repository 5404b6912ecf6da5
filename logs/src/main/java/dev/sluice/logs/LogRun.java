package dev.sluice.logs;

import static java.util.Objects.requireNonNull;

import dev.sluice.pipelines.Metrics;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Sink;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One run: from the inputs of a [LogJob] to its targets.
///
/// ```text
///   LogSource  --\                                   /--> Target
///   LogSource  ---+--> buffer --> parse x parsers --+---> Target      Pipeline, on platform threads
///   LogSource  --/                 + RecordSteps     \--> RejectedFile
/// ```
///
/// Each delivery is a block of lines ([Work]): a channel of single lines costs several times what
/// parsing them does. Its outcome is counted line by line in the account of its source.
public final class LogRun implements AutoCloseable {
  private static final int READERS = 4;
  private static final String READ = "read";

  /// How many blocks a target gets at once, if so many are there: one transaction for each.
  private static final int TARGET_BATCH = 16;

  /// How many blocks a target may be behind: the next batch, so that it need not wait for that to
  /// be parsed, and no more, since parsed blocks are large.
  private static final int TARGET_BUFFER = TARGET_BATCH;

  private static final Duration TARGET_LINGER = Duration.ofMillis(100);

  /// How long a followed file that was renamed or deleted must be quiet to be done with.
  private static final Duration FOLLOW_PATIENCE = Duration.ofSeconds(30);

  private static final int MOST_EXPLAINED = 10;

  private static final List<String> SQLITE_SUFFIXES = List.of("-wal", "-shm", "-journal");

  /// However many lines may wait, their bytes must not.
  private static final int MOST_BLOCKS = 64;

  private final LogJob job;
  private final List<RunSource> sources;
  private final List<Target> targets;
  private final @Nullable SummaryTarget summary;
  private final @Nullable AggregateTarget aggregates;
  private final List<Aggregate> summed;
  private final BlockParser parser;
  private final Notices notices;
  private final @Nullable ReportTarget report;
  private final RecordSteps steps;
  private final Set<Target> choosing;
  private final @Nullable Checkpoint checkpoint;
  private final Map<Target, TargetPositions> positions = new HashMap<>();
  private final List<String> resumed = new ArrayList<>();
  private long startedAt;
  private @Nullable Running running;
  private List<Report.Stuck> stuck = List.of();

  /// Takes what a person must be told while the run goes on.
  private static final class Notices implements Consumer<String> {
    private volatile Consumer<String> listener;

    Notices(Consumer<String> first) {
      listener = first;
    }

    @Override
    public void accept(String text) {
      listener.accept(text);
    }
  }

  private LogRun(
      LogJob job,
      List<RunSource> sources,
      List<Target> targets,
      @Nullable SummaryTarget summary,
      @Nullable AggregateTarget aggregates,
      @Nullable ReportTarget report,
      RecordSteps steps,
      Notices notices,
      @Nullable Checkpoint checkpoint) {
    this.job = job;
    this.sources = sources;
    this.targets = targets;
    this.summary = summary;
    this.aggregates = aggregates;
    this.report = report;
    this.steps = steps;
    this.summed = targets.stream().flatMap(target -> target.aggregates().stream()).toList();
    this.parser = new BlockParser(job.assumptions(), task(steps, targets, summed));
    this.choosing = choosing(targets, steps.projection());
    this.notices = notices;
    this.checkpoint = checkpoint;
  }

  /// The same as [#prepare(LogJob, Consumer)] where nobody is told of what is waited for.
  public static LogRun prepare(LogJob job) throws IOException {
    return prepare(job, _ -> {});
  }

  /// Finds the inputs, looks at the beginning of each, and makes the targets ready. Waits for the
  /// beginning of an input that is a pipe.
  ///
  /// @param told told, in sentences and by any thread, what a user should know; until [#onNotice]
  /// @throws UsageException if the job cannot be done as asked
  /// @throws IOException if a target cannot be made ready; its message names it
  public static LogRun prepare(LogJob job, Consumer<String> told) throws IOException {
    var aggregates = AggregateTarget.of(job.aggregation());
    var report = job.report() == null ? null : new ReportTarget(job.report(), job.parsers());
    boolean shown = job.targets().isEmpty() && report == null && aggregates == null;
    var summary = shown ? new SummaryTarget(job.parsers()) : null;
    var targets = new ArrayList<Target>();
    for (var spec : job.targets()) {
      targets.add(Targets.parse(spec));
    }
    if (summary != null) {
      targets.add(summary);
    }
    if (aggregates != null) {
      targets.add(aggregates);
    }
    if (report != null) {
      targets.add(report);
    }
    targets.add(new RejectedFile(job.rejected()));
    var notices = new Notices(told);
    targets.forEach(target -> target.notices(notices));
    refuseSameFile(targets);
    refuseUnresumable(job, targets);
    var checkpoint =
        job.checkpoint() == null ? null : Checkpoint.open(job.checkpoint(), job.inWords());
    List<RunSource> sources = List.of();
    try {
      sources = sources(job, targets, notices, checkpoint);
      var formats = formats(sources);
      var steps = RecordSteps.of(job, columns(formats));
      AggregateTarget.check(job.aggregation(), columns(formats));
      var run =
          new LogRun(
              job, sources, targets, summary, aggregates, report, steps, notices, checkpoint);
      if (sources.stream().anyMatch(RunSource::isReadable)) {
        run.openTargets(formats);
      }
      return run;
    } catch (IOException | RuntimeException e) {
      closeOpened(sources, e);
      if (checkpoint != null) {
        closeAfter(e, checkpoint::close);
      }
      throw e;
    }
  }

  private static void refuseUnresumable(LogJob job, List<Target> targets) {
    if (job.checkpoint() == null) {
      return;
    }
    if (job.replay()) {
      throw new UsageException(
          "a replay reads its files from their beginning, so --checkpoint cannot be");
    }
    if (job.follow() != LogJob.Follow.NO) {
      throw new UsageException(
          "--checkpoint and --follow don't go together: with a checkpoint a run reads what is there, and the next one goes on");
    }
    if (job.records().sample() != 1 || job.records().dedupe() != null) {
      throw new UsageException(
          "--checkpoint goes neither with --sample nor with --dedupe: what they leave out depends on where a run begins");
    }
    for (var target : targets) {
      if (!target.isResumable()) {
        throw new UsageException(
            "--checkpoint needs targets that can go on where they ended, and %s cannot; use --to with a file or a database"
                .formatted(target.name().equals("summary") ? "a summary" : target.name()));
      }
    }
    var written = writer(job.checkpoint(), targets);
    if (written != null) {
      throw new UsageException(
          "%s and the checkpoint would write the same file".formatted(written.name()));
    }
  }

  private static boolean isCheckpoint(LogJob job, Path file) {
    var checkpoint = job.checkpoint();
    return checkpoint != null
        && (isSame(checkpoint, file)
            || SQLITE_SUFFIXES.stream().anyMatch(it -> isSame(Path.of(checkpoint + it), file)));
  }

  private static void closeOpened(List<RunSource> sources, Exception failure) {
    for (var source : sources) {
      if (source instanceof Closeable opened) {
        try {
          opened.close();
        } catch (IOException e) {
          failure.addSuppressed(e);
        }
      }
    }
  }

  /// What equals what is known only in order, so where duplicates are left out, records are added
  /// up after that.
  private static BlockParser.Task task(
      RecordSteps steps, List<Target> targets, List<Aggregate> aggregates) {
    var taken = targets.stream().map(Target::wanted).reduce(Wanted.NOTHING, Wanted::and);
    var added = aggregates.stream().map(Aggregate::wanted).reduce(Wanted.NOTHING, Wanted::and);
    boolean later = steps.dedupe() != null;
    return new BlockParser.Task(
        steps.isNone() ? null : steps,
        steps.looksAt(),
        taken.and(added),
        later || !taken.nothing(),
        later || aggregates.isEmpty() ? null : () -> Sums.begin(aggregates));
  }

  private ParsedBlock summed(ParsedBlock block) {
    return summed.isEmpty() ? block : block.with(Sums.begin(summed));
  }

  /// Tells the targets which fields were chosen.
  ///
  /// @return those that want only them
  private static Set<Target> choosing(List<Target> targets, @Nullable Projection projection) {
    var choosing = new HashSet<Target>();
    if (projection != null) {
      for (var target : targets) {
        if (target.choose(projection.names())) {
          choosing.add(target);
        }
      }
    }
    return choosing;
  }

  static void refuseSameFile(List<Target> targets) {
    for (int i = 0; i < targets.size(); i++) {
      var file = targets.get(i).file();
      var other = file == null ? null : writer(file, targets.subList(0, i));
      if (other != null) {
        throw new UsageException(
            "%s and %s would write the same file".formatted(other.name(), targets.get(i).name()));
      }
    }
  }

  /// What the inputs of `job` are.
  ///
  /// @param targets what it writes: no input may be one of them
  static List<RunSource> sources(
      LogJob job, List<Target> targets, Consumer<String> notices, @Nullable Checkpoint checkpoint)
      throws IOException {
    var sources = new ArrayList<RunSource>();
    var paths = new ArrayList<String>();
    try {
      for (var input : job.inputs()) {
        if (SyslogSource.isOne(input)) {
          if (checkpoint != null || job.replay()) {
            throw new UsageException(
                "%s listens, and %s needs files"
                    .formatted(input, checkpoint == null ? "a replay" : "--checkpoint"));
          }
          sources.add(SyslogSource.listen(input, job.format(), notices));
        } else if (Ends.of(input) != null) {
          sources.add(end(job, input, targets, notices));
        } else {
          paths.add(input);
        }
      }
      var files = files(job, paths, targets, checkpoint);
      if (job.follow() == LogJob.Follow.NO) {
        sources.addAll(files);
      } else {
        addFollowed(job, paths, files, targets, notices, sources);
      }
    } catch (IOException | RuntimeException e) {
      closeOpened(sources, e);
      throw e;
    }
    return sources;
  }

  private static RunSource end(
      LogJob job, String input, List<Target> targets, Consumer<String> notices) throws IOException {
    var end = requireNonNull(Ends.of(input));
    var place = end.place(Ends.rest(input));
    if (job.checkpoint() != null || job.replay()) {
      throw new UsageException(
          job.replay()
              ? "%s is no file, and a replay needs files".formatted(place)
              : "%s keeps what was not read itself; leave --checkpoint out".formatted(place));
    }
    if (targets.stream().anyMatch(target -> target.name().equals(place))) {
      throw new UsageException("%s is an input and a target".formatted(place));
    }
    boolean endless = job.follow() != LogJob.Follow.NO;
    return EndSource.open(
        end, Ends.rest(input), endless, job.format(), job.encoding(), job.assumptions(), notices);
  }

  private static List<LogSource> files(
      LogJob job, List<String> paths, List<Target> targets, @Nullable Checkpoint checkpoint)
      throws IOException {
    var files = new ArrayList<LogSource>();
    var inputs =
        Inputs.find(paths, file -> writer(file, targets) != null || isCheckpoint(job, file));
    if (checkpoint != null) {
      Resumption.check(inputs);
      checkpoint.recognise(inputs);
    }
    var blocks = blocks(job, targets);
    for (var input : inputs) {
      var writer = input.path() == null ? null : writer(input.path(), targets);
      if (writer != null) {
        throw new UsageException(
            "%s is an input, and %s would overwrite it".formatted(input.name(), writer.name()));
      }
      if (input.path() != null && isCheckpoint(job, input.path())) {
        throw new UsageException("%s is an input and the checkpoint".formatted(input.name()));
      }
      var source = new LogSource(input, blocks, job.encoding(), job.replay());
      if (source.isReadable()) {
        var tracked = checkpoint == null ? null : checkpoint.tracked(input.name());
        source.detect(format(job, tracked), job.assumptions());
      }
      files.add(source);
    }
    return files;
  }

  /// The format that the user says, or that an earlier run found; of one that says more than its
  /// lines do, its beginning tells that again.
  private static @Nullable Dialect format(LogJob job, Checkpoint.@Nullable Tracked tracked) {
    var format = tracked == null ? null : tracked.format();
    return job.format() != null || format == null ? job.format() : Dialect.of(format);
  }

  /// Pipes and devices are read as ever; all that is a file, or is to become one, is followed.
  private static void addFollowed(
      LogJob job,
      List<String> paths,
      List<LogSource> files,
      List<Target> targets,
      Consumer<String> notices,
      List<RunSource> sources) {
    var regular = new ArrayList<LogSource>();
    var pipes = new ArrayList<String>();
    for (var file : files) {
      if (file.size() >= 0) {
        regular.add(file);
      } else if (file.isReadable()) {
        sources.add(file);
        pipes.add(file.name());
      }
    }
    var followed = paths.stream().filter(path -> !pipes.contains(path)).toList();
    if (!followed.isEmpty()) {
      var plan =
          new Follower.Plan(
              followed,
              file -> isOurs(file, targets),
              job.follow() == LogJob.Follow.FROM_END,
              FOLLOW_PATIENCE,
              Blocks.of(job.buffer(), true, job.parsers()).lines(),
              job.format(),
              job.encoding(),
              job.assumptions());
      sources.add(new Follower(plan, regular, notices));
    }
  }

  private static Blocks blocks(LogJob job, List<Target> targets) {
    boolean taken = targets.stream().anyMatch(target -> !target.wanted().nothing());
    return Blocks.of(job.buffer(), taken || job.records().dedupe() != null, job.parsers());
  }

  /// Whether a target writes this file, or one beside it, as a database its `-wal`.
  private static boolean isOurs(Path file, List<Target> targets) {
    for (var target : targets) {
      var written = target.file();
      if (written != null
          && (isSame(written, file)
              || (isSame(directory(written), directory(file)) && isBeside(file, written)))) {
        return true;
      }
    }
    return false;
  }

  /// Whether the names say that `file` belongs to what is written.
  private static boolean isBeside(Path file, Path written) {
    var name = String.valueOf(file.getFileName());
    var base = String.valueOf(written.getFileName());
    return RotatedNames.isOf(file, written)
        || SQLITE_SUFFIXES.stream().anyMatch(suffix -> name.equals(base + suffix));
  }

  private static Path directory(Path file) {
    var parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  /// The target that writes `file`.
  private static @Nullable Target writer(Path file, List<Target> targets) {
    for (var target : targets) {
      var written = target.file();
      if (written != null && (isSame(written, file) || target.isBeside(file))) {
        return target;
      }
    }
    return null;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize())
          || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
    } catch (IOException e) {
      return false; // opening it will tell what is wrong
    }
  }

  private static EnumSet<LogFormat> formats(List<RunSource> sources) {
    var formats = EnumSet.noneOf(LogFormat.class);
    for (var source : sources) {
      formats.addAll(source.formats());
    }
    return formats;
  }

  /// The columns that expressions and options may speak of: of all formats, if there is none to say
  /// better.
  private static Map<LogFormat, List<Column>> columns(EnumSet<LogFormat> formats) {
    var columns = new EnumMap<LogFormat, List<Column>>(LogFormat.class);
    for (var format : formats.isEmpty() ? EnumSet.allOf(LogFormat.class) : formats) {
      columns.put(format, format.columns());
    }
    return columns;
  }

  private void openTargets(EnumSet<LogFormat> formats) throws IOException {
    try {
      if (checkpoint == null) {
        for (var target : targets) {
          target.open(List.copyOf(formats));
        }
        return;
      }
      var files = sources.stream().map(source -> (LogSource) source).toList(); // was checked
      var resumption = new Resumption(checkpoint, files, targets);
      resumption.begin(List.copyOf(formats));
      positions.putAll(resumption.positions());
      resumed.addAll(resumption.notes());
      checkpoint.forgetOld(job.now());
    } catch (IOException | RuntimeException e) {
      closeAfter(e);
      throw e;
    }
  }

  /// Where the run goes on, for each source that an earlier one has read from, in words.
  public List<String> resumed() {
    return List.copyOf(resumed);
  }

  /// What was found out about each readable input, in words: `app.log: combined (98 of 100 lines
  /// match)`.
  public List<String> detections() {
    return sources.stream().flatMap(source -> source.detections().stream()).toList();
  }

  /// Has `listener` told, from any thread, what a person must know while the run goes on: what a
  /// followed file lost, what cannot be read. Before [#start].
  public void onNotice(Consumer<String> listener) {
    notices.listener = listener;
  }

  /// What this run guarantees, in sentences.
  public List<String> guarantees() {
    var all = new ArrayList<String>();
    sources.stream().limit(MOST_EXPLAINED).forEach(source -> all.addAll(source.guarantees()));
    if (sources.size() > MOST_EXPLAINED) {
      all.add("and %,d more inputs likewise".formatted(sources.size() - MOST_EXPLAINED));
    }
    all.add(
        "every line read is accounted for: written, filtered, rejected with its place and reason, dropped or abandoned");
    all.add(
        "targets get whole batches, in the order of each input; after Ctrl-C what was read is written, a kill -9 leaves"
            + " whole batches");
    return all;
  }

  /// What limits the run, in lines: now, or in the end.
  public List<String> explanation() {
    var started = running;
    return started == null ? List.of() : started.explain().lines().toList();
  }

  /// Begins to read, parse and write.
  public void start() {
    startedAt = System.nanoTime();
    var readable = new ArrayList<>(sources.stream().filter(RunSource::isReadable).toList());
    // Each of those that never end takes a reader for itself, and must not wait for one.
    readable.sort((one, other) -> Boolean.compare(other.isEndless(), one.isEndless()));
    int endless = (int) readable.stream().filter(RunSource::isEndless).count();
    int readers = endless + Math.min(READERS, readable.size() - endless);
    var read =
        Pipeline.merge(Math.max(1, readers), readable)
            .named(READ)
            .buffer(
                Math.min(MOST_BLOCKS, Math.max(1, job.buffer() / blocks(job, targets).lines())));
    running =
        parsed(read)
            .broadcast(targets.stream().map(this::branch).toList())
            .named("logs")
            .onPlatformThreads()
            .start();
  }

  private Pipe<ParsedBlock> parsed(Pipe<Work> read) {
    var parallel = Parallel.ordered(job.parsers());
    var dedupe = steps.dedupe();
    if (dedupe == null) {
      return read.map(parallel, (Work work) -> work.parse(parser)).named("parse");
    }
    var parsed =
        read.map(
                parallel,
                (Work work) -> {
                  work.parse(parser);
                  return work;
                })
            .named("parse");
    if (!steps.redactsLater()) {
      return parsed.map(work -> work.change(it -> summed(dedupe.apply(it)))).named("dedupe");
    }
    return parsed
        .map(work -> {
          work.change(dedupe::apply);
          return work;
        })
        .named("dedupe")
        .map(parallel, (Work work) -> work.change(it -> summed(steps.redactRecords(it))))
        .named("redact");
  }

  private Function<Pipe<ParsedBlock>, Pipeline> branch(Target target) {
    var projection = choosing.contains(target) ? steps.projection() : null;
    var place = positions.get(target);
    Sink<List<ParsedBlock>> sink =
        blocks -> {
          if (place == null) {
            target.write(chosen(projection, blocks));
          } else {
            var batch = place.next(blocks);
            target.write(chosen(projection, batch.blocks()), batch.positions());
          }
        };
    return parsed ->
        parsed.buffer(TARGET_BUFFER).batch(TARGET_BATCH, TARGET_LINGER).to(target.name(), sink);
  }

  private static List<ParsedBlock> chosen(
      @Nullable Projection projection, List<ParsedBlock> blocks) {
    return projection == null ? blocks : projection.apply(blocks);
  }

  /// Waits for the end, and closes the targets.
  ///
  /// @throws Exception what a target or the run itself failed with; [#account] tells how far it
  ///   came
  public void await() throws Exception {
    Throwable failure = null;
    try {
      stuck = handle().await().stuck();
      tell(null);
    } catch (Throwable e) {
      failure = e;
      tellAfter(e);
      throw e;
    } finally {
      if (failure == null) {
        close();
      } else {
        closeAfter(failure);
      }
    }
  }

  /// Tells the targets how the run ended.
  private void tell(@Nullable String failure) throws IOException {
    var result = account();
    for (var target : targets) {
      target.ended(result, failure);
    }
  }

  private void tellAfter(Throwable failure) {
    try {
      tell(String.valueOf(failure.getMessage()));
    } catch (IOException | RuntimeException e) {
      if (!e.equals(failure)) {
        failure.addSuppressed(e);
      }
    }
  }

  /// Writes the report, if one was asked for; once, after [#await], whether that went well or not.
  ///
  /// @param failure what the run failed with; null if it went well
  /// @throws IOException with a message that a user can act on
  public void writeReport(@Nullable String failure) throws IOException {
    if (report != null && startedAt != 0) {
      report.publish(new ReportFacts(job, account(), steps, failure));
    }
  }

  /// Stops reading, and lets what was read be written; past `patience` abandons it. [#await]
  /// returns then.
  public void drain(Duration patience) throws Exception {
    handle().drain(patience);
  }

  /// Abandons what is on the way. [#await] returns then.
  public void abort() throws InterruptedException {
    handle().abort();
  }

  /// The pipeline at work: for those who watch it.
  ///
  /// @throws IllegalStateException before [#start]
  public Running running() {
    return handle();
  }

  private Running handle() {
    var started = running;
    if (started == null) {
      throw new IllegalStateException("the run has not been started");
    }
    return started;
  }

  /// Lets go of the targets; what was written stays. Done by [#await] too.
  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (var source : sources) {
      if (source instanceof Closeable opened) {
        failure = closed(opened::close, failure);
      }
    }
    for (var target : targets) {
      failure = closed(target::close, failure);
    }
    if (checkpoint != null) {
      failure = closed(checkpoint::close, failure); // the last, as targets end with a record in it
    }
    if (failure != null) {
      throw failure;
    }
  }

  private interface Closing {
    void close() throws IOException;
  }

  private static @Nullable IOException closed(Closing closing, @Nullable IOException before) {
    try {
      closing.close();
      return before;
    } catch (IOException e) {
      if (before == null) {
        return e;
      }
      before.addSuppressed(e);
      return before;
    }
  }

  private void closeAfter(Throwable failure) {
    closeAfter(failure, this::close);
  }

  private static void closeAfter(Throwable failure, Closing closing) {
    try {
      closing.close();
    } catch (IOException | RuntimeException e) {
      if (!e.equals(failure)) {
        failure.addSuppressed(e);
      }
    }
  }

  /// What a person wants to know of the logs at first sight, in lines; none if the job named
  /// targets instead, or nothing could be read.
  ///
  /// @param columns how wide the text may be
  /// @param colour whether to use colours
  public List<String> summary(int columns, boolean colour) {
    return summary == null || sources.stream().noneMatch(RunSource::isReadable)
        ? List.of()
        : summary.render(columns, colour);
  }

  /// Writes what was counted of the records that were written; nothing if the job asks for no
  /// counting, or nothing could be read. After [#await].
  ///
  /// @param json as lines of JSON, else as tables for people
  /// @throws ClosedPipeException if whoever read `out` has left
  public void results(OutputStream out, boolean json) throws IOException {
    if (aggregates != null && sources.stream().anyMatch(RunSource::isReadable)) {
      aggregates.results(json ? new JsonResults(out) : new TextResults(out));
      out.flush();
    }
  }

  /// What a person should know before the run: how relative times were understood.
  public List<String> announcements() {
    return steps.announcements();
  }

  /// What a person should know after the run, in words: why an expression could not be evaluated
  /// for some records, with how many, most frequent cause first; what else the options could not
  /// do.
  public List<String> remarks() {
    return steps.remarks();
  }

  /// Lines of a replay that could not be read again, in words.
  public List<String> partial() {
    return sources.stream()
        .filter(source -> source instanceof LogSource file && file.partial() > 0)
        .map(source -> (LogSource) source)
        .map(source ->
            "%s: %,d were kept only in part (cut off at 64 KiB, binary, or from a damaged file) and stay rejected"
                .formatted(source.name(), source.partial()))
        .toList();
  }

  /// What had not ended when the patience of a drain was over, in words: `csv:- was busy for 5 s in
  /// writeBytes`.
  public List<String> stuck() {
    return stuck.stream()
        .map(one ->
            "%s was busy for %d s%s"
                .formatted(
                    one.stage(),
                    one.since().toSeconds(),
                    one.stack().isEmpty() ? "" : " in " + one.stack().getFirst().getMethodName()))
        .toList();
  }

  /// The account so far, or in the end.
  public LogAccount account() {
    double seconds = startedAt == 0 ? 0 : (System.nanoTime() - startedAt) / 1e9;
    return LogAccount.sum(
        sources.stream().flatMap(source -> source.accounts().stream()).toList(),
        steps.whereErrors(),
        seconds);
  }

  /// How far the run is.
  ///
  /// @param position how many bytes of the inputs as they lie there have been read
  /// @param size how many there are; -1 if that can't be known
  /// @param lines how many lines have been read
  /// @param rejected how many units have been rejected
  /// @param slowest the stage that limits the rate; null if none does
  public record Progress(
      long position, long size, long lines, long rejected, @Nullable String slowest) {}

  /// How far the run is now.
  public Progress progress() {
    long position = 0;
    long size = 0;
    long lines = 0;
    long rejects = 0;
    for (var source : sources) {
      position += source.position();
      lines += source.lines();
      rejects += source.rejected();
      if (source.isReadable()) {
        size = source.size() < 0 || size < 0 ? -1 : size + source.size();
      }
    }
    var started = running;
    var slowest =
        started == null
            ? null
            : started
                .metrics()
                .bottleneck()
                .map(Metrics.Stage::name)
                // A reader that waits for what is to be written is no reader that is slow.
                .filter(stage -> job.follow() == LogJob.Follow.NO || !stage.equals(READ))
                .orElse(null);
    return new Progress(position, size, lines, rejects, slowest);
  }
}
