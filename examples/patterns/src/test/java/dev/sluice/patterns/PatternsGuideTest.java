package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The guide's tables have a row for every pattern, and what each links is there.
class PatternsGuideTest {
  private static final List<String> PARTS =
      List.of(
          "roles",
          "sync",
          "buffer",
          "close",
          "register",
          "join",
          "shutdown",
          "backpressure",
          "overflow",
          "errors",
          "monitor");

  private static final List<String> SYSTEMS =
      List.of(
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

  private static final List<String> USES =
      List.of(
          "task queue",
          "log processing",
          "event streaming",
          "data pipeline",
          "message queue",
          "playground");

  private static final Path GUIDE = Path.of("../../docs/guide/patterns.md");
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| ([a-z -]+) \\| \\[\\w+]\\(([^)]+)\\) \\| \\[\\w+]\\(([^)]+)\\) \\| [^|]+ \\| `(sluice [a-z -]+)` \\|$",
          Pattern.MULTILINE);

  private record Row(String id, Path example, Path test, String command) {}

  private static List<Row> rows() throws IOException {
    Function<String, Path> linked = link -> GUIDE.resolveSibling(link).normalize();
    return ROW.matcher(Files.readString(GUIDE))
        .results()
        .map(r ->
            new Row(r.group(1), linked.apply(r.group(2)), linked.apply(r.group(3)), r.group(4)))
        .toList();
  }

  @Test
  void every_pattern_has_a_row_in_order() throws Exception {
    assertThat(rows())
        .extracting(Row::id)
        .containsExactlyElementsOf(Stream.of(PARTS, SYSTEMS, USES).flatMap(List::stream).toList());
  }

  @Test
  void every_system_has_a_demo_of_its_name() throws Exception {
    assertThat(Demo.ids()).containsExactlyElementsOf(SYSTEMS);
    assertThat(rows())
        .filteredOn(row -> SYSTEMS.contains(row.id()))
        .allSatisfy(row -> assertThat(row.command()).isEqualTo("sluice demo " + row.id()));
    assertThat(rows())
        .extracting(Row::command)
        .filteredOn(command -> command.startsWith("sluice demo "))
        .allSatisfy(
            command -> assertThat(Demo.ids()).contains(command.substring("sluice demo ".length())));
  }

  @Test
  void every_row_has_an_example_and_a_test_of_both_ways() throws Exception {
    for (var row : rows()) {
      assertThat(Files.readString(row.example())).as(row.id()).contains("// @start");
      var test = Files.readString(row.test());
      assertThat(test).as(row.id()).contains("@Test");
      if (!row.id().equals("playground")) { // there is no usual version of it
        assertThat(test).as(row.id()).contains("usually_");
      }
    }
  }

  @Test
  void every_example_is_in_a_row() throws Exception {
    var shown = rows().stream().map(Row::example).collect(Collectors.toSet());
    var examples = new ArrayList<Path>();
    try (var files = Files.list(Path.of("src/main/java/dev/sluice/patterns"))) {
      for (var file : files.toList()) {
        if (Files.readString(file).contains("// @start")) {
          examples.add(Path.of("../../examples/patterns").resolve(file).normalize());
        }
      }
    }

    assertThat(shown).containsExactlyInAnyOrderElementsOf(examples);
  }

  @Test
  void every_example_fits_on_a_screen() throws Exception {
    var regions = Pattern.compile("// @start(.*?)// @end", Pattern.DOTALL);
    for (var row : rows()) {
      assertThat(
              regions
                  .matcher(Files.readString(row.example()))
                  .results()
                  .collect(
                      Collectors.toMap(
                          r -> r.group(1).lines().findFirst().orElseThrow(),
                          r -> r.group(1).lines().count())))
          .as(row.id())
          .allSatisfy((region, lines) -> assertThat(lines).as(region).isLessThan(45));
    }
  }
}
