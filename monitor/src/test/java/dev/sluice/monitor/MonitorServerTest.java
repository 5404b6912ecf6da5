package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.fixtures.Until;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Everything here goes over a real socket.
@Timeout(60)
class MonitorServerTest {
  private static final String TOKEN = "0123456789abcdef";

  private final Monitor monitor = new Monitor();
  private final Channel<Integer> input = Channel.bounded(64);
  private final AtomicLong written = new AtomicLong();
  private final HttpClient client = HttpClient.newHttpClient();
  private Running running;

  @BeforeEach
  void start() {
    running =
        Pipeline.from(Source.of(input))
            .map(Parallel.ordered(2), (Integer i) -> i + 1)
            .named("add \"one\"")
            .to("write", i -> written.incrementAndGet())
            .named("numbers & co")
            .start();
    monitor.watch(running);
  }

  @AfterEach
  void stop() throws Exception {
    monitor.close();
    input.close();
    running.await();
  }

  private HttpResponse<String> get(MonitorServer server, String path) throws Exception {
    var request = HttpRequest.newBuilder(server.page().resolve(path)).build();
    return client.send(request, BodyHandlers.ofString());
  }

  private int post(MonitorServer server, String path) throws Exception {
    var request =
        HttpRequest.newBuilder(server.page().resolve(path))
            .header("X-Sluice", "1")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, BodyHandlers.ofString()).statusCode();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static String status(String answer) {
    return answer.lines().findFirst().orElse("nothing");
  }

  @Test
  void a_snapshot_is_json_and_its_account_balances() throws Exception {
    for (int i = 0; i < 10; i++) {
      input.send(i);
    }
    Until.holds("all are written", () -> written.get() == 10);
    try (var server = MonitorServer.of(monitor).start()) {
      Until.holds(
          "it shows",
          () ->
              json(get(server, "/api/snapshot").body()).at("/pipelines/0/account/out").asInt()
                  == 10);
      var answer = get(server, "/api/snapshot");

      var pipeline = json(answer.body()).at("/pipelines/0");
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(pipeline.at("/name").asString()).isEqualTo("numbers & co");
      assertThat(pipeline.at("/account/balances").asBoolean()).isTrue();
      assertThat(pipeline.at("/stages/1/name").asString()).isEqualTo("add \"one\"");
      assertThat(pipeline.at("/links/0/0").asString()).isEqualTo("source");
      assertThat(json(answer.body()).at("/control").asBoolean()).isFalse();
    }
  }

  @Test
  void metrics_are_in_the_format_of_prometheus() throws Exception {
    try (var server = MonitorServer.of(monitor).start()) {
      var answer = get(server, "/metrics");

      assertThat(answer.headers().firstValue("Content-Type"))
          .contains("text/plain; version=0.0.4; charset=utf-8");
      assertThat(answer.body())
          .contains("# TYPE sluice_stage_in_items_total counter\n")
          .contains("sluice_stage_workers{pipeline=\"numbers & co\",stage=\"add \\\"one\\\"\"} 2\n")
          .contains(
              "sluice_pipeline_items_total{pipeline=\"numbers & co\",outcome=\"dead_lettered\"} 0");
      assertThat(answer.body().lines())
          .allMatch(line ->
              line.startsWith("# ")
                  || line.matches("[a-z_]+\\{([a-z]+=\"([^\"\\\\]|\\\\.)*\",?)*} [-0-9.E]+"));
    }
  }

  @Test
  void numbers_of_another_part_of_the_program_are_among_the_metrics() throws Exception {
    monitor.gauge(
        "kafka_lag_records",
        "Records to come.",
        () -> Map.of(Map.of("topic", "orders", "partition", "3"), 42.0));
    try (var server = MonitorServer.of(monitor).start()) {
      assertThat(get(server, "/metrics").body())
          .contains("# TYPE sluice_kafka_lag_records gauge\n")
          .contains("sluice_kafka_lag_records{partition=\"3\",topic=\"orders\"} 42");
    }
    assertThatThrownBy(() -> monitor.gauge("Lag of it", "x", Map::of))
        .hasMessageContaining("lower-case letters");
  }

