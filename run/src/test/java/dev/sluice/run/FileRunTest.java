package dev.sluice.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.pipelines.Account;
import dev.sluice.run.PipelineFile.TestResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that are run: with real files, programs and a service.
@SuppressWarnings("try") // a run is closed before what it wrote is looked at
class FileRunTest {
  @TempDir Path dir;

  @BeforeEach
  void write() throws IOException {
    Files.write(
        dir.resolve("in.ndjson"),
        IntStream.rangeClosed(1, 100)
            .mapToObj(i -> i == 50 ? "no json" : "{\"id\":%d,\"total\":%d}".formatted(i, i - 20))
            .toList());
  }

  private PipelineFile parse(String text) {
    return PipelineFile.parse("p.yaml", text, Map.of("DIR", dir.toString()));
  }

  private Account run(String text) throws Exception {
    try (var run = parse(text).open(_ -> {})) {
      run.start();
      var account = run.await().account();
      run.close();
      assertThat(account.balances()).isTrue();
      assertThat(run.errors()).isEmpty();
      return account;
    }
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(dir.resolve(file));
  }

  @Test
  void records_go_through_the_stages_into_all_sinks() throws Exception {
    var account =
        run(
            """
            source: { read: '${DIR}/in.ndjson', format: json }
            stages:
              - filter: total > 0
              - set: { twice: total * 2 }
            sinks:
              - csv:${DIR}/out.csv
              - sqlite:${DIR}/out.db
            dead_letters: ndjson:${DIR}/bad.ndjson
            """);

    assertThat(account).isEqualTo(new Account(100, 79, 20, 0, 1, 0, 0));
    assertThat(lines("out.csv")).hasSize(80).first().asString().contains("twice");
    assertThat(lines("bad.ndjson"))
        .singleElement()
        .asString()
        .contains("\"line\":50", "\"stage\":\"parse\"", "\"text\":\"no json\"");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("out.db"));
        var statement = connection.createStatement();
        var result = statement.executeQuery("SELECT count(*), sum(twice) FROM logs")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(79);
    }
  }

  @Test
  void a_program_answers_with_a_field_or_the_whole_record() throws Exception {
    var account =
        run(
            """
            source: { generate: { count: 5 } }
            stages:
              - exec: { command: [sh, -c, 'cat > /dev/null; echo hello'], field: greeting }
              - name: as it was
                exec: { command: [cat], workers: 2 }
            sinks: ndjson:${DIR}/out.ndjson
            """);

    assertThat(account.out()).isEqualTo(5);
    assertThat(lines("out.ndjson"))
        .hasSize(5)
        .allMatch(line -> line.contains("\"greeting\":\"hello\""))
        .noneMatch(line -> line.contains("source_"));
    assertThat(lines("out.ndjson").getFirst()).contains("\"line\":1", "\"n\":1");
  }

  @Test
  void a_program_that_fails_is_a_dead_letter_with_what_it_said() throws Exception {
    var account =
        run(
            """
            source: { generate: { count: 1 } }
            stages:
              - exec: { command: [sh, -c, 'echo out of stock >&2; exit 3'] }
                on_error: { retry: { attempts: 2, first: 1ms }, then: dead_letter }
            sinks: ndjson:${DIR}/out.ndjson
            dead_letters: ndjson:${DIR}/bad.ndjson
            """);

    assertThat(account.deadLettered()).isEqualTo(1);
    assertThat(lines("bad.ndjson").getFirst())
        .contains("ended with status 3: out of stock", "\"attempts\":2");
  }

  @Test
  void a_program_that_does_not_end_is_ended() {
    assertThatThrownBy(() ->
            run(
                """
                source: { generate: { count: 1 } }
                stages:
                  - exec: { command: [sleep, '600'], timeout: 50ms }
                sinks: ndjson:${DIR}/out.ndjson
                """))
        .hasMessageContaining("sleep has not ended within");
  }

  @Test
  void a_service_is_asked_again_when_it_is_busy() throws Exception {
    var asked = new AtomicInteger();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          boolean busy = asked.incrementAndGet() == 1;
          var answer = (busy ? "busy" : "{\"length\":" + body.length() + "}").getBytes(UTF_8);
          exchange.sendResponseHeaders(busy ? 503 : 200, answer.length);
          try (var out = exchange.getResponseBody()) {
            out.write(answer);
          }
        });
    server.start();
    try {
      var account =
          run(
              """
              source: { generate: { count: 3 } }
              stages:
                - name: price
                  http: { url: 'http://localhost:%d/', field: price, workers: 2 }
                  on_error: { retry: { attempts: 3, first: 1ms } }
                - filter: price.length > 0
              sinks: ndjson:${DIR}/out.ndjson
              """
                  .formatted(server.getAddress().getPort()));

      assertThat(account.out()).isEqualTo(3);
      assertThat(asked.get()).isEqualTo(4);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_program_can_be_a_sink() throws Exception {
    run(
        """
        source: { generate: { count: 3 } }
        sinks: { exec: [sh, -c, 'cat >> ${DIR}/out.ndjson'], batch: { size: 2 } }
        """);

    assertThat(lines("out.ndjson")).hasSize(3);
  }

  @Test
  void an_endless_source_is_drained() throws Exception {
    var file =
        parse(
            """
            source: { generate: { every: 1ms } }
            stages:
              - throttle: { items: 1000 }
            sinks: ndjson:${DIR}/out.ndjson
            drain: 10s
            """);
    try (var run = file.open(_ -> {})) {
      run.start();
      while (run.account().in() < 3) {
        Thread.onSpinWait();
      }
      var account = run.drain().account();
      run.close();

      assertThat(account.out()).isEqualTo(account.in());
      assertThat(lines("out.ndjson")).hasSize(Math.toIntExact(account.out()));
    }
  }

  @Test
  void tests_in_the_file_pass_or_say_what_was_other() throws Exception {
    var file =
        parse(
            """
            source: { read: orders.ndjson, format: json }
            stages:
              - filter: total > 0
              - name: price
                http: { url: 'http://localhost:1/', field: price }
                on_error: dead_letter
            sinks: csv:${DIR}/never.csv
            dead_letters: ndjson:${DIR}/never.ndjson
            tests:
              - name: negative totals are filtered
                given: [{ id: 1, total: -5 }, '{"id":2,"total":7}', not json]
                stubs: { price: { cents: 120 } }
                expect: { out: [{ id: 2, price: { cents: 120.0 } }], dead_letters: 1, filtered: 1 }
              - name: this one is wrong
                given: [{ id: 1, total: 5 }]
                stubs: { price: 3 }
                expect: { out: [{ id: 7 }] }
              - name: this one has no stub
                given: [{ id: 1, total: 5 }]
                expect: { dead_letters: [{ stage: price }], out: 0 }
            """);

    var results = file.test();

    assertThat(results).extracting(TestResult::passed).containsExactly(true, false, true);
    assertThat(results.get(1).place()).startsWith("p.yaml:14:");
    assertThat(results.get(1).problems().getFirst()).contains("expected {\"id\":7}, but it was {");
    assertThat(dir.resolve("never.csv")).doesNotExist();
  }

  @Test
  void a_sink_may_not_overwrite_the_source_nor_another_sink() {
    var file = parse("source: { read: '${DIR}/in.ndjson' }\nsinks: 'ndjson:${DIR}/in.ndjson'\n");
    var twice = parse("source: { generate: {} }\nsinks: ['csv:${DIR}/o', 'csv:${DIR}/./o']\n");

    assertThatThrownBy(() -> file.open(_ -> {})).hasMessageContaining("would overwrite it");
    assertThatThrownBy(() -> twice.open(_ -> {})).hasMessageContaining("write the same file");
    assertThat(dir.resolve("in.ndjson")).isNotEmptyFile();
  }

  @Test
  void a_service_that_does_not_answer_is_given_up() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() ->
              run(
                  """
                  source: { generate: { count: 1 } }
                  stages: [{ http: { url: 'http://localhost:%d/', timeout: 100ms } }]
                  sinks: ndjson:${DIR}/out.ndjson
                  """
                      .formatted(silent.getLocalPort())))
          .hasMessageContaining("has not answered within");
    }
  }

  @Test
  void an_input_that_is_not_there_is_told() throws Exception {
    var file = parse("source: { read: '${DIR}/nothing.log' }\nsinks: ndjson:${DIR}/out.ndjson\n");
    try (var run = file.open(_ -> {})) {
      run.start();
      run.await();

      assertThat(run.errors()).singleElement().asString().contains("no such file");
    }
  }
}
