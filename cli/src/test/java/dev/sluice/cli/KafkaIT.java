package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `sluice logs` and `sluice topic` with Kafka, as a person uses them: through the launcher, and
/// with the broker of `examples/kafka-broker`.
@Timeout(180)
class KafkaIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir static Path shared;
  @TempDir Path dir;
  private static Process broker;
  private static String address;

  private record Result(int status, String out, String err) {}

  @BeforeAll
  static void a_broker_prints_where_it_is() throws Exception {
    var builder =
        new ProcessBuilder(ROOT.resolve("examples/kafka-broker").toString())
            .redirectError(shared.resolve("broker.err").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    broker = builder.start();
    address = new BufferedReader(new InputStreamReader(broker.getInputStream(), UTF_8)).readLine();
    assertThat(address).matches("127\\.0\\.0\\.1:[0-9]+");
  }

  @AfterAll
  static void a_signal_stops_the_broker() throws Exception {
    broker.destroy();
    assertThat(broker.waitFor(30, SECONDS)).isTrue();
  }

  private Result run(String... args) throws Exception {
    var command = new ArrayList<>(List.of(ROOT.resolve("sluice").toString()));
    command.addAll(List.of(args));
    var builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectOutput(dir.resolve("out").toFile())
            .redirectError(dir.resolve("err").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    var process = builder.start();
    process.getOutputStream().close();
    assertThat(process.waitFor(120, SECONDS)).isTrue();
    return new Result(
        process.exitValue(),
        Files.readString(dir.resolve("out")),
        Files.readString(dir.resolve("err")));
  }

  private static String topic(String name) {
    return "kafka://" + address + "/" + name;
  }

  private void write(String file, int from, int to) throws IOException {
    Files.writeString(
        dir.resolve(file),
        IntStream.range(from, to)
            .mapToObj(
                i -> "{\"n\":%d,\"level\":\"%s\"}\n".formatted(i, i % 10 == 0 ? "ERROR" : "INFO"))
            .collect(Collectors.joining()));
  }

  @Test
  void logs_go_to_a_topic_and_come_from_it_to_the_end_it_had() throws Exception {
    write("app.log", 0, 5_000);
    assertThat(run("topic", "create", topic("access"), "--partitions", "3").out())
        .contains("made, with 3 partitions");

    var in = run("logs", "app.log", "--to", topic("access"), "--format", "json");
    assertThat(in.status()).as(in.err()).isZero();
    var out =
        run(
            "logs",
            topic("access"),
            "--until-end",
            "--to",
            "ndjson:out.ndjson",
            "--account",
            "account.json");

    assertThat(out.status()).as(out.err()).isZero();
    var numbers =
        Files.readAllLines(dir.resolve("out.ndjson")).stream()
            .map(line -> JSON.readTree(line).get("n").asInt())
            .sorted()
            .toList();
    assertThat(numbers).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
    var account = JSON.readTree(Files.readString(dir.resolve("account.json")));
    assertThat(account.get("read").asLong()).isEqualTo(5_000);
    assertThat(account.get("written").asLong()).isEqualTo(5_000);
    assertThat(
            JSON.readTree(run("topic", "stats", topic("access"), "--json").out())
                .get("records")
                .asLong())
        .isEqualTo(5_000);
  }

  @Test
  void a_group_goes_on_where_its_last_run_ended() throws Exception {
    run("topic", "create", topic("grouped"), "--partitions", "2");
    for (int round = 0; round < 2; round++) {
      write("app.log", round * 1_000, (round + 1) * 1_000);
      run("logs", "app.log", "--to", topic("grouped"), "--format", "json");

      var out =
          run(
              "logs",
              topic("grouped") + "?group=loader",
              "--to",
              "ndjson:out%d.ndjson".formatted(round));

      assertThat(out.status()).as(out.err()).isZero();
      assertThat(Files.readAllLines(dir.resolve("out%d.ndjson".formatted(round)))).hasSize(1_000);
    }
    var stats = run("topic", "stats", topic("grouped") + "?group=loader", "--json");
    assertThat(JSON.readTree(stats.out()).get("lag").asLong()).isZero();
  }

  /// Each record is worked on by a process, which notes it: the first of each key takes longest.
  private static final String WORK =
      """
      read -r line
      case $line in
        *'"n":0,'* | *'"n":1,'* | *'"n":2,'*) sleep 0.3 ;;
        *'"n":17,'*) exit 3 ;;
      esac
      printf '%s\\n' "$line" >> worked
      """;

  @Test
  void a_pipeline_in_a_file_reads_and_writes_topics_in_the_order_of_keys() throws Exception {
    for (var name : List.of("jobs", "done", "dead")) {
      run("topic", "create", topic(name), "--partitions", "2");
    }
    Files.writeString(
        dir.resolve("jobs.log"),
        IntStream.range(0, 30)
            .mapToObj(i -> "{\"n\":%d,\"user\":\"u%d\"}\n".formatted(i, i % 3))
            .collect(Collectors.joining()));
    Files.writeString(dir.resolve("work.sh"), WORK);
    Files.writeString(
        dir.resolve("jobs.yaml"),
        """
        source: { read: '%s?group=run&order=key', format: json }
        stages:
          - filter: n != 5
          - name: work
            exec: { command: [sh, work.sh], field: answer, workers: 8, ordered: false }
            on_error: dead_letter
        sinks: '%s?key=user'
        dead_letters: %s
        """
            .formatted(topic("jobs"), topic("done"), topic("dead")));
    assertThat(run("run", "check", "jobs.yaml").err()).isEmpty();
    assertThat(run("run", "explain", "jobs.yaml").out())
        .contains("committed for its group", "of the same key one record at a time");
    assertThat(run("logs", "jobs.log", "--to", topic("jobs") + "?key=user").status()).isZero();

    var worked = run("run", "jobs.yaml");

    assertThat(worked.status()).as(worked.err()).isZero();
    assertThat(worked.err()).contains("read 30 = 28 written + 1 filtered + 1 rejected");
    var numbers = new java.util.TreeMap<String, List<Integer>>();
    for (var line : Files.readAllLines(dir.resolve("worked"))) {
      var one = JSON.readTree(line);
      numbers
          .computeIfAbsent(one.get("user").asString(), _ -> new ArrayList<>())
          .add(one.get("n").asInt());
    }
    assertThat(numbers).hasSize(3);
    assertThat(numbers.values())
        .as("the order in which records of a user were worked on, with eight workers")
        .allSatisfy(its -> assertThat(its).isSorted());
    assertThat(run("logs", topic("done"), "--to", "ndjson:done.ndjson").status()).isZero();
    assertThat(Files.readAllLines(dir.resolve("done.ndjson"))).hasSize(28);
    run("logs", topic("dead"), "--to", "ndjson:dead.ndjson");
    assertThat(Files.readAllLines(dir.resolve("dead.ndjson")))
        .singleElement()
        .satisfies(line -> assertThat(line).contains("\"stage\":\"work\"", "u2"));
    assertThat(run("run", "jobs.yaml").err())
        .as("all was acknowledged")
        .contains("read 0 = 0 written");
  }

  @Test
  void parameters_that_do_not_belong_there_are_told() throws Exception {
    write("app.log", 0, 1);
    var order = run("logs", "app.log", "--to", topic("x") + "?order=key");
    assertThat(order.status()).isEqualTo(2);
    assertThat(order.err()).contains("a target has no group and no order");
    var key = run("logs", topic("x") + "?key=user", "--to", "ndjson:x");
    assertThat(key.status()).isEqualTo(2);
    assertThat(key.err()).contains("key= is for a target");
    Files.writeString(
        dir.resolve("bad.yaml"), "source: { read: 'kafka://h:1/t?grup=x' }\nsinks: ndjson:x\n");
    var bad = run("run", "check", "bad.yaml");
    assertThat(bad.status()).isEqualTo(2);
    assertThat(bad.err() + bad.out()).contains("bad.yaml:1:17", "unknown parameter 'grup'");
  }

  @Test
  void a_topic_that_does_not_exist_is_not_made_and_the_message_says_how_to() throws Exception {
    write("app.log", 0, 1);
    for (var args :
        List.of(
            List.of("logs", "app.log", "--to", topic("nowhere")),
            List.of("logs", topic("nowhere"), "--until-end", "--to", "ndjson:x"))) {
      var failed = run(args.toArray(new String[0]));
      assertThat(failed.status()).isIn(1, 2);
      assertThat(failed.err())
          .contains("the topic 'nowhere' does not exist at " + address)
          .contains("sluice topic create kafka://" + address + "/nowhere")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void what_cannot_be_a_topic_is_said_to_be_so() throws Exception {
    write("app.log", 0, 1);
    for (var wrong :
        List.of("kafka:x", "kafka://" + address, "kafka://h:99999/t", "kafka://h/t?grup=x")) {
      var failed = run("logs", "app.log", "--to", wrong);
      assertThat(failed.status()).as(wrong).isEqualTo(2);
      assertThat(failed.err()).contains("kafka://HOST:PORT/TOPIC").doesNotContain("\tat ");
    }
    var name = run("logs", "app.log", "--to", "kafka://" + address + "/a b");
    assertThat(name.status()).isEqualTo(2);
    assertThat(name.err()).contains("'a b' is no name of a topic (letters, digits");
    var secret = run("logs", "app.log", "--to", "kafka://anna:s3cret@h:1/t");
    assertThat(secret.err()).contains("a login does not belong here").doesNotContain("s3cret");
    var both = run("logs", topic("x"), "--until-end", "--follow", "--to", "ndjson:x");
    assertThat(both.status()).isEqualTo(2);
    assertThat(both.err()).contains("--until-end stops where --follow goes on");
  }

  @Test
  void nobody_there_is_told_within_the_patience_of_a_person() throws Exception {
    write("app.log", 0, 1);
    int free;
    try (var socket = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    var failed = run("logs", "app.log", "--to", "kafka://127.0.0.1:%d/t".formatted(free));
    assertThat(failed.status()).isIn(1, 2);
    assertThat(failed.err())
        .contains("no Kafka broker answered at 127.0.0.1:" + free)
        .doesNotContain("\tat ");
  }

  @Test
  void the_broker_listens_on_this_machine_alone() throws Exception {
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertThat(socket.isConnected()).isTrue();
    }
    var again =
        new ProcessBuilder(
            ROOT.resolve("examples/kafka-broker").toString(), Integer.toString(port));
    again.environment().put("JAVA_HOME", System.getProperty("java.home"));
    var process = again.redirectError(dir.resolve("again").toFile()).start();
    assertThat(process.waitFor(60, SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(dir.resolve("again")))
        .contains("something listens on 127.0.0.1:%d already".formatted(port));
  }
}
