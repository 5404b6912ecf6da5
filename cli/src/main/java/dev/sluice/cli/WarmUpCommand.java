package dev.sluice.cli;

import static java.util.Objects.requireNonNull;

import dev.sluice.logs.LogFormat;
import dev.sluice.logs.LogGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the launcher runs once after a build, so that Java records the classes that a usual run
/// needs: whatever these samples touch starts faster from then on.
///
/// Its status is 0 even if one of them fails: a record of the others still serves.
@Command(name = "warm-up", hidden = true, description = "Runs small samples of the commands.")
final class WarmUpCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// The logs that the samples read: `{scratch}/logs/FORMAT.log`, each with some lines that are
  /// rejected.
  private static final List<LogFormat> FORMATS =
      List.of(LogFormat.COMBINED, LogFormat.JSON, LogFormat.LOGFMT, LogFormat.SYSLOG);

  private static final long LINES = 20_000;

  /// The command lines to run, in this order; `{scratch}` stands for the directory.
  private static final List<String> SAMPLES =
      List.of(
          "--version",
          "-V",
          "--help",
          "help {scratch}/unknown",
          "logs --help",
          "logs generate --lines 100",
          "logs {scratch}/logs --rejected {scratch}/r --progress always",
          "logs {scratch}/logs/combined.log --rejected {scratch}/r --to sqlite:{scratch}/a.db --to csv:{scratch}/a.csv",
          "logs {scratch}/logs --rejected {scratch}/r --report {scratch}/r.html --redact all",
          "logs {scratch}/logs --rejected {scratch}/r --to ndjson:{scratch}/all.ndjson --account {scratch}/a",
          "logs {scratch}/logs/json.log --rejected {scratch}/r --to ndjson:- --fields line",
          "logs {scratch}/logs/combined.log --rejected {scratch}/r --count-by status",
          "logs {scratch}/logs/json.log --rejected {scratch}/r --count-by level --json",
          "logs {scratch}/logs/combined.log --rejected {scratch}/r --per 60 --top 5 path --percentiles bytes");

  private static final List<String> WITH_EXPRESSIONS =
      List.of(
          "logs {scratch}/logs --rejected {scratch}/r --to ndjson:- --account {scratch}/a --where status>=500",
          "logs {scratch}/logs/combined.log --rejected {scratch}/r --to ndjson:- --where status>=500",
          "logs {scratch}/logs --rejected {scratch}/r --to sqlite:{scratch}/b.db --where line%2==0");

  @Parameters(description = "An empty directory, for the files that the samples make.")
  private @Nullable Path scratch;

  @Option(
      names = "--expressions",
      description = "Runs those with expressions too, whose language has very many classes.")
  private boolean expressions;

  @Override
  public Integer call() throws IOException {
    Thread.ofPlatform().daemon().start(WarmUpCommand::giveUpInTime);
    var directory = requireNonNull(scratch);
    generate(Files.createDirectory(directory.resolve("logs")));
    var samples = new ArrayList<>(SAMPLES);
    if (expressions) {
      samples.addAll(WITH_EXPRESSIONS);
    }
    for (var sample : samples) {
      var arguments =
          Stream.of(sample.split(" ")).map(word -> word.replace("{scratch}", directory.toString()));
      Main.run(Map.of(), arguments.toArray(String[]::new));
    }
    return 0;
  }

  private static void generate(Path directory) throws IOException {
    for (var format : FORMATS) {
      try (var out = Files.newOutputStream(directory.resolve(format.id() + ".log"))) {
        new LogGenerator(format, 1, 1).lines(LINES, out);
      }
    }
  }

  /// The user waits meanwhile, for no more than that later runs are faster.
  private static void giveUpInTime() {
    try {
      Thread.sleep(PATIENCE);
      Runtime.getRuntime().halt(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
