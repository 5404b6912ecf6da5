package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultsTest {
  private final PrintStream standardOut = System.out;
  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();

  @TempDir Path dir;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
    environment.put("HOME", dir.toString());
  }

  @AfterEach
  void giveBack() {
    System.setOut(standardOut);
    System.setErr(standardError);
  }

  private Path config(String text) throws IOException {
    var file = dir.resolve(".config/sluice/config");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    return Main.run(environment, args);
  }

  private String out() {
    return out.toString(UTF_8);
  }

  private String err() {
    return err.toString(UTF_8);
  }

  private String log() throws IOException {
    return Files.writeString(
            dir.resolve("a.json"), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\noops\n{\"n\":3}\n")
        .toString();
  }

  @Test
  void the_file_gives_defaults_the_environment_better_ones_and_the_command_line_the_last_word()
      throws Exception {
    var log = log();
    config(
        """
        # for all my logs
        where = n >= 2
        format = json
          --rejected = %s
        quiet
        """
            .formatted(dir.resolve("r1")));
    var to = "ndjson:" + dir.resolve("o");

    assertThat(run("logs", log, "--to", to)).as(err()).isZero();
    assertThat(err()).contains("3 written + 1 filtered + 1 rejected (" + dir.resolve("r1") + ")");
    assertThat(dir.resolve("r1")).exists();

    environment.put("SLUICE_WHERE", "n == 1");
    assertThat(run("logs", log, "--to", to)).isZero();
    assertThat(err()).contains("1 written + 3 filtered");

    assertThat(run("logs", log, "--to", to, "--where", "true")).isZero();
    assertThat(err()).contains("4 written + 0 filtered").doesNotContain("lines match");
  }

  @Test
  void what_may_be_repeated_has_a_line_each_and_the_command_line_replaces_all_of_them()
      throws Exception {
    var log = log();
    config(
        "to = ndjson:%s\nto = csv:%s\nfields = n, line\nrejected = %s\n"
            .formatted(dir.resolve("a"), dir.resolve("b"), dir.resolve("r")));

    assertThat(run("logs", log)).as(err()).isZero();
    assertThat(dir.resolve("a")).content().startsWith("{\"n\":1,\"line\":1}\n");
    assertThat(dir.resolve("b")).content().startsWith("n,line\n1,1\n");

    Files.delete(dir.resolve("a"));
    assertThat(run("logs", log, "--to", "ndjson:" + dir.resolve("c"), "--fields", "line")).isZero();
    assertThat(dir.resolve("a")).doesNotExist();
    assertThat(dir.resolve("c")).content().startsWith("{\"line\":1}\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fromat = json      | config:2: unknown option 'fromat'; did you mean 'format'?
          config = x         | config:2: unknown option 'config'
          parsers            | config:2: parsers has no value; write parsers = ...
          quiet = perhaps    | config:2: --quiet is true or false, but was 'perhaps'
          parsers = many     | config:2: invalid value for option '--parsers'
          format = jsno      | unknown format 'jsno'; did you mean 'json'?
          where = n >        | the expression ends too early
          """)
  void what_is_wrong_in_the_file_is_told_with_its_line(String line, String message)
      throws Exception {
    config("# mine\n" + line + "\n");

    assertThat(run("logs", log(), "--to", "ndjson:" + dir.resolve("o"))).isEqualTo(2);
    assertThat(err())
        .contains(message)
        .contains("Try 'sluice logs --help'.")
        .doesNotContain("\tat ");
  }

  @Test
  void an_option_that_cannot_be_repeated_is_not_in_the_file_twice() throws Exception {
    config("parsers = 1\nparsers = 2\n");

    assertThat(run("logs", log())).isEqualTo(2);
    assertThat(err()).contains("config:2: parsers is given twice");
  }

  @Test
  void another_file_can_be_named_and_must_then_exist() throws Exception {
    config("where = false\n");
    var other = Files.writeString(dir.resolve("other"), "rejected = " + dir.resolve("r") + "\n");
    var to = "ndjson:" + dir.resolve("o");

    assertThat(run("logs", log(), "--to", to, "--config", other.toString())).as(err()).isZero();
    assertThat(err()).contains("4 written + 0 filtered");

    assertThat(run("logs", log(), "--config=" + dir.resolve("none"))).isEqualTo(2);
    assertThat(err()).contains("none: no such configuration file");

    environment.put("SLUICE_CONFIG", dir.toString());
    assertThat(run("logs", log())).isEqualTo(2);
    assertThat(err()).contains("cannot read the configuration").doesNotContain("Exception");
  }

  @Test
  void a_wrong_value_in_the_environment_names_the_variable() throws Exception {
    environment.put("SLUICE_BUFFER", "lots");

    assertThat(run("logs", log())).isEqualTo(2);
    assertThat(err()).contains("SLUICE_BUFFER: invalid value for option '--buffer'");
  }

  @Test
  void config_tells_each_value_and_where_it_is_from() throws Exception {
    var file = config("to = postgresql://ann:hunter2@db/x\nto = csv:b\n");
    environment.put("SLUICE_PARSERS", "3");
    environment.put("SLUICE_FROMAT", "json");
    environment.put("SLUICE_JAVA_OPTS", "-Xmx1g");

    assertThat(run("config")).as(err()).isZero();

    assertThat(out())
        .contains("configuration file: " + file)
        .containsPattern("(?m)^to +postgresql://ann:\\*\\*\\*@db/x +" + file + ":1$")
        .containsPattern("(?m)^to +csv:b +" + file + ":2$")
        .containsPattern("(?m)^parsers +3 +SLUICE_PARSERS$")
        .containsPattern("(?m)^drain-timeout +5s +built in$")
        .contains("SLUICE_FROMAT is no option; did you mean 'SLUICE_FORMAT'?")
        .doesNotContain("hunter2", "JAVA_OPTS");
  }

  @Test
  void config_tells_of_a_file_that_is_not_there() {
    assertThat(run("config")).isZero();

    assertThat(out()).contains("/.config/sluice/config (not there)");
  }

  @Test
  void a_broken_file_does_not_keep_other_commands_from_working() throws Exception {
    config("nonsense\n");

    assertThat(run("--help")).isZero();
    assertThat(run("completions", "bash")).isZero();
  }
}
