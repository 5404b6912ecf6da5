package dev.sluice.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The sample as a process of its own.
@Timeout(300)
class OrdersApplicationTest {
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  private static final String READY = "\"readinessState\":{\"status\":\"UP\"}";

  @TempDir Path dir;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> said = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // by start
  private Process process;

  @SuppressWarnings("NullAway.Init") // by start
  private BufferedReader output;

  private int port;
  private int managementPort;

  @Test
  void it_serves_health_and_stores_every_order_though_it_is_told_to_end() throws Exception {
    start(dir.resolve("orders.txt"));

    assertThat(get("/actuator/health/readiness")).contains("\"status\":\"UP\"");
    assertThat(get("/actuator/health/liveness")).contains("\"status\":\"UP\"");
    assertThat(get("/actuator/health"))
        .contains("\"sluice\":")
        .contains("\"orders\":{\"state\":\"RUNNING\"");
    for (int i = 0; i < 200; i++) {
      post("order " + i);
    }
    process.toHandle().destroy(); // SIGTERM; what it still says can be read
    awaitEnd();

    assertThat(Files.readAllLines(dir.resolve("orders.txt")))
        .containsExactlyElementsOf(IntStream.range(0, 200).mapToObj(i -> "order " + i).toList());
    assertThat(said)
        .anyMatch(line -> line.contains("pipeline orders has ended: Account[in=200, out=200,"));
    assertThat(get("/actuator/health", managementPort)).isEqualTo("none");
  }

  @Test
  void while_it_drains_it_is_not_ready_and_says_so() throws Exception {
    var pipe = dir.resolve("slow.fifo");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    start(pipe);
    post("tea"); // its writer waits until somebody reads

    process.toHandle().destroy(); // SIGTERM; what it still says can be read
    while (get("/actuator/health/readiness").contains("UP")) {
      Thread.onSpinWait();
    }

    assertThat(get("/actuator/health")).contains("\"orders\":{\"state\":\"DRAINING\"");
    try (var reader = FileChannel.open(pipe, StandardOpenOption.READ)) {
      var bytes = ByteBuffer.allocate(100);
      while (reader.read(bytes) >= 0 && bytes.position() < 4) {
        Thread.onSpinWait();
      }
      assertThat(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8))
          .isEqualTo("tea\n");
    }
    awaitEnd();
  }

  private void start(Path file) throws Exception {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OrdersApplication.class.getName(),
                "--server.port=0",
                "--management.server.port=0",
                "--spring.lifecycle.timeout-per-shutdown-phase=90s",
                "--sluice.drain-timeout=60s",
                "--orders.file=" + file)
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .start();
    output = process.inputReader();
    port = awaitPort();
    managementPort = awaitPort();
    awaitLine(Pattern.compile("Started OrdersApplication"));
    while (!get("/actuator/health/readiness").contains(READY)) {
      Thread.onSpinWait(); // it has said so a moment before
    }
  }

  private int awaitPort() throws IOException {
    return Integer.parseInt(
        PORT.matcher(awaitLine(PORT)).results().findFirst().orElseThrow().group(1));
  }

  private String awaitLine(Pattern wanted) throws IOException {
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      said.add(line);
      if (wanted.matcher(line).find()) {
        return line;
      }
    }
    throw new AssertionError("it ended, and said\n" + String.join("\n", said));
  }

  private void awaitEnd() throws Exception {
    output.lines().forEach(said::add);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join("\n", said)).isEqualTo(128 + 15);
  }

  private void post(String order) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders"))
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString(order))
            .build();
    assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private String get(String path) throws Exception {
    return get(path, managementPort);
  }

  private String get(String path, int from) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + from + path))
            .timeout(Duration.ofSeconds(60))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "none"; // it has ended
    }
  }

  @AfterEach
  void leaveNothingBehind() {
    process.destroyForcibly();
  }
}
