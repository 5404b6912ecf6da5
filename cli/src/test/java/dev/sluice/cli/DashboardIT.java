package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `sluice logs --dashboard` as a person runs it.
@Timeout(60)
class DashboardIT {
  private static final Path SLUICE = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final String LINE =
      "203.0.113.7 - - [21/Nov/2026:01:31:07 +0100] \"GET / HTTP/1.1\" 500 12 \"-\" \"curl/8\"\n";

  @TempDir Path dir;

  private final List<Process> started = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void nothing_is_left_running() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process start(String... options) throws IOException {
    var command = new ArrayList<>(List.of(SLUICE.toString(), "logs"));
    command.addAll(List.of(options));
    var process = new ProcessBuilder(command).directory(dir.toFile()).start();
    started.add(process);
    return process;
  }

  private JsonNode snapshot(URI page) throws Exception {
    var request = HttpRequest.newBuilder(page.resolve("api/snapshot")).build();
    return JsonMapper.shared().readTree(client.send(request, BodyHandlers.ofString()).body());
  }

  @Test
  void it_shows_its_run_on_a_page() throws Exception {
    var process = start("-", "--dashboard", "--to", "ndjson:out.ndjson");
    try (var errors = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      // The launcher may need to be told a line before it knows the format.
      var input = process.getOutputStream();
      input.write(LINE.repeat(5_000).getBytes(UTF_8));
      input.flush();
      var told = errors.readLine();
      while (told != null && !told.contains("dashboard at ")) {
        told = errors.readLine();
      }
      assertThat(told).isNotNull();
      var page = URI.create(told.replaceFirst(".*dashboard at ", ""));

      var run = snapshot(page).at("/pipelines/0");
      assertThat(page.getHost()).isEqualTo("localhost");
      while (run.at("/account/out").asInt() == 0) { // bounded by the test's own time
        run = snapshot(page).at("/pipelines/0");
      }
      assertThat(run.at("/name").asString()).isEqualTo("logs");
      assertThat(run.at("/stages").valueStream().map(stage -> stage.at("/name").asString()))
          .contains("parse", "ndjson:out.ndjson");
      assertThat(run.at("/account/balances").asBoolean()).isTrue();

      input.close();
      assertThat(process.waitFor(20, SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
  }

  @Test
  void a_port_that_is_none_is_told_in_words() throws Exception {
    var process = start("-", "--dashboard=http");
    process.getOutputStream().close();

    var errors = new String(process.getErrorStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(errors).contains("--dashboard: not a port: 'http'").doesNotContain("\tat ");
  }
}
