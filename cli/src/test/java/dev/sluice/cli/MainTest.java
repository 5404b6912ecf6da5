package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.logs.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
  private final PrintStream standardOut = System.out;
  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
  }

  @AfterEach
  void giveBack() {
    System.setOut(standardOut);
    System.setErr(standardError);
  }

  @Test
  void the_version_is_the_builds_however_it_is_asked_for() {
    assertThat(Main.run(Map.of(), "--version")).isZero();
    assertThat(Main.run(Map.of(), "-V")).isZero();

    assertThat(out.toString(UTF_8).lines())
        .hasSize(2)
        .allMatch(line -> line.matches("sluice \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"));
  }

  @Test
  void help_names_the_commands_but_not_the_hidden_one() {
    assertThat(Main.run(Map.of(), "--help")).isZero();

    assertThat(out.toString(UTF_8)).contains("Usage: sluice", "help").doesNotContain("warm-up");
  }

  @Test
  void no_command_is_wrong_usage_and_gets_the_help() {
    assertThat(Main.run(Map.of())).isEqualTo(2);

    assertThat(err.toString(UTF_8))
        .startsWith("Usage: sluice")
        .endsWith("sluice: missing command%nTry 'sluice --help'.%n".formatted());
  }

  @Test
  void an_unknown_command_is_wrong_usage_and_gets_a_suggestion() {
    assertThat(Main.run(Map.of(), "hlep")).isEqualTo(2);

    assertThat(err.toString(UTF_8))
        .isEqualToNormalizingNewlines(
            "sluice: unknown command 'hlep'; did you mean 'help'?\nTry 'sluice --help'.\n");
  }

  @Test
  void an_unknown_option_is_wrong_usage_and_gets_a_suggestion() {
    assertThat(Main.run(Map.of(), "--versoin")).isEqualTo(2);

    assertThat(err.toString(UTF_8))
        .startsWith("sluice: unknown option '--versoin'; did you mean '--version'")
        .doesNotContain("Exception");
  }

  @Test
  void what_a_terminal_would_obey_is_not_repeated_to_it() {
    Main.run(Map.of(), "\u001B[31mred\u009B");

    assertThat(err.toString(UTF_8)).contains("red").doesNotContain("\u001B", "\u009B");
  }

  @Test
  void a_stack_trace_is_shown_only_on_demand() {
    Main.run(Map.of(), "hlep");
    assertThat(err.toString(UTF_8)).doesNotContain("\tat ");

    Main.run(Map.of("SLUICE_DEBUG", "1"), "hlep");
    assertThat(err.toString(UTF_8)).contains("\tat ");
  }

  @Test
  void what_cannot_be_done_as_asked_is_wrong_usage() {
    assertThat(failing(new UsageException("buffer must be at least 1, but was 0"))).isEqualTo(2);

    assertThat(err.toString(UTF_8))
        .isEqualToNormalizingNewlines(
            "sluice fail: buffer must be at least 1, but was 0\nTry 'sluice fail --help'.\n");
  }

  @Test
  void trouble_with_a_file_names_the_file_and_the_trouble() {
    failing(new NoSuchFileException("a.log"));
    failing(new AccessDeniedException("b.log"));
    failing(new UncheckedIOException(new FileSystemException("c.log", null, "is a directory")));
    failing(new IOException("no space left on device"));

    assertThat(err.toString(UTF_8))
        .isEqualToNormalizingNewlines(
            """
            sluice fail: a.log: no such file or directory
            sluice fail: b.log: permission denied
            sluice fail: c.log: is a directory
            sluice fail: no space left on device
            """);
  }

  @Test
  void a_defect_says_how_to_see_more_of_it() {
    assertThat(failing(new IllegalStateException())).isEqualTo(1);

    assertThat(err.toString(UTF_8))
        .startsWith("sluice fail: IllegalStateException")
        .contains("SLUICE_DEBUG=1")
        .doesNotContain("\tat ");
  }

  @Test
  void running_out_of_memory_says_how_to_allow_more() {
    assertThat(failing(new OutOfMemoryError("Java heap space"))).isEqualTo(1);

    assertThat(err.toString(UTF_8)).contains("MB of heap", "SLUICE_JAVA_OPTS=-Xmx");
  }

  private static int failing(Throwable failure) {
    var commands = Main.commands(Map.of());
    commands.addSubcommand(new CommandLine(new Fail(failure)));
    return Main.run(commands, false, "fail");
  }

  @Command(name = "fail")
  private record Fail(Throwable failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      if (failure instanceof Exception e) {
        throw e;
      }
      throw (Error) failure;
    }
  }
}
