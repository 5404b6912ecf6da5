package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The picture of the modules in ARCHITECTURE.md, beside their poms.
class PictureTest {
  private static final Pattern LINE = Pattern.compile("(?m)^  (\\S.*?) +--> (.+)$");

  @Test
  void each_module_needs_what_the_picture_says() throws IOException {
    var drawn = drawn();
    var real = real();

    assertThat(real).isNotEmpty();
    for (var module : drawn.keySet()) {
      assertThat(reached(drawn, module)).as(module).isEqualTo(reached(real, module));
    }
    assertThat(reachedByAny(drawn)).containsAll(published());
  }

  @Test
  void arrows_point_down() throws IOException {
    var drawn = drawn();
    var above = new TreeSet<String>();
    for (var line : drawn.entrySet()) {
      above.add(line.getKey());
      assertThat(above)
          .as("what stands above %s's needs", line)
          .doesNotContainAnyElementsOf(line.getValue());
    }
  }

  /// What each module needs by itself, in the order of the page.
  private static Map<String, Set<String>> drawn() throws IOException {
    var page = Files.readString(Poms.ROOT.resolve("ARCHITECTURE.md"));
    var drawn = new LinkedHashMap<String, Set<String>>();
    for (var line :
        LINE.matcher(page.substring(0, page.indexOf("| directory |"))).results().toList()) {
      for (var module : names(line.group(1))) {
        drawn.computeIfAbsent(module, any -> new TreeSet<>()).addAll(names(line.group(2)));
      }
    }
    assertThat(drawn).isNotEmpty();
    return drawn;
  }

  private static List<String> names(String list) {
    return Arrays.stream(list.replaceAll("\\(.*?\\)", "").split(",", -1))
        .map(String::strip)
        .toList();
  }

  /// The same from the poms, without what only tests need.
  private static Map<String, Set<String>> real() throws IOException {
    var directories =
        Poms.modules().stream()
            .collect(Collectors.toMap(Poms.Module::artifact, Poms.Module::directory));
    var real = new TreeMap<String, Set<String>>();
    for (var module : Poms.modules()) {
      real.put(
          module.directory(),
          module
              .pom()
              .texts(
                  "/project/dependencies/dependency[groupId='dev.sluice' and not(scope='test')]/artifactId")
              .stream()
              .map(directories::get)
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    return real;
  }

  private static Set<String> published() throws IOException {
    return Poms.modules().stream()
        .filter(module -> module.isPublished() && module.isJar())
        .map(Poms.Module::directory)
        .collect(Collectors.toSet());
  }

  private static Set<String> reached(Map<String, Set<String>> arrows, String from) {
    var reached = new TreeSet<String>();
    for (var next : arrows.getOrDefault(from, Set.of())) {
      reached.add(next);
      reached.addAll(reached(arrows, next));
    }
    return reached;
  }

  private static Set<String> reachedByAny(Map<String, Set<String>> arrows) {
    var all = new TreeSet<>(arrows.keySet());
    arrows.values().forEach(all::addAll);
    return all;
  }
}
