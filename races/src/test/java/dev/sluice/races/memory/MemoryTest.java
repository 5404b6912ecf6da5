package dev.sluice.races.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.races.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs [ChannelMemory] under jcstress, in JVMs of its own: by default the most telling tests,
/// briefly, in one mode; with `-Psoak` all of them in all modes of compilation.
class MemoryTest {
  private static final boolean LONG = System.getProperty("races.memory", "quick").equals("long");
  private static final int MINUTES = LONG ? 60 : 3;
  private static final List<String> QUICK =
      List.of(
          "Publication",
          "ThreeThroughRoomForOne",
          "TwoSendersForOnePlace",
          "TwoReceiversForOneItem",
          "NeverFullWhenEmpty",
          "SendOrClose");

  @ParameterizedTest
  @MethodSource("kinds")
  void only_what_the_promises_allow_is_seen(Kind kind) throws Exception {
    var reports = Path.of(System.getProperty("races.reports", "target/jcstress"), kind.name());
    Files.createDirectories(reports);
    var output = reports.resolve("output.txt");
    var jcstress =
        new ProcessBuilder(command(kind, reports))
            .directory(reports.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(jcstress.waitFor(MINUTES, TimeUnit.MINUTES)).as("ends; see %s", output).isTrue();
    } finally {
      jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
      jcstress.destroyForcibly();
    }
    var text = Files.readString(output);
    int tests = LONG ? ChannelMemory.class.getClasses().length : QUICK.size();
    assertThat(results(text)).as(text).hasSizeGreaterThanOrEqualTo(2);
    assertThat(Integer.parseInt(results(text).getFirst())).as(text).isGreaterThanOrEqualTo(tests);
    assertThat(results(text).get(1)).as(text).isEqualTo(results(text).getFirst());
    assertThat(text).containsPattern(", 0 failed, 0 soft errs, 0 hard errs\\)\\s+RUN RESULTS");
    assertThat(jcstress.exitValue()).as(text).isZero();
  }

  /// Those without a lock of the JDK's around all they do; with `-Psoak` all that have a capacity.
  static Stream<Kind> kinds() {
    return LONG ? Arrays.stream(Kind.values()).filter(Kind::isBounded) : Stream.of(Kind.BOUNDED);
  }

  private static List<String> command(Kind kind, Path reports) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main"));
    var options =
        LONG
            ? "-f 1 -fsm 1 -iters 1 -time 500 -jvmArgsPrepend"
            : "-f 1 -fsm 1 -iters 1 -time 300 -sc false -af NONE -t [.$]("
                + String.join("|", QUICK)
                + ")$ -jvmArgs";
    command.addAll(Arrays.asList(options.split(" ")));
    command.addAll(List.of("-Draces.kind=" + kind, "-r", reports.toString()));
    return command;
  }

  /// How many were planned and how many passed, as the last line of progress tells.
  private static List<String> results(String text) {
    var last = text.substring(Math.max(0, text.lastIndexOf("(Results: ")));
    return Arrays.stream(last.split("\\D+", 4)).skip(1).limit(2).toList();
  }
}
