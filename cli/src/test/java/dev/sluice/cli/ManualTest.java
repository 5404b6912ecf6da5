package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Help, manual pages and completions: one source, three forms.
class ManualTest {
  private final PrintStream standardOut = System.out;
  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path dir;

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

  private String printed(String... args) {
    out.reset();
    assertThat(Main.run(Map.of(), args)).as(err.toString(UTF_8)).isZero();
    return out.toString(UTF_8);
  }

  private static List<String> options() {
    var logs = Objects.requireNonNull(Main.commands(Map.of()).getSubcommands().get("logs"));
    return logs.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .map(option -> option.longestName())
        .toList();
  }

  @Test
  void the_help_has_each_option_once_in_sections_that_fit_a_terminal() {
    var help = printed("logs", "--help");

    assertThat(help)
        .containsSubsequence(
            "\nInput:\n", "\nRecords:\n", "\nOutput:\n", "\nRun:\n", "\nExit status:\n");
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
    for (var option : options()) {
      assertThat(
              help.lines()
                  .filter(line -> line.matches("  (-\\w, |    )" + option + "($|[=\\s\\[].*)")))
          .as(option)
          .hasSize(1);
    }
  }

  @Test
  void all_but_help_and_version_have_a_section_of_their_own() {
    var logs = Objects.requireNonNull(Main.commands(Map.of()).getSubcommands().get("logs"));

    assertThat(OptionSections.GENERAL.of(logs.getCommandSpec()))
        .extracting(option -> option.longestName())
        .containsExactlyInAnyOrder("--help", "--version");
    var names =
        Arrays.stream(OptionSections.values())
            .flatMap(it -> it.of(logs.getCommandSpec()).stream())
            .toList();
    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void the_manual_page_says_what_the_help_says() {
    var page = printed("man", "logs");

    assertThat(page)
        .startsWith(".TH \"SLUICE-LOGS\" 1 \"\" \"sluice ")
        .contains("\n.SH EXAMPLES\n", "\n.SS Records\n");
    for (var option : options()) {
      assertThat(page).contains("\\fB" + option.replace("-", "\\-") + "\\fR");
    }
    assertThat(page).contains("(default: 5s)").doesNotContain("${", "%n", "@|");
  }

  @ParameterizedTest
  @CsvSource({
    "logs",
    "logs generate",
    "queue",
    "queue put",
    "queue work",
    "queue dead",
    "run",
    "run graph",
    "topic",
    "topic create",
    "lab",
    "demo",
    "config",
    "completions",
    "man",
    "''"
  })
  void every_manual_page_is_one_that_troff_reads_without_a_warning(String command)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "needs groff");
    var arguments = command.isEmpty() ? new String[] {"man"} : ("man " + command).split(" ");
    var file = Files.writeString(dir.resolve("page.1"), printed(arguments));

    var process =
        new ProcessBuilder("groff", "-man", "-Tascii", "-ww", "-P-c", file.toString())
            .redirectErrorStream(true)
            .start();
    var shown = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(shown).doesNotContain("warning", "error:");
    assertThat(shown.replaceAll(".\b", "")).contains("NAME", "SYNOPSIS");
  }

  @Test
  void bash_completes_commands_and_options() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/bash")), "needs bash");
    var script = Files.writeString(dir.resolve("complete.bash"), printed("completions", "bash"));

    assertThat(completed(script, "sluice", "lo")).containsExactly("logs");
    assertThat(completed(script, "sluice", "logs", "--sin")).containsExactly("--since");
    assertThat(completed(script, "sluice", "logs", "--re"))
        .contains("--redact", "--rejected", "--report");
    assertThat(completed(script, "sluice", ""))
        .contains("config", "completions", "man")
        .doesNotContain("warm-up");
  }

  private static List<String> completed(Path script, String... words)
      throws IOException, InterruptedException {
    var quoted = Arrays.stream(words).map(word -> "'" + word + "'").toList();
    var command =
        "source '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; _complete_sluice; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(script, String.join(" ", quoted), words.length - 1, String.join(" ", words));
    var process =
        new ProcessBuilder("bash", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var shown = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return shown.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  @Test
  void an_unknown_shell_or_command_gets_a_suggestion() {
    assertThat(Main.run(Map.of(), "completions", "bahs")).isEqualTo(2);
    assertThat(Main.run(Map.of(), "man", "lgos")).isEqualTo(2);

    assertThat(err.toString(UTF_8)).contains("did you mean 'bash'?", "did you mean 'logs'?");
  }

  @Test
  void an_option_with_a_value_that_may_be_left_out_leaves_the_file_behind_it() throws Exception {
    var log =
        Files.writeString(
                dir.resolve("a.json"), "{\"n\":1,\"m\":1}\n{\"n\":1,\"m\":2}\n{\"n\":1,\"m\":2}\n")
            .toString();
    var to = "ndjson:" + dir.resolve("o");
    var rejected = "--rejected=" + dir.resolve("r");

    printed("logs", rejected, "--to", to, "--dedupe", log);
    assertThat(dir.resolve("o")).content().hasLineCount(2);
    printed("logs", rejected, "--to", to, "--dedupe=n", log);
    assertThat(dir.resolve("o")).content().hasLineCount(1);
  }
}
