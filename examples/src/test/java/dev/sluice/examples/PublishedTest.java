package dev.sluice.examples;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Pipeline;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/// What users get.
class PublishedTest {
  private static final int MOST_BYTES = 400_000;

  @Test
  void channels_and_pipelines_are_small() throws Exception {
    assertThat(size(Channel.class) + size(Pipeline.class)).isLessThan(MOST_BYTES);
  }

  @Test
  void channels_and_pipelines_need_nothing_else_at_run_time() throws IOException {
    assertThat(needed(Poms.root())).isEmpty();
    assertThat(needed(module("channels"))).isEmpty();
    assertThat(needed(module("pipelines"))).containsExactly("sluice-channels");
  }

  @Test
  void every_published_package_says_that_null_is_marked() throws IOException {
    for (var module : Poms.modules()) {
      if (!module.isPublished() || !module.isJar()) {
        continue;
      }
      var sources = Poms.ROOT.resolve(module.directory(), "src/main/java");
      try (var files = Files.walk(sources)) {
        for (var directory : files.filter(PublishedTest::hasClasses).toList()) {
          var description = directory.resolve("package-info.java");
          assertThat(description).exists();
          // of the package, not of the module alone: on the class path there are no modules
          assertThat(description)
              .content()
              .containsPattern("(?m)^@(org\\.jspecify\\.annotations\\.)?NullMarked$");
        }
      }
    }
  }

  @Test
  void every_published_module_says_what_a_repository_demands() throws IOException {
    var root = Poms.root();
    var bom = Poms.read(Poms.ROOT.resolve("bom", "pom.xml"));
    for (var pom : List.of(root, bom)) {
      for (var path :
          List.of(
              "/project/url",
              "/project/licenses/license/name",
              "/project/licenses/license/url",
              "/project/developers/developer/name",
              "/project/scm/url",
              "/project/scm/connection")) {
        assertThat(pom.text(path)).as(path).isNotBlank();
      }
    }
    for (var module : Poms.modules()) {
      assertThat(module.pom().text("/project/name")).as(module.directory()).isNotBlank();
      assertThat(module.pom().text("/project/description")).as(module.directory()).isNotBlank();
    }
  }

  private static boolean hasClasses(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (var files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(name -> name.endsWith(".java") && !name.equals("module-info.java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Poms.Pom module(String directory) throws IOException {
    return Poms.read(Poms.ROOT.resolve(directory, "pom.xml"));
  }

  /// What comes along with it.
  private static List<String> needed(Poms.Pom pom) {
    return pom.texts(
        "/project/dependencies/dependency[not(scope='test' or scope='provided')"
            + " and not(optional='true')]/artifactId");
  }

  /// The size of the jar that a class is in, or of one made of its directory.
  private static long size(Class<?> of) throws Exception {
    var place =
        Path.of(requireNonNull(of.getProtectionDomain().getCodeSource()).getLocation().toURI());
    if (Files.isRegularFile(place)) {
      return Files.size(place);
    }
    var count = new AtomicLong();
    var counting =
        new OutputStream() {
          @Override
          public void write(int b) {
            count.incrementAndGet();
          }
        };
    var all = new ArrayList<Path>();
    try (var files = Files.walk(place)) {
      files.filter(Files::isRegularFile).forEach(all::add);
    }
    try (var jar = new JarOutputStream(counting)) {
      for (var file : all) {
        jar.putNextEntry(new ZipEntry(place.relativize(file).toString()));
        Files.copy(file, jar);
        jar.closeEntry();
      }
    }
    return count.get();
  }
}
