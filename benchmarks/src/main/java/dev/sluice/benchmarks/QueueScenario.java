package dev.sluice.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What is measured of durable queues and topics: whole processes beside a disk or a server, so not
/// by JMH. Contestants take turns, each in a JVM of its own, on a new file, in a new database of
/// the same server, or as a new group of the same broker.
///
/// @param contestants the first is the one that the others are compared with
record QueueScenario(String name, List<Contestant> contestants) {

  /// Where a contestant works.
  enum Place {
    FILE,
    FILE_BY_JDBC,
    POSTGRES,
    POSTGRES_BY_JDBC,
    TOPIC
  }

  /// @param what as [QueueMeasurement] calls it, or [KafkaMeasurement]
  /// @param items in a full run; a fifth of them with `--quick`
  record Contestant(String name, String what, Place place, int items) {}

  private static final int ROUNDS = 5;

  /// It needs a client of Kafka's that is older than ours.
  private static final String OLDER = "parallel-consumer";

  private static final int QUICK_ROUNDS = 2;

  static final Map<String, QueueScenario> ALL = new LinkedHashMap<>();

  static {
    add(
        "queue-embedded",
        new Contestant("sluice", "calls", Place.FILE, 200_000),
        new Contestant("naive", "naive", Place.FILE_BY_JDBC, 20_000));
    add(
        "queue-postgres",
        new Contestant("sluice-batches", "batches", Place.POSTGRES, 200_000),
        new Contestant("sluice-calls", "calls", Place.POSTGRES, 50_000),
        new Contestant("naive", "naive", Place.POSTGRES_BY_JDBC, 20_000),
        new Contestant("db-scheduler", "db-scheduler", Place.POSTGRES_BY_JDBC, 20_000),
        new Contestant("jobrunr", "jobrunr", Place.POSTGRES_BY_JDBC, 20_000));
    add(
        "queue-latency",
        new Contestant("file, one process", "latency", Place.FILE, 1_000),
        new Contestant("file, two processes", "latency-between", Place.FILE, 1_000),
        new Contestant("postgresql, one process", "latency", Place.POSTGRES, 1_000),
        new Contestant("postgresql, two processes", "latency-between", Place.POSTGRES, 1_000));
    add(
        "queue-held-transaction",
        new Contestant("sluice-batches", "held", Place.POSTGRES, 200_000));
    add(
        "kafka-no-work",
        new Contestant("sluice", "sluice", Place.TOPIC, 1_000_000),
        new Contestant("plain", "plain", Place.TOPIC, 1_000_000),
        new Contestant("parallel-consumer", "parallel-consumer", Place.TOPIC, 200_000),
        new Contestant("reactor-kafka", "reactor-kafka", Place.TOPIC, 1_000_000));
    add(
        "kafka-share",
        new Contestant("sluice", "sluice-share", Place.TOPIC, 400_000),
        new Contestant("plain", "plain-share", Place.TOPIC, 400_000));
    // The plain loop works on one at a time: a few thousand tell its rate.
    add(
        "kafka-5ms",
        new Contestant("sluice", "sluice-5ms", Place.TOPIC, 50_000),
        new Contestant("plain", "plain-5ms", Place.TOPIC, 1_000),
        new Contestant("parallel-consumer", "parallel-consumer-5ms", Place.TOPIC, 50_000),
        new Contestant("reactor-kafka", "reactor-kafka-5ms", Place.TOPIC, 50_000));
  }

  private static void add(String name, Contestant... contestants) {
    ALL.put(name, new QueueScenario(name, List.of(contestants)));
  }

  /// A figure of a contestant over all rounds.
  ///
  /// @param ratioOfFirst that of the first contestant over this one; null where it has no such
  ///   figure
  record Row(
      String contestant,
      String figure,
      double median,
      double min,
      double max,
      int rounds,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double ratioOfFirst) {}

  record Results(
      String scenario, String command, String machine, List<Row> rows, List<String> failures) {

    String table() {
      var text =
          new StringBuilder("\n## %s\n\n".formatted(scenario))
              .append("| contestant | figure | median | min..max | rounds | first / this |\n")
              .append("|---|---|---|---|---|---|\n");
      for (var row : rows) {
        text.append(
            "| %s | %s | %s | %s..%s | %d | %s |%n"
                .formatted(
                    row.contestant,
                    row.figure,
                    Report.figure(row.median),
                    Report.figure(row.min),
                    Report.figure(row.max),
                    row.rounds,
                    row.ratioOfFirst == null ? "" : "%.2f".formatted(row.ratioOfFirst)));
      }
      failures.forEach(failure -> text.append("FAILED ").append(failure).append('\n'));
      return text.toString();
    }
  }

