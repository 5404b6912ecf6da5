package dev.sluice.examples;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the API reads from Kotlin, on the class path and without JSpecify's annotations at hand: its
/// compiler knows what may be null.
class KotlinTest {
  @TempDir Path dir;

  @Test
  void what_may_be_null_has_a_question_mark_and_all_else_has_none() throws Exception {
    var said =
        compile(
            """
            import dev.sluice.channels.Channel

            fun ok(numbers: Channel<Int>): Int {
              val maybe: Int? = numbers.tryReceive()
              val surely: Int = numbers.receive()
              return surely + (maybe ?: 0)
            }
            """,
            ExitCode.OK);

    assertThat(said).doesNotContain("error");
  }

  @Test
  void an_item_that_may_not_be_there_is_no_item() throws Exception {
    assertThat(
            compile(
                """
                import dev.sluice.channels.Channel

                fun bad(numbers: Channel<Int>): Int = numbers.tryReceive()
                """,
                ExitCode.COMPILATION_ERROR))
        .contains("expected 'Int', actual 'Int?'");
  }

  @Test
  void null_is_no_item() throws Exception {
    assertThat(
            compile(
                """
                import dev.sluice.channels.Channel

                fun bad(numbers: Channel<String>) = numbers.trySend(null)
                """,
                ExitCode.COMPILATION_ERROR))
        .containsIgnoringCase("null");
  }

  private String compile(String source, ExitCode expected) throws Exception {
    var file = Files.writeString(dir.resolve("It.kt"), source);
    var bytes = new ByteArrayOutputStream();
    var code =
        new K2JVMCompiler()
            .exec(
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                "-no-stdlib",
                "-no-reflect",
                "-jvm-target",
                "21",
                "-classpath",
                placeOf(Channel.class) + File.pathSeparator + placeOf(kotlin.Unit.class),
                "-d",
                dir.resolve("out").toString(),
                file.toString());
    var said = bytes.toString(StandardCharsets.UTF_8);
    assertThat(code).as(said).isEqualTo(expected);
    return said;
  }

  private static Path placeOf(Class<?> of) throws Exception {
    return Path.of(requireNonNull(of.getProtectionDomain().getCodeSource()).getLocation().toURI());
  }
}
