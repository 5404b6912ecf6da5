package dev.sluice.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.sluice.benchmarks.Report.Samples;
import dev.sluice.benchmarks.Scenario.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// `benchmarks/run`: runs scenarios, and prints and writes what came of them.
public final class Main {

  private static final String USAGE =
      """
      usage: benchmarks/run [--quick] [--resume] [--only NAME,...] [--list] [SCENARIO...]

        --quick          one fork and short iterations: a scenario in under four minutes
        --resume         leave out scenarios that were measured since the last build
        --only NAME,...  only these contestants; prints, writes no files
        --list           print the names of all scenarios

      Without a scenario it runs all. Results are in benchmarks/results.
      """;

  private static final List<String> JVM =
      List.of(
          "-Xms1g",
          "-Xmx1g",
          "-XX:+UseG1GC",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");

  /// How much longer than it should a JVM may take. Its own watchdog ends it then, and if that does
  /// not come to it, this process does after as long again.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// How long a round of a throttle takes.
  private static final int THROTTLE_MILLIS = 2_500;

  private static final String CLASS_PATH = "java.class.path";

  private final Path home;
  private final boolean quick;
  private final boolean resume;
  private final Set<String> only;

  private Main(Path home, boolean quick, boolean resume, Set<String> only) {
    this.home = home;
    this.quick = quick;
    this.resume = resume;
    this.only = only;
  }

  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    List<String> scenarios = new ArrayList<>();
    boolean quick = false;
    boolean resume = false;
    Set<String> only = Set.of();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> quick = true;
        case "--resume" -> resume = true;
        case "--only" -> only = i + 1 < args.length ? Set.of(args[++i].split(",")) : Set.of();
        case "--list" -> {
          names().forEach(System.out::println);
          return;
        }
        case "--help", "-h" -> {
          System.out.print(USAGE);
          return;
        }
        default -> {
          if (!names().contains(args[i])) {
            System.err.printf(
                "benchmarks/run: no %s: %s; there are %s%n",
                args[i].startsWith("-") ? "such option" : "scenario of this name",
                args[i],
                args[i].startsWith("-")
                    ? "--quick, --resume, --only, --list"
                    : String.join(", ", names()));
            System.exit(2);
          }
          scenarios.add(args[i]);
        }
      }
    }
    Path home = Path.of(System.getProperty("sluice.benchmarks", "benchmarks"));
    Main main = new Main(home, quick, resume, only);
    boolean failed = false;
    for (String name : scenarios.isEmpty() ? names() : scenarios) {
      QueueScenario queues = QueueScenario.ALL.get(name);
      failed |= !(queues == null ? main.run(Scenario.named(name)) : main.run(queues));
    }
    System.exit(failed ? 1 : 0);
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(Scenario.ALL.keySet());
    names.addAll(QueueScenario.ALL.keySet());
    return names;
  }

  /// @return whether every contestant delivered
  private boolean run(QueueScenario scenario) throws IOException {
    Path json = home.resolve("results", scenario.name() + ".json");
    if (resume && isNewerThanProgram(json)) {
      System.err.printf("%s: measured already%n", scenario.name());
      return true;
    }
    var results = scenario.run(quick, only, JVM, machine(), home.resolve("..").normalize());
    System.out.println(results.table());
    if (only.isEmpty()) {
      write(json, results);
      Files.writeString(json.resolveSibling(scenario.name() + ".md"), results.table());
    }
    return results.failures().isEmpty();
  }

  private static void write(Path json, Object results) throws IOException {
    Files.createDirectories(json.getParent());
    Path unfinished = json.resolveSibling(json.getFileName() + ".new");
    Files.writeString(unfinished, JSON.writeValueAsString(results) + "\n");
    Files.move(unfinished, json, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /// @return whether every contestant delivered
  private boolean run(Scenario scenario) throws IOException {
    Path json = home.resolve("results", scenario.name() + ".json");
    if (resume && isNewerThanProgram(json)) {
      System.err.printf("%s: measured already%n", scenario.name());
      return true;
    }
    if (scenario.pinned() && !Pinned.isPossible()) {
      System.err.printf("%s: skipped, there is no taskset on the PATH%n", scenario.name());
      return true;
    }
    List<Entry> entries =
        scenario.entries().stream()
            .filter(e -> only.isEmpty() || only.contains(e.contestant().name()))
            // They are not compared, and burn the time that the others need.
            .filter(e -> !quick || !e.contestant().spins() || scenario.plays() == Plays.PAIR)
            .toList();
    Pace pace = Pace.of(quick, scenario.isPaired(), entries.size());
    Map<Entry, Samples> samples = new LinkedHashMap<>();
    List<String> failures = new ArrayList<>();
    long begin = System.nanoTime();
    for (int fork = 1; fork <= pace.forks; fork++) {
      int number = 0;
      // Pairs take turns in who begins.
      boolean turned = scenario.isPaired() && fork % 2 == 0;
      for (Entry entry : turned ? entries.reversed() : entries) {
        number++;
        String what = entry.contestant().name() + " " + entry.cell();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        if (quick
            && seconds > Pace.QUICK_LIMIT_SECONDS
            && entry.contestant().kind() != Contestant.Kind.OURS) {
          failures.add(what + ": left out, the time is over");
          continue;
        }
        progress(
            "%s: fork %d of %d, %d of %d: %s"
                .formatted(scenario.name(), fork, pace.forks, number, entries.size(), what));
        try {
          Samples own = samples.computeIfAbsent(entry, _ -> new Samples());
          measure(scenario, entry, pace, own);
          own.endFork(fork);
        } catch (RunnerException e) {
          String failure = what + ": " + reason(e);
          failures.add(failure);
          System.err.printf("%n%s: FAILED %s%n", scenario.name(), failure);
        }
      }
    }
    progress("");
    List<Report.Row> rows =
        samples.entrySet().stream()
            .filter(e -> !e.getValue().figures.isEmpty())
            .map(
                e -> Report.row(scenario, e.getKey().contestant(), e.getKey().cell(), e.getValue()))
            .toList();
    String command = "benchmarks/run " + (quick ? "--quick " : "") + scenario.name();
    Report report =
        Report.of(scenario, command, machine(), rows, pairs(scenario, samples), failures);
    System.out.println(report.table());
    if (only.isEmpty()) {
      write(json, report);
      Files.writeString(json.resolveSibling(scenario.name() + ".svg"), Plot.of(report));
    }
    return failures.isEmpty();
  }

  /// The contestant that leaves something out over that which does not, in each shape.
  private static List<Report.Paired> pairs(Scenario scenario, Map<Entry, Samples> samples) {
    List<Report.Paired> pairs = new ArrayList<>();
    samples.forEach((fast, its) -> {
      if (scenario.isPaired() && fast.contestant().isUncounted()) {
        samples.forEach((slow, others) -> {
          if (!slow.contestant().isUncounted() && slow.cell().equals(fast.cell())) {
            var pair =
                Report.Paired.of(
                    fast.cell().shape(),
                    fast.contestant().name(),
                    its,
                    slow.contestant().name(),
                    others);
            if (pair != null) {
              pairs.add(pair);
            }
          }
        });
      }
    });
    return pairs;
  }

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
          .build();

  /// How long a fork measures.
  private record Pace(
      int forks, int warmupMillis, int iterations, int iterationMillis, int roundMillis) {

    /// What starting a JVM, and JMH in it, takes on a busy machine.
    private static final int START_MILLIS = 1_800;

    private static final int QUICK_MILLIS = 170_000;

    /// When what is left of the four minutes is kept for ours.
    static final int QUICK_LIMIT_SECONDS = 200;

    /// Forks that make a bound on the median of their ratios.
    private static final int PAIRS = 50;

    private static final int QUICK_PAIRS = 8;

    static Pace of(boolean quick, boolean paired, int entries) {
      if (!quick) {
        return new Pace(paired ? PAIRS : 3, 1_000, 5, 300, 150);
      }
      int forks = paired ? QUICK_PAIRS : 1;
      int millis =
          Math.clamp(QUICK_MILLIS / Math.max(1, forks * entries) - START_MILLIS, 500, 2_000);
      return new Pace(forks, millis / 2, 3, millis / 6, Math.min(150, millis / 7));
    }
  }

  /// Has JMH fork a JVM for one contestant in one cell. A fork at a time, so that contestants take
  /// turns, and a machine that grows busy hurts all of them.
  private void measure(Scenario scenario, Entry entry, Pace pace, Samples samples)
      throws RunnerException, IOException {
    boolean waits = scenario.plays(entry.cell()) == Plays.WAITING;
    List<String> jvm = new ArrayList<>(JVM);
    int waitMillis = quick ? 3_000 : 10_000;
    if (waits) {
      jvm.add("-Dsluice.wait=" + waitMillis);
    }
    boolean throttles = scenario.plays() == Plays.THROTTLE;
    int workMillis =
        waits
            ? waitMillis
            : throttles
                ? (2 + pace.iterations) * THROTTLE_MILLIS
                : pace.warmupMillis + pace.iterations * pace.iterationMillis;
    Duration limit = Duration.ofMillis(workMillis).plus(PATIENCE);
    Path dump =
        home.resolve("target/dumps")
            .resolve(
                "%s-%s-%s.txt"
                    .formatted(
                        scenario.name(),
                        entry.contestant().name(),
                        entry.cell().toString().replaceAll("\\W", "-")));
    jvm.addAll(List.of(Watchdog.options(limit, dump)));
    var options =
        new OptionsBuilder()
            .include(Measurement.class.getName() + ".play$")
            .param("scenario", scenario.name())
            .param("contestant", entry.contestant().name())
            .param("cell", entry.cell().toString())
            .param("roundMillis", Integer.toString(pace.roundMillis))
            .threads(1)
            .forks(1)
            .warmupIterations(waits || throttles ? 0 : 1) // a throttle's calibration is one
            .warmupTime(TimeValue.milliseconds(pace.warmupMillis))
            .measurementIterations(waits ? 1 : pace.iterations)
            .measurementTime(TimeValue.milliseconds(pace.iterationMillis))
            .jvmArgs(jvm.toArray(String[]::new))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.NORMAL);
    if (scenario.pinned()) {
      options.addProfiler(Pinned.class);
    }
    var said = new ByteArrayOutputStream();
    var format =
        OutputFormatFactory.createFormatInstance(
            new PrintStream(said, true, StandardCharsets.UTF_8), VerboseMode.NORMAL);
    Collection<RunResult> results;
    String classPath = System.getProperty(CLASS_PATH);
    var end = new CompletableFuture<Void>();
    end.completeOnTimeout(null, limit.plus(PATIENCE).toMillis(), TimeUnit.MILLISECONDS)
        .thenRun(() -> ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly));
    try {
      if (entry.contestant().isUncounted()) {
        // JMH gives a fork what this property says.
        System.setProperty(
            CLASS_PATH,
            home.resolve("target/app/uncounted") + java.io.File.pathSeparator + classPath);
      }
      Files.deleteIfExists(dump);
      results = new Runner(options.build(), format).run();
    } catch (RunnerException e) {
      if (Files.exists(dump)) {
        try (Stream<String> lines = Files.lines(dump)) {
          throw new RunnerException(
              "TimeoutException: not done %d s after the start of its JVM, thread dump of %d lines in target/dumps/%s"
                  .formatted(limit.toSeconds(), lines.count(), dump.getFileName()),
              e);
        }
      }
      throw new RunnerException(e.getMessage() + "\n" + said.toString(StandardCharsets.UTF_8), e);
    } finally {
      System.setProperty(CLASS_PATH, classPath);
      end.cancel(false);
    }
    results.stream()
        .flatMap(result -> result.getBenchmarkResults().stream())
        .flatMap(fork -> fork.getIterationResults().stream())
        .forEach(iteration ->
            samples.add(
                scenario.unit(),
                entry.cell().senders(),
                sum(iteration, "items"),
                sum(iteration, "nanos"),
                sum(iteration, "cpuNanos"),
                sum(iteration, "bytes")));
  }

  private static double sum(IterationResult iteration, String name) {
    return requireNonNull(iteration.getSecondaryResults().get(name), name).getScore();
  }

  /// The lines of JMH's output that say why.
  private static String reason(RunnerException thrown) {
    List<String> lines =
        String.valueOf(thrown.getMessage())
            .lines()
            .filter(l -> l.contains("Exception") || l.contains("forked VM failed"))
            .distinct()
            .toList();
    return lines.isEmpty() ? String.valueOf(thrown.getMessage()) : String.join("; ", lines);
  }

  private static void progress(String text) {
    if (System.console() != null && System.console().isTerminal()) {
      System.err.print("\r\033[K" + text);
    } else if (!text.isEmpty()) {
      System.err.println(text);
    }
  }

  private static boolean isNewerThanProgram(Path json) throws IOException {
    Path stamp =
        Path.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator)[0]);
    return Files.exists(json)
        && Files.getLastModifiedTime(json).compareTo(Files.getLastModifiedTime(stamp)) > 0;
  }

  /// Without names: what matters for the figures.
  private static String machine() {
    return "%d cores (%s), %s, %s %s, %s %s, %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            after("/proc/cpuinfo", "model name"),
            memory(),
            System.getProperty("os.name"),
            System.getProperty("os.version").split("-")[0],
            System.getProperty("java.vendor"),
            System.getProperty("java.runtime.version"),
            String.join(" ", JVM.subList(0, 3)));
  }

  private static String memory() {
    String kilobytes = after("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
    return kilobytes.isEmpty()
        ? "unknown memory"
        : "%.0f GB".formatted(Long.parseLong(kilobytes) / 1024.0 / 1024.0);
  }

  private static String after(String file, String key) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return System.getProperty("os.arch"); // not a Linux
    }
  }
}
