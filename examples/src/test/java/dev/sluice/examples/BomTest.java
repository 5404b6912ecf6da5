package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.examples.Poms.Module;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The list of versions that users import.
class BomTest {

  @Test
  void it_lists_what_is_published_and_nothing_else() throws IOException {
    var published =
        Poms.modules().stream()
            .filter(module -> module.isPublished() && module.isJar())
            .map(Module::artifact)
            .toList();

    assertThat(listed("artifactId")).containsExactlyInAnyOrderElementsOf(published);
    assertThat(listed("groupId")).containsOnly("dev.sluice");
    assertThat(listed("version")).containsOnly("${project.version}");
  }

  @Test
  void it_has_the_version_of_all() throws IOException {
    assertThat(bom().text("/project/version")).isEqualTo(Poms.root().text("/project/version"));
  }

  @Test
  void it_brings_nobody_elses_versions() throws IOException {
    assertThat(bom().texts("/project/parent")).isEmpty();
  }

  private static List<String> listed(String what) throws IOException {
    return bom().texts("/project/dependencyManagement/dependencies/dependency/" + what);
  }

  private static Poms.Pom bom() throws IOException {
    return Poms.read(Poms.ROOT.resolve("bom", "pom.xml"));
  }
}
