package dev.sluice.races.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.races.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs [ChannelMemory] under jcstress, in JVMs of its own: briefly and as compiled by default, or
/// with `-Psoak` in all modes of compilation.
class MemoryTest {
  private static final boolean LONG = System.getProperty("races.memory", "quick").equals("long");
  private static final int MINUTES = LONG ? 30 : 2;

  @ParameterizedTest
  @EnumSource
  void only_what_the_promises_allow_is_seen(Kind kind) throws Exception {
    var reports = Path.of(System.getProperty("races.reports", "target/jcstress"), kind.name());
    Files.createDirectories(reports);
    var output = reports.resolve("output.txt");
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        "org.openjdk.jcstress.Main", "-r", reports.toString()));
    var property = "-Draces.kind=" + kind;
    command.addAll(
        LONG
            ? List.of("-jvmArgsPrepend", property, "-f", "1", "-iters", "2", "-time", "1000")
            : List.of(
                "-jvmArgs", property, "-f", "1", "-fsm", "1", "-iters", "1", "-time", "300",
                "-sc", "false", "-af", "NONE"));
    var jcstress =
        new ProcessBuilder(command)
            .directory(reports.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(jcstress.waitFor(MINUTES, TimeUnit.MINUTES)).as("ended in time: %s", output).isTrue();
    } finally {
      jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
      jcstress.destroyForcibly();
    }
    var text = Files.readString(output);
    assertThat(text)
        .containsPattern("planned; [1-9]\\d* passed, 0 failed, 0 soft errs, 0 hard errs\\)\\s+RUN RESULTS");
    assertThat(jcstress.exitValue()).as(text).isZero();
    if (!LONG) {
      assertThat(text).contains("(Results: " + count() + " planned; " + count() + " passed,");
    }
  }

  private static long count() throws IOException {
    try (var list = MemoryTest.class.getResourceAsStream("/META-INF/TestList")) {
      return new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8).lines().count();
    }
  }
}
