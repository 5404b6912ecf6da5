package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.channels.Channel;
import dev.sluice.monitor.Monitor;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is drawn on a real terminal, in windows of several sizes. `script` makes the terminal.
@Timeout(120)
class TerminalIT {
  private static final Path SLUICE = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final Pattern COLOUR = Pattern.compile("\033\\[\\d*m");
  private static final String LINE =
      "203.0.113.7 - - [21/Nov/2026:01:31:07 +0100] \"GET / HTTP/1.1\" 500 12 \"-\" \"curl/8\"\n";

  @TempDir Path dir;

  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void needs_a_terminal() {
    assumeTrue(
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "script"))),
        "no terminal: needs script on the PATH (Debian: bsdutils)");
  }

  @AfterEach
  void nothing_is_left_running() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process onTerminal(int rows, int columns, String command) throws IOException {
    var builder =
        new ProcessBuilder(
                "script",
                "-qec",
                "stty rows %d cols %d; %s".formatted(rows, columns, command),
                "/dev/null")
            .directory(dir.toFile())
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TERM", "xterm");
    builder.environment().put("SHELL", "/bin/sh");
    started.add(builder.start());
    return started.getLast();
  }

  /// Reads until what was shown is as wanted; bounded by the test's own time.
  private static void readUntil(Reader shown, StringBuilder text, Predicate<String> wanted)
      throws IOException {
    var buffer = new char[4096];
    while (!wanted.test(text.toString())) {
      int count = shown.read(buffer);
      assertThat(count).as("it ended after: %s", text).isPositive();
      text.append(buffer, 0, count);
    }
  }

  @ParameterizedTest
  @CsvSource({"24, 80", "40, 160", "8, 40"})
  void top_draws_over_what_it_drew_and_never_beyond_the_window(int rows, int columns)
      throws Exception {
    Channel<String> inbox = Channel.<String>builder().named("inbox").bounded(4);
    var endless = Pipeline.from(Source.of(inbox));
    var running =
        endless
            .map(item -> item)
            .named("price")
            .buffer(64)
            .to("write to the table", item -> {})
            .start();
    var text = new StringBuilder();
    try (var monitor = new Monitor()) {
      var server = MonitorServer.of(monitor).start();
      monitor.watch("orders", running);
      monitor.watch(inbox);
      var top =
          onTerminal(
              rows,
              columns,
              "'%s' top %d --every 100ms 2>/dev/null".formatted(SLUICE, server.port()));
      try (var shown = top.inputReader(UTF_8)) {
        readUntil(shown, text, it -> it.split("\033\\[H", -1).length > 4);
        server.close();
        inbox.close();
        readUntilEnd(shown, text);
      }
      assertThat(top.waitFor(20, SECONDS)).isTrue();
      assertThat(top.exitValue()).isZero();
    }

    var frames = text.toString().split("\033\\[H", -1);
    for (var frame : List.of(frames).subList(1, frames.length - 1)) {
      assertThat(frame).endsWith("\033[J").contains("orders");
      var lines =
          COLOUR
              .matcher(frame.replace("\033[K", "").replace("\033[J", ""))
              .replaceAll("")
              .lines()
              .toList();
      assertThat(lines).hasSizeLessThan(rows).allMatch(line -> line.length() < columns);
    }
  }

  private static void readUntilEnd(Reader shown, StringBuilder text) throws IOException {
    var buffer = new char[4096];
    for (int n = shown.read(buffer); n >= 0; n = shown.read(buffer)) {
      text.append(buffer, 0, n);
    }
  }

  @Test
  void a_run_shows_its_stages_above_its_bar_and_takes_them_away_at_the_end() throws Exception {
    Files.writeString(dir.resolve("app.log"), LINE.repeat(20_000));
    var run =
        onTerminal(
            24,
            80,
            "(cat app.log; while ! test -e go; do sleep 0.05; done) | '%s' logs - --live --to ndjson:out.ndjson"
                .formatted(SLUICE));
    var text = new StringBuilder();
    try (var shown = run.inputReader(UTF_8)) {
      readUntil(shown, text, it -> it.contains("20,000 lines") && it.split("parse", -1).length > 4);
      Files.createFile(dir.resolve("go"));
      readUntilEnd(shown, text);
    }
    assertThat(run.waitFor(20, SECONDS)).isTrue();
    assertThat(run.exitValue()).isZero();
    assertThat(text).containsPattern("\033\\[\\d+A\033\\[J");
    var end = text.substring(text.lastIndexOf("\033[J"));
    assertThat(end).contains("20,000").doesNotContain("starved");
  }
}
