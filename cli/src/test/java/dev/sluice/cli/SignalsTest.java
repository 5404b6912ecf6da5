package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fixtures.IgnoredSignals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Signals go to whole processes, so a process of its own receives them here.
@Timeout(30)
class SignalsTest {

  @ParameterizedTest
  @CsvSource({"HUP, 1, 129", "INT, 2, 130", "TERM, 15, 143"})
  void the_first_signal_tells_what_it_is(String name, int number, int status) throws Exception {
    IgnoredSignals.assumeNone(name);
    try (var program = Program.started()) {
      program.signal(name);

      assertThat(program.says()).isEqualTo("first %s %d %d".formatted(name, number, status));
    }
  }

  @Test
  void the_second_signal_goes_to_the_other_listener_and_a_third_to_none() throws Exception {
    IgnoredSignals.assumeNone("INT", "TERM");
    try (var program = Program.started()) {
      program.signal("INT");
      assertThat(program.says()).isEqualTo("first INT 2 130");

      program.signal("TERM");
      assertThat(program.says()).isEqualTo("second TERM 15 143");

      program.signal("HUP");
      program.tell("close");
      assertThat(program.says()).isEqualTo("closed");
    }
  }

  @Test
  void after_close_a_signal_ends_the_program_again() throws Exception {
    IgnoredSignals.assumeNone("TERM");
    try (var program = Program.started()) {
      program.tell("close");
      assertThat(program.says()).isEqualTo("closed");

      program.signal("TERM");

      assertThat(program.exitStatus()).isEqualTo(143);
    }
  }

  @Test
  void a_signal_that_was_ignored_from_the_start_stays_ignored() throws Exception {
    IgnoredSignals.assumeNone("TERM");
    try (var program = Program.startedBy("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")) {
      program.signal("HUP");
      program.signal("TERM");

      assertThat(program.says()).isEqualTo("first TERM 15 143");
    }
  }

  /// Another process that reports its signals.
  ///
  /// @param lines what it has said and nobody has looked at yet
  private record Program(Process process, BlockingQueue<String> lines) implements AutoCloseable {

    static Program started() throws Exception {
      return startedBy();
    }

    static Program startedBy(String... before) throws Exception {
      var command = new ArrayList<>(List.of(before));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp"));
      command.add(System.getProperty("java.class.path"));
      command.add(Reporter.class.getName());
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var lines = new LinkedBlockingQueue<String>();
      var output = process.inputReader(UTF_8);
      Thread.startVirtualThread(() -> {
        try {
          output.lines().forEach(lines::add);
        } catch (UncheckedIOException e) {
          lines.add("its output broke off: " + e.getMessage());
        }
      });
      var program = new Program(process, lines);
      assertThat(program.says()).isEqualTo("ready");
      return program;
    }

    void signal(String name) throws IOException, InterruptedException {
      var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      assertThat(kill.waitFor()).isZero();
    }

    void tell(String word) throws IOException {
      process.outputWriter(UTF_8).append(word).append('\n').flush();
    }

    /// What it says next, for which it has 20 s.
    String says() throws InterruptedException {
      var line = lines.poll(20, TimeUnit.SECONDS);
      return line == null ? "nothing" : line;
    }

    int exitStatus() throws InterruptedException {
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /// What the other process runs.
  static final class Reporter {
    public static void main(String[] args) throws IOException {
      var signals =
          Signals.listen(
              signal -> System.out.println("first " + words(signal)),
              signal -> System.out.println("second " + words(signal)));
      System.out.println("ready");
      if (System.in.read() < 0) {
        return;
      }
      signals.close();
      System.out.println("closed");
      while (System.in.read() >= 0) {
        // until this process is ended
      }
    }

    private static String words(Signals.Signal signal) {
      return "%s %d %d".formatted(signal.name(), signal.number(), signal.exitStatus());
    }
  }
}
