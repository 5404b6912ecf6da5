package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  private final StringWriter errors = new StringWriter();

  private int run(String... args) {
    return Main.run(Main.commands(Map.of()).setErr(new PrintWriter(errors, true)), false, args);
  }

  private String output(String... args) {
    var stdout = System.out;
    var out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      assertThat(run(args)).isZero();
    } finally {
      System.setOut(stdout);
    }
    return out.toString(UTF_8);
  }

  @Test
  void the_list_is_a_name_a_line_and_nothing_else() {
    assertThat(output("demo", "--list").lines())
        .containsExactly(
            "coroutine",
            "queue",
            "lock",
            "pipeline",
            "streaming",
            "basic",
            "priority",
            "logs",
            "sentinel",
            "multi-producer",
            "async",
            "bounded",
            "stealing",
            "fan-out",
            "fan-in");
  }

  @Test
  void a_demo_tells_who_does_what_and_the_account() {
    assertThat(output("demo", "sentinel"))
        .contains("consumer 1", "producer", "account: sent 9 = received 9")
        .doesNotContain("\033");
  }

  @Test
  void a_name_that_is_unknown_is_wrong_usage() {
    assertThat(run("demo", "streeming")).isEqualTo(2);

    assertThat(errors.toString())
        .contains("there is no demo 'streeming'", "did you mean", "streaming");
  }

  @Test
  void no_name_at_all_is_answered_with_the_names() {
    assertThat(run("demo")).isEqualTo(2);

    assertThat(errors.toString()).contains("name one of: coroutine, queue, ");
  }
}
