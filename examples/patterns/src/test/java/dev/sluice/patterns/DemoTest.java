package dev.sluice.patterns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DemoTest {
  @ParameterizedTest
  @EnumSource
  void it_tells_a_story_with_an_account_in_less_than_twenty_seconds(Demo demo) throws Exception {
    var out = new ByteArrayOutputStream();
    long start = System.nanoTime();

    demo.run(new PrintStream(out, true, UTF_8), false);

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    assertThat(out.toString(UTF_8))
        .startsWith(demo.id() + ": " + demo.title())
        .contains("account: ")
        .doesNotContain("\033");
  }

  @Test
  void on_a_terminal_everybody_has_a_colour() throws Exception {
    var out = new ByteArrayOutputStream();
    var story = new Story(new PrintStream(out, true, UTF_8), true);

    story.tell("anna", "sends");
    story.tell("ben", "waits");
    story.tell("anna", "is done");

    var lines = out.toString(UTF_8).lines().toList();
    assertThat(lines.get(0)).contains("\033[36manna");
    assertThat(lines.get(1)).contains("\033[33mben");
    assertThat(lines.get(2)).contains("\033[36manna");
  }
}