  @Test
  void health_tells_an_orchestrator_when_to_send_no_more() throws Exception {
    try (var server = MonitorServer.of(monitor).token(TOKEN).start()) {
      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(200);
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);

      monitor.draining();

      assertThat(get(server, "/health/ready").statusCode()).isEqualTo(503);
      assertThat(get(server, "/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void events_come_at_most_ten_times_a_second_and_are_the_same_for_all() throws Exception {
    try (var server = MonitorServer.of(monitor).start();
        var one = new Wire(server.port());
        var other = new Wire(server.port())) {
      for (var wire : List.of(one, other)) {
        wire.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(wire.readUntil("\r\n\r\n")).contains("text/event-stream");
      }
      var seen = new StringBuilder(one.readUntil("\n\n")); // how soon to come back
      for (int i = 0; i < 12; i++) {
        seen.append(one.readUntil("\n\n"));
      }

      var times =
          seen.toString()
              .lines()
              .filter(line -> line.startsWith("data: "))
              .map(line -> Instant.parse(json(line.substring(6)).at("/at").asString()))
              .toList();
      assertThat(times).hasSize(12);
      for (int i = 1; i < times.size(); i++) {
        assertThat(Duration.between(times.get(i - 1), times.get(i)))
            .isGreaterThan(Duration.ofMillis(90));
      }
      var data = other.readUntil("\n\n") + other.readUntil("\n\n") + other.readUntil("\n\n");
      var event = data.lines().filter(line -> line.startsWith("data: ")).toList().getLast();
      for (int i = 0; i < 300 && seen.indexOf(event) < 0; i++) { // who came later may be ahead
        seen.append(one.readUntil("\n\n"));
      }
      assertThat(seen.toString()).contains(event);
    }
  }

  @Test
  void a_foreign_host_is_refused() throws Exception {
    try (var server = MonitorServer.of(monitor).allowHost("Monitor.example").start()) {
      for (var host :
          List.of(
              "evil.example",
              "localhost.evil.example",
              "10.0.0.1",
              "monitor.example.evil",
              "localhost:80:80",
              "")) {
        for (var path : List.of("/", "/api/snapshot", "/api/events", "/metrics", "/health/live")) {
          assertThat(status(Wire.ask(server.port(), "GET " + path + " HTTP/1.1", "Host: " + host)))
              .as(host)
              .startsWith("HTTP/1.1 421");
        }
      }
      assertThat(status(Wire.ask(server.port(), "GET / HTTP/1.1"))).startsWith("HTTP/1.1 421");
      assertThat(
              status(
                  Wire.ask(
                      server.port(), "GET / HTTP/1.1", "Host: localhost", "Host: evil.example")))
          .startsWith("HTTP/1.1 421");
      for (var host : List.of("localhost", "127.0.0.1:99", "[::1]:99", "monitor.example:80")) {
        assertThat(status(Wire.ask(server.port(), "GET / HTTP/1.1", "Host: " + host)))
            .startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void a_foreign_origin_is_refused() throws Exception {
    try (var server = MonitorServer.of(monitor).allowControl().start()) {
      var host = "Host: localhost:" + server.port();
      for (var origin :
          List.of("https://evil.example", "null", "http://localhost:1", "http://localhost")) {
        for (var method :
            List.of("GET /api/snapshot", "GET /api/events", "POST /api/pipelines/x/pause")) {
          assertThat(
                  status(Wire.ask(server.port(), method + " HTTP/1.1", host, "Origin: " + origin)))
              .startsWith("HTTP/1.1 403");
        }
      }
      assertThat(
              status(
                  Wire.ask(
                      server.port(),
                      "GET /api/snapshot HTTP/1.1",
                      host,
                      "Origin: http://localhost:" + server.port())))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void whoever_brings_no_token_sees_nothing() throws Exception {
    try (var server = MonitorServer.of(monitor).token(TOKEN).allowControl().start()) {
      var host = "Host: localhost";
      for (var path :
          List.of("/", "/app.js", "/api/snapshot", "/api/events", "/metrics", "/nowhere")) {
        for (var proof :
            List.of(
                "X: y",
                "Authorization: Bearer 0123456789abcdeF",
                "Authorization: Bearer ",
                "Authorization: Basic " + TOKEN,
                "Cookie: sluice-" + server.port() + "=",
                "Cookie: sluice-1=" + TOKEN)) {
          assertThat(status(Wire.ask(server.port(), "GET " + path + " HTTP/1.1", host, proof)))
              .as(path + " " + proof)
              .startsWith("HTTP/1.1 401");
        }
      }
      assertThat(get(server, "/?token=wrong").statusCode()).isEqualTo(401);
      assertThat(
              status(
                  Wire.ask(
                      server.port(),
                      "GET /metrics HTTP/1.1",
                      host,
                      "Authorization: Bearer " + TOKEN)))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void a_browser_trades_the_token_in_its_address_for_a_cookie() throws Exception {
    try (var server = MonitorServer.of(monitor).token(TOKEN).start()) {
      assertThat(server.page().getQuery()).isEqualTo("token=" + TOKEN);

      var answer = get(server, server.page().toString());

      assertThat(answer.statusCode()).isEqualTo(303);
      assertThat(answer.headers().firstValue("Location")).contains("/");
      var cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(cookie).contains("HttpOnly").contains("SameSite=Strict");
      assertThat(
              status(
                  Wire.ask(
                      server.port(),
                      "GET / HTTP/1.1",
                      "Host: localhost",
                      "Cookie: a=b; " + cookie.replaceFirst(";.*", ""))))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void beyond_loopback_a_token_is_needed_also_if_none_was_given() throws Exception {
    var everywhere = InetAddress.getByName("0.0.0.0");
    try (var server = MonitorServer.of(monitor).address(everywhere).start()) {
      assertThat(server.page().getQuery()).matches("token=[0-9a-f]{32}");
      assertThat(get(server, "/api/snapshot").statusCode()).isEqualTo(401);
      assertThat(status(Wire.ask(server.port(), "GET /health/live HTTP/1.1", "Host: 10.1.2.3:80")))
          .startsWith("HTTP/1.1 200");
    }
    assertThatThrownBy(() -> MonitorServer.of(monitor).token("short"))
        .hasMessageContaining("at least 16 characters");
  }

  @Test
  void oversized_requests_are_refused() throws Exception {
    try (var server = MonitorServer.of(monitor).allowControl().start()) {
      int port = server.port();
      var host = "Host: localhost";
      assertThat(status(Wire.ask(port, "GET /?" + "x".repeat(3_000) + " HTTP/1.1", host)))
          .startsWith("HTTP/1.1 414");
      assertThat(statusOf(port, "POST /api/x HTTP/1.1", host, "Content-Length: 999999999999"))
          .startsWith("HTTP/1.1 413");
      assertThat(statusOf(port, "POST /api/x HTTP/1.1", host, "Transfer-Encoding: chunked"))
          .startsWith("HTTP/1.1 413");
      assertThat(refused(port, "GET / HTTP/1.1\r\nX: " + "x".repeat(5_000_000))).isTrue();
      assertThat(refused(port, "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(100_000))).isTrue();
      assertThat(refused(port, "GET /" + "x".repeat(5_000_000))).isTrue();
      assertThat(get(server, "/api/snapshot").statusCode()).isEqualTo(200);
    }
  }

  /// The first line of the answer, though what was announced is not sent.
  private static String statusOf(int port, String... lines) throws IOException {
    try (var wire = new Wire(port)) {
      wire.send(String.join("\r\n", lines) + "\r\n\r\n");
      return wire.readUntil("\r\n");
    }
  }

  /// Whether the server closes the connection, with or without an error, before all has been sent.
  private static boolean refused(int port, String head) throws IOException {
    try (var wire = new Wire(port)) {
      wire.send(head);
      wire.send("\r\nHost: localhost\r\n\r\n");
      var answer = wire.readUntil("\r\n");
      return !answer.startsWith("HTTP/1.1 200");
    } catch (java.net.SocketException e) {
      return true; // closed while we were still sending
    }
  }

  @Test
  void who_never_finishes_his_request_keeps_nobody_out_and_is_let_go() throws Exception {
    var halves = new ArrayList<Wire>();
    try (var server = MonitorServer.of(monitor).start()) {
      for (int i = 0; i < 40; i++) {
        var wire = new Wire(server.port());
        halves.add(wire);
        wire.send("GET / HTTP/1.1\r\nHost: loc");
      }

      assertThat(get(server, "/api/snapshot").statusCode()).isEqualTo(200);
      for (var wire : halves) {
        assertThat(ended(wire)).isTrue();
      }
    } finally {
      for (var wire : halves) {
        wire.close();
      }
    }
  }

  private static boolean ended(Wire wire) {
    try {
      return !wire.readAll().startsWith("HTTP/1.1 200");
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // reset
    }
  }

  @Test
  void a_thousand_idle_streams_are_served_if_so_many_are_allowed() throws Exception {
    try (var server = MonitorServer.of(monitor).streams(1_000).start()) {
      var wires = streams(server, 1_010);
      try {
        var served = new ArrayList<Wire>();
        for (var wire : wires) {
          if (wire.readUntil("\r\n").startsWith("HTTP/1.1 200")) {
            served.add(wire);
          }
        }
        assertThat(served).hasSize(1_000);
        assertThat(server.streams()).isEqualTo(1_000);
        assertThat(get(server, "/api/snapshot").statusCode()).isEqualTo(200);
        var last = served.getLast();
        last.readUntil("data: ");
        last.readUntil("data: ");
        assertThat(last.readUntil("\n")).contains("\"pipelines\"");
      } finally {
        for (var wire : wires) {
          wire.close();
        }
      }
      Until.holds("they are noticed to have left", () -> server.streams() == 0);
    }
  }

  @Test
  void more_streams_than_are_allowed_are_turned_away() throws Exception {
    try (var server = MonitorServer.of(monitor).streams(8).start()) {
      var wires = streams(server, 12);
      try {
        int turnedAway = 0;
        for (var wire : wires) {
          turnedAway += wire.readUntil("\r\n").startsWith("HTTP/1.1 503") ? 1 : 0;
        }
        assertThat(turnedAway).isEqualTo(4);
      } finally {
        for (var wire : wires) {
          wire.close();
        }
      }
    }
  }

  private static List<Wire> streams(MonitorServer server, int count) throws IOException {
    var wires = new ArrayList<Wire>();
    for (int i = 0; i < count; i++) {
      var wire = new Wire(server.port());
      wires.add(wire);
      wire.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    return wires;
  }

  @Test
  void without_leave_nothing_can_be_changed() throws Exception {
    try (var server = MonitorServer.of(monitor).start()) {
      assertThat(post(server, "/api/pipelines/numbers%20&%20co/pause")).isEqualTo(403);
      assertThat(running.isPaused()).isFalse();
    }
  }

  @Test
  void with_leave_it_can_be_paused_resumed_resized_and_drained() throws Exception {
    try (var server = MonitorServer.of(monitor).allowControl().start()) {
      var here = "/api/pipelines/numbers%20%26%20co/";
      assertThat(post(server, here + "pause")).isEqualTo(204);
      assertThat(running.isPaused()).isTrue();
      Until.holds(
          "it shows",
          () ->
              json(get(server, "/api/snapshot").body())
                  .at("/pipelines/0/state")
                  .asString()
                  .equals("PAUSED"));
      assertThat(post(server, here + "resume")).isEqualTo(204);
      assertThat(running.isPaused()).isFalse();

      assertThat(post(server, here + "stages/add%20%22one%22/workers/5")).isEqualTo(204);
      assertThat(running.stage("add \"one\"").concurrency()).isEqualTo(5);
      assertThat(post(server, here + "stages/add%20%22one%22/workers/500")).isEqualTo(409);
      assertThat(post(server, here + "stages/write/workers/2")).isEqualTo(409);
      assertThat(post(server, here + "stages/none/workers/2")).isEqualTo(409);
      assertThat(post(server, here + "explode")).isEqualTo(404);
      assertThat(post(server, "/api/pipelines/other/pause")).isEqualTo(404);
      var without =
          HttpRequest.newBuilder(server.page().resolve(here + "pause"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      assertThat(client.send(without, BodyHandlers.ofString()).statusCode()).isEqualTo(403);

      assertThat(post(server, here + "drain")).isEqualTo(204);
      Until.holds("it has ended", running::isDone);
    }
  }

  @Test
  void every_answer_keeps_scripts_and_frames_of_others_out() throws Exception {
    try (var server = MonitorServer.of(monitor).start()) {
      for (var path : List.of("/", "/api/snapshot", "/nowhere", "/app.js")) {
        var headers = get(server, path).headers();
        assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
            .startsWith("default-src 'none'; script-src 'self';")
            .contains("frame-ancestors 'none'")
            .doesNotContain("unsafe");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
      }
    }
  }

  @Test
  void nothing_but_the_page_is_served_of_what_is_on_the_class_path() throws Exception {
    try (var server = MonitorServer.of(monitor).start()) {
      for (var path :
          List.of("/index.html", "/../module-info.class", "/%2e%2e/app.js", "/META-INF/", "/a//")) {
        assertThat(status(Wire.ask(server.port(), "GET " + path + " HTTP/1.1", "Host: localhost")))
            .as(path)
            .startsWith("HTTP/1.1 404");
      }
      assertThat(status(Wire.ask(server.port(), "DELETE / HTTP/1.1", "Host: localhost")))
          .startsWith("HTTP/1.1 405");
    }
  }

  @Test
  void a_taken_port_is_told_in_words() throws Exception {
    try (var server = MonitorServer.of(monitor).start()) {
      assertThatThrownBy(() -> MonitorServer.of(monitor).port(server.port()).start())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen at 127.0.0.1 port " + server.port());
    }
  }

  @Test
  void an_address_on_this_machine_needs_no_token() throws Exception {
    try (var server = MonitorServer.of(monitor).start()) {
      assertThat(server.page()).isEqualTo(URI.create("http://localhost:" + server.port() + "/"));
    }
  }
}