  /// @param jvm options of each contestant's JVM
  /// @param root the directory of the project
  Results run(boolean quick, Set<String> only, List<String> jvm, String machine, Path root)
      throws IOException {
    var home = Files.createTempDirectory(Path.of("").toAbsolutePath(), ".queues");
    var figures = new LinkedHashMap<Contestant, Map<String, List<Double>>>();
    var failures = new ArrayList<String>();
    var playing =
        contestants.stream().filter(it -> only.isEmpty() || only.contains(it.name)).toList();
    boolean served =
        playing.stream()
            .anyMatch(it -> it.place == Place.POSTGRES || it.place == Place.POSTGRES_BY_JDBC);
    boolean brokered = playing.stream().anyMatch(it -> it.place == Place.TOPIC);
    try (var server = served ? start(home.resolve("data")) : null;
        var topics = brokered ? Topics.start(root.resolve("examples/kafka-broker")) : null) {
      for (int round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round++) {
        for (var one : playing) {
          System.err.printf("%s: round %d: %s%n", name, round + 1, one.name);
          try {
            play(
                    one,
                    round,
                    quick,
                    server,
                    topics,
                    home,
                    root.resolve("benchmarks/target/app"),
                    jvm)
                .forEach((figure, value) ->
                    figures
                        .computeIfAbsent(one, _ -> new LinkedHashMap<>())
                        .computeIfAbsent(figure, _ -> new ArrayList<>())
                        .add(value));
          } catch (IOException e) {
            failures.add(one.name + ": " + e.getMessage());
          }
        }
      }
    } finally {
      delete(home);
    }
    String command = "benchmarks/run " + (quick ? "--quick " : "") + name;
    return new Results(name, command, machine, rows(figures), failures);
  }

  /// As it comes, but for what makes commits wait for the disk, which a test server leaves out.
  private static EmbeddedPostgres start(Path data) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("max_connections", "200")
        .start();
  }

  private Map<String, Double> play(
      Contestant one,
      int round,
      boolean quick,
      @Nullable EmbeddedPostgres server,
      @Nullable Topics topics,
      Path home,
      Path app,
      List<String> jvm)
      throws IOException {
    int items = quick ? one.items / 5 : one.items;
    String database = "round%d_%d".formatted(round, contestants.indexOf(one));
    if (server != null) {
      try (var connection = server.getPostgresDatabase().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + database);
      } catch (java.sql.SQLException e) {
        throw new IOException("cannot make a database: " + e.getMessage(), e);
      }
    }
    int port = server == null ? 0 : server.getPort();
    Path file = home.resolve(database + ".db");
    String place =
        switch (one.place) {
          case FILE -> "file:" + file;
          case FILE_BY_JDBC -> "jdbc:sqlite:" + file;
          case POSTGRES -> "postgresql://postgres@127.0.0.1:%d/%s".formatted(port, database);
          case TOPIC -> requireNonNull(topics).filled(items);
          case POSTGRES_BY_JDBC ->
              "jdbc:postgresql://127.0.0.1:%d/%s?user=postgres".formatted(port, database);
        };
    var command = new ArrayList<String>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(jvm);
    command.addAll(
        List.of(
            "-cp",
            (one.name.equals(OLDER) ? app.resolve("older/*") + File.pathSeparator : "")
                + System.getProperty("java.class.path"),
            (one.place == Place.TOPIC ? KafkaMeasurement.class : QueueMeasurement.class).getName(),
            one.what,
            place,
            Integer.toString(items)));
    var errors = home.resolve("errors");
    var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try {
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(
            "ended with %s: %s".formatted(process, Files.readString(errors).strip()));
      }
      var figures = new LinkedHashMap<String, Double>();
      said.lines()
          .map(line -> line.split("\t", -1))
          .filter(parts -> parts.length == 2)
          .forEach(parts -> figures.put(parts[0], Double.parseDouble(parts[1])));
      return figures;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /// A broker, and topics of so many records.
  private record Topics(Process process, String address) implements AutoCloseable {
    static Topics start(Path program) throws IOException {
      var process =
          new ProcessBuilder(program.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      var address = process.inputReader(UTF_8).readLine();
      if (address == null) {
        throw new IOException(program + " did not start");
      }
      return new Topics(process, address);
    }

    String filled(int items) throws IOException {
      try {
        var topic = "records-" + items;
        KafkaMeasurement.fill(address, topic, items);
        return address + "/" + topic;
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("cannot fill a topic: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      process.destroy();
      process.onExit().join();
    }
  }

  private List<Row> rows(Map<Contestant, Map<String, List<Double>>> figures) {
    var rows = new ArrayList<Row>();
    var first = figures.getOrDefault(contestants.getFirst(), Map.of());
    figures.forEach((one, its) ->
        its.forEach((figure, values) -> {
          double[] sorted = values.stream().mapToDouble(it -> it).sorted().toArray();
          var base = first.get(figure);
          rows.add(
              new Row(
                  one.name,
                  figure,
                  median(sorted),
                  sorted[0],
                  sorted[sorted.length - 1],
                  sorted.length,
                  base == null || one.equals(contestants.getFirst())
                      ? null
                      : median(base.stream().mapToDouble(it -> it).sorted().toArray())
                          / median(sorted)));
        }));
    rows.sort(Comparator.comparing(row -> row.figure.toLowerCase(Locale.ROOT)));
    return rows;
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
