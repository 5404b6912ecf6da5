package dev.sluice.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The site of this project, as it is now: target/site.
class SiteTest {
  private static final Path SITE = Path.of("target", "site");
  private static final Pattern LINK = Pattern.compile("\\b(?:href|src)=\"([^\"]*)\"");
  private static final Pattern LOADED =
      Pattern.compile("<(?:link|script|img|iframe|source)\\b[^>]*\\b(?:href|src)=\"([^\"]*)\"");

  @TempDir Path dir;

  @BeforeAll
  static void write() throws IOException {
    Site.write(Path.of(".."), SITE);
  }

  @Test
  void no_link_is_dead() throws IOException {
    var dead = new ArrayList<String>();
    int links = 0;
    for (var page : pages()) {
      for (var link : found(LINK, page)) {
        links++;
        if (!link.matches("^(https?|mailto):.*") && !leadsSomewhere(page, link)) {
          dead.add(SITE.relativize(page) + " -> " + link);
        }
      }
    }

    assertThat(dead).isEmpty();
    assertThat(links).isGreaterThan(500);
  }

  @Test
  void every_document_is_a_page() throws IOException {
    try (var files = Files.walk(Path.of("..", "docs"))) {
      for (var file :
          files
              .filter(f -> f.toString().endsWith(".md") && !f.toString().contains("target"))
              .toList()) {
        var name = Path.of("..").relativize(file).toString().replaceFirst("\\.md$", ".html");
        assertThat(SITE.resolve(name)).exists();
      }
    }
    assertThat(SITE.resolve("README.html"))
        .content()
        .contains("<h1", "Sluice")
        .containsSubsequence("<p>guide</p>", "<p>formats</p>", "<p>decisions</p>");
  }

  @Test
  void it_loads_nothing_from_another_host_and_runs_nothing() throws IOException {
    for (var page : pages()) {
      assertThat(found(LOADED, page)).noneMatch(link -> link.matches("^([a-z]+:)?//.*"));
      assertThat(Files.readString(page)).doesNotContain("<script");
    }
    assertThat(SITE.resolve("style.css")).content().doesNotContain("url(", "@import");
  }

  @Test
  void it_is_light_and_dark() {
    assertThat(SITE.resolve("style.css")).content().contains("color-scheme: light dark");
  }

  @Test
  void a_document_that_leads_nowhere_is_named() throws IOException {
    for (var directory : List.of("docs/guide", "docs/formats", "docs/decisions")) {
      Files.createDirectories(dir.resolve(directory));
    }
    Files.writeString(dir.resolve("README.md"), "# It\n\n[gone](docs/guide/gone.md)\n");

    assertThatThrownBy(() -> Site.write(dir, dir.resolve("out")))
        .hasMessage("README.md leads to docs/guide/gone.md, which is not there");
  }

  private static List<Path> pages() throws IOException {
    try (var files = Files.walk(SITE)) {
      return files.filter(file -> file.toString().endsWith(".html")).toList();
    }
  }

  private static List<String> found(Pattern pattern, Path page) throws IOException {
    return pattern.matcher(Files.readString(page)).results().map(r -> r.group(1)).toList();
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    var path = URLDecoder.decode(hash < 0 ? link : link.substring(0, hash), StandardCharsets.UTF_8);
    var target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    return Files.isRegularFile(target)
        && (hash < 0
            || Files.readString(target).contains("id=\"" + link.substring(hash + 1) + "\""));
  }
}
