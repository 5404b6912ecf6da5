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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files that are run: with real files, programs and a service.
@Timeout(120)
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

  @Test
  void what_a_field_says_takes_its_place() throws Exception {
    Files.write(
        dir.resolve("app.ndjson"),
        List.of(
            "{\"pod\":\"a\",\"log\":\"10.0.0.1 - - [10/Oct/2026:13:55:36 +0000] \\\"GET / HTTP/1.1\\\" 503 7\"}",
            "{\"pod\":\"b\",\"log\":\"10.0.0.1 - - [10/Oct/2026:13:55:37 +0000] \\\"GET / HTTP/1.1\\\" 200 7\"}",
            "{\"pod\":\"c\",\"log\":\"no access\"}",
            "{\"pod\":\"d\"}"));

    var account =
        run(
            """
            source: { read: '${DIR}/app.ndjson', format: json }
            stages:
              - parse: { field: log, format: common }
                on_error: dead_letter
              - filter: status >= 500
            sinks: ndjson:${DIR}/out.ndjson
            dead_letters: ndjson:${DIR}/bad.ndjson
            """);

    assertThat(account).isEqualTo(new Account(4, 1, 1, 0, 2, 0, 0));
    assertThat(lines("out.ndjson"))
        .singleElement()
        .asString()
        .contains("\"line\":1", "2026-10-10T13:55:36", "\"pod\":\"a\"", "\"status\":503")
        .doesNotContain("\"log\"");
    assertThat(lines("bad.ndjson"))
        .hasSize(2)
        .anyMatch(line -> line.contains("\"line\":3") && line.contains("log: "))
        .anyMatch(line -> line.contains("there is no field 'log'"));
  }

  @Test
  void records_that_are_equal_are_left_out() throws Exception {
    Files.write(
        dir.resolve("in.ndjson"),
        List.of(
            "{\"id\":1,\"at\":1}",
            "{\"id\":2,\"at\":2}",
            "{\"id\":1,\"at\":3}",
            "{\"id\":2,\"at\":2}"));

    var byField =
        run(
            """
            source: { read: '${DIR}/in.ndjson', format: json }
            stages: [{ dedupe: { by: id } }]
            sinks: ndjson:${DIR}/out.ndjson
            """);
    var whole =
        run(
            """
            source: { read: '${DIR}/in.ndjson', format: json }
            stages: [{ dedupe: {} }]
            sinks: ndjson:${DIR}/whole.ndjson
            """);

    assertThat(byField).isEqualTo(new Account(4, 2, 2, 0, 0, 0, 0));
    assertThat(lines("out.ndjson")).hasSize(2).allMatch(line -> line.matches(".*\"at\":[12]}"));
    assertThat(whole.filtered()).isEqualTo(1);
  }

  @Test
  void calls_about_the_same_key_are_made_one_after_the_other_and_others_at_once() throws Exception {
    Files.write(
        dir.resolve("in.ndjson"),
        IntStream.range(0, 200)
            .mapToObj(i -> "{\"n\":%d,\"of\":{\"who\":%d}}".formatted(i, i % 10))
            .toList());
    var last = new ConcurrentHashMap<Long, Long>();
    var wrong = new ConcurrentLinkedQueue<String>();
    var asking = ConcurrentHashMap.<Long>newKeySet();
    var together = new CountDownLatch(1);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Thread::startVirtualThread);
    server.createContext(
        "/",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          var numbers = Pattern.compile("\"n\":(\\d+).*\"who\":(\\d+)").matcher(body);
          assertThat(numbers.find()).isTrue();
          long n = Long.parseLong(numbers.group(1));
          long who = Long.parseLong(numbers.group(2));
          if (!asking.add(who)) {
            wrong.add(who + " is asked about twice at once");
          }
          var before = last.put(who, n);
          if (before != null && before > n) {
            wrong.add(n + " came after " + before);
          }
          if (asking.size() > 1) {
            together.countDown();
          }
          try {
            together.await(10, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            wrong.add("interrupted");
          }
          asking.remove(who);
          exchange.sendResponseHeaders(200, 2);
          try (var out = exchange.getResponseBody()) {
            out.write("{}".getBytes(UTF_8));
          }
        });
    server.start();
    try {
      var account =
          run(
              """
              source: { read: '${DIR}/in.ndjson', format: json }
              stages:
                - http: { url: 'http://localhost:%d/', field: answer, workers: 4, key: of.who }
              sinks: ndjson:${DIR}/out.ndjson
              """
                  .formatted(server.getAddress().getPort()));

      assertThat(account.out()).isEqualTo(200);
      assertThat(wrong).isEmpty();
      assertThat(together.getCount()).isZero();
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_program_under_way_does_not_hear_ctrl_c() throws Exception {
    var account =
        run(
            """
            source: { generate: { count: 1 } }
            stages:
              - exec: { command: [sh, -c, 'kill -INT $$; cat'] }
            sinks: ndjson:${DIR}/out.ndjson
            """);

    assertThat(account.out()).isEqualTo(1);
  }

  @Test
  void what_a_program_has_started_is_ended_with_it() throws Exception {
    // However slow the machine is, one attempt comes as far as to wait; the next one ends.
    var account =
        run(
            """
            source: { generate: { count: 1 } }
            stages:
              - exec:
                  command:
                    - sh
                    - -c
                    - if [ -s ${DIR}/pid ]; then cat; else sleep 600 & echo $! > ${DIR}/pid; wait; fi
                  timeout: 1s
                on_error: { retry: { attempts: 50, first: 1ms } }
            sinks: ndjson:${DIR}/out.ndjson
            """);

    assertThat(account.out()).isEqualTo(1);
    long child = Long.parseLong(lines("pid").getFirst());
    var handle = ProcessHandle.of(child);
    if (handle.isPresent()) {
      handle.get().onExit().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_program_that_there_is_not_is_named() {
    assertThatThrownBy(() ->
            run(
                """
                source: { generate: { count: 1 } }
                stages: [{ exec: { command: [no-such-program] } }]
                sinks: ndjson:${DIR}/out.ndjson
                """))
        .hasMessageContainingAll("no-such-program", "not found");
  }

  @Test
  void nothing_tells_the_password_of_a_service() throws Exception {
    int port;
    try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }

    assertThatThrownBy(() ->
            run(
                """
                source: { generate: { count: 1 } }
                stages: [{ http: { url: 'http://me:hush@localhost:%d/?key=hush' } }]
                sinks: ndjson:${DIR}/out.ndjson
                """
                    .formatted(port)))
        .message()
        .startsWith("localhost:" + port)
        .doesNotContain("hush");
  }

  @Test
  void a_test_waits_for_no_retry() throws Exception {
    var results =
        parse(
                """
                source: { generate: {} }
                stages:
                  - exec: { command: [cat] }
                    on_error: { retry: { attempts: 5, first: 1h, most: 1h }, then: dead_letter }
                sinks: csv:${DIR}/never.csv
                dead_letters: ndjson:${DIR}/never.ndjson
                tests:
                  - name: nobody answers
                    given: [{ n: 1 }]
                    expect: { dead_letters: [{ attempts: 5 }] }
                """)
            .test();

    assertThat(results).extracting(TestResult::problems).containsExactly(List.of());
  }
}
