package dev.sluice.examples;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every piece of Java that the documents show is a region of this module, which is compiled and
/// run.
class SnippetsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK =
      Pattern.compile("^```java\\R(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  static Stream<Path> documents() throws IOException {
    var documents = new ArrayList<Path>();
    for (var pattern : List.of("*.md", "docs/**.md", "*/src/main/java/**.java")) {
      var matcher = ROOT.getFileSystem().getPathMatcher("glob:../" + pattern);
      try (var files = Files.walk(ROOT)) {
        files.filter(matcher::matches).forEach(documents::add);
      }
    }
    return documents.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void its_java_is_compiled(Path document) throws IOException {
    var text = Files.readString(document);
    if (document.toString().endsWith(".java")) {
      text =
          text.lines()
              .map(String::strip)
              .map(line -> line.startsWith("/// ") ? line.substring(4) : "")
              .collect(joining("\n"));
    }

    var shown = BLOCK.matcher(text).results().map(r -> r.group(1).strip()).toList();

    assertThat(regions()).containsAll(shown);
  }

  /// This module's, the patterns', and those of the samples, which have modules of their own.
  private static Set<String> regions() throws IOException {
    var sources = new ArrayList<>(List.of(Path.of("src"), Path.of("patterns", "src")));
    try (var samples = Files.list(ROOT.resolve("samples"))) {
      samples.map(sample -> sample.resolve("src")).filter(Files::isDirectory).forEach(sources::add);
    }
    var regions = new HashSet<String>();
    for (var source : sources) {
      try (var files = Files.walk(source)) {
        for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          regions.addAll(regions(file));
        }
      }
    }
    return regions;
  }

  private static Set<String> regions(Path file) throws IOException {
    var regions = new HashSet<String>();
    List<String> region = null;
    for (var line : Files.readAllLines(file)) {
      if (line.strip().startsWith("// @start")) {
        region = new ArrayList<>();
      } else if (line.strip().equals("// @end") && region != null) {
        regions.add(String.join("\n", region).stripTrailing().stripIndent().strip());
        region = null;
      } else if (region != null) {
        region.add(line);
      }
    }
    return regions;
  }
}
