package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `sluice lab` as a program of its own, which a signal ends.
@Timeout(60)
class LabCommandTest {

  @Test
  void it_prints_where_the_page_is_and_ends_on_a_signal() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.cli.Main",
                "lab",
                "--no-browser")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        var client = HttpClient.newHttpClient()) {
      var page = out.readLine();
      assertThat(page).matches("http://localhost:\\d+/");
      var answer =
          client.send(HttpRequest.newBuilder(URI.create(page)).build(), BodyHandlers.ofString());
      assertThat(answer.body()).contains("<title>Sluice lab</title>");

      process.destroy(); // SIGTERM; Ctrl-C is dealt with likewise

      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void what_is_no_port_is_wrong_usage() {
    var errors = new StringWriter();
    var commands = Main.commands(Map.of()).setErr(new PrintWriter(errors, true));

    assertThat(Main.run(commands, false, "lab", "--port=70000", "--no-browser")).isEqualTo(2);

    assertThat(errors.toString()).contains("a port is from 0 to 65535, but was 70000");
  }

  @Test
  void a_port_that_is_taken_is_named() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var errors = new StringWriter();
      var commands = Main.commands(Map.of()).setErr(new PrintWriter(errors, true));

      assertThat(Main.run(commands, false, "lab", "--port=" + taken.getLocalPort(), "--no-browser"))
          .isEqualTo(1);

      assertThat(errors.toString())
          .contains("cannot listen at", "port " + taken.getLocalPort(), "name another port");
    }
  }
}
