package dev.sluice.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The site: each document a page, and so is each file or directory of the project that a document
/// leads to. Nothing in it leads to another host but what a document says, and nothing is loaded
/// from one.
public final class Site {
  private static final List<String> TOP =
      List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md");
  private static final String START = "README.md";

  /// What tells of a directory stands before what is in it.
  private static final Comparator<Path> FIRST =
      Comparator.comparing((Path file) -> !file.endsWith(START)).thenComparing(file -> file);

  private final Path root;
  private final Path to;
  private final Map<Path, Page> pages = new LinkedHashMap<>();
  private final Set<Path> shown = new LinkedHashSet<>();
  private final Deque<Path> open = new ArrayDeque<>();

  private Site(Path root, Path to) {
    this.root = root;
    this.to = to;
  }

  /// Writes the site.
  ///
  /// @param args the root of the project, and the directory to write to
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      System.err.println("usage: Site PROJECT DIRECTORY");
      System.exit(2);
    }
    write(Path.of(args[0]), Path.of(args[1]));
  }

  static void write(Path root, Path to) throws IOException {
    new Site(root, to).write();
  }

  private void write() throws IOException {
    for (var top : TOP) {
      if (Files.exists(root.resolve(top))) {
        read(Path.of(top));
      }
    }
    for (var directory : List.of("docs/guide", "docs/formats", "docs/decisions")) {
      try (var files = Files.list(root.resolve(directory))) {
        for (var file : files.filter(f -> f.toString().endsWith(".md")).sorted(FIRST).toList()) {
          read(root.relativize(file));
        }
      }
    }
    Files.createDirectories(to);
    try (var style = requireNonNull(Site.class.getResourceAsStream("style.css"))) {
      Files.write(to.resolve("style.css"), style.readAllBytes());
    }
    for (var page : List.copyOf(pages.values())) {
      put(page.source(), page.title(), page.html((target, anchor) -> link(page, target, anchor)));
    }
    while (!open.isEmpty()) {
      show(open.remove());
    }
    Files.writeString(
        to.resolve("index.html"),
        "<!doctype html><meta charset=\"utf-8\"><title>Sluice</title>"
            + "<meta http-equiv=\"refresh\" content=\"0; url=README.html\">"
            + "<a href=\"README.html\">Sluice</a>\n");
  }

  private void read(Path source) throws IOException {
    pages.put(source, Page.of(source, Files.readString(root.resolve(source))));
  }

  /// Where a link of `page` leads now.
  private String link(Page page, Path target, String anchor) {
    var there = Files.isDirectory(root.resolve(target)) ? readme(target) : target;
    if (!Files.exists(root.resolve(there)) || there.startsWith("..")) {
      throw new IllegalArgumentException(
          "%s leads to %s, which is not there".formatted(page.source(), target));
    }
    if (!pages.containsKey(there) && shown.add(there)) {
      open.add(there);
    }
    return relative(page.source(), there) + anchor;
  }

  private Path readme(Path directory) {
    var readme = directory.resolve("README.md");
    return pages.containsKey(readme) ? readme : directory;
  }

  private String relative(Path from, Path target) {
    return up(from) + name(target);
  }

  private static String up(Path from) {
    return "../".repeat(from.getNameCount() - 1);
  }

  /// What a file, or a directory, is called in the site.
  private String name(Path source) {
    var text = source.toString();
    if (pages.containsKey(source)) {
      return text.substring(0, text.length() - ".md".length()) + ".html";
    }
    return text + (Files.isDirectory(root.resolve(source)) ? "/index.html" : ".html");
  }

  /// A file as it is, or what a directory has.
  private void show(Path source) throws IOException {
    var there = root.resolve(source);
    var html = new StringBuilder("<h1>" + escaped(source.toString()) + "</h1>\n");
    if (Files.isDirectory(there)) {
      html.append("<ul>\n");
      for (var entry : entries(there)) {
        html.append("<li>").append(escaped(entry)).append("</li>\n");
      }
      html.append("</ul>\n");
      put(source.resolve("index"), source.toString(), html.toString());
    } else {
      html.append("<pre><code>")
          .append(escaped(new String(Files.readAllBytes(there), UTF_8)))
          .append("</code></pre>\n");
      put(source, source.toString(), html.toString());
    }
  }

  private static List<String> entries(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> !file.endsWith("target"))
          .map(file -> file.getFileName() + (Files.isDirectory(file) ? "/" : ""))
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  private void put(Path source, String title, String body) throws IOException {
    var file =
        to.resolve(
            source.endsWith("index") && !Files.exists(root.resolve(source))
                ? source + ".html"
                : name(source));
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.writeString(
        file,
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; style-src-elem 'self' file:; img-src 'self' file:">
        <title>%s</title>
        <link rel="stylesheet" href="%sstyle.css">
        </head>
        <body>
        <a class="to-pages" href="#pages">All pages</a>
        <main>
        %s</main>
        <nav id="pages" aria-label="Pages">
        %s</nav>
        </body>
        </html>
        """
            .formatted(escaped(title), up(source), body, navigation(source)));
  }

  private String navigation(Path current) {
    var groups = new LinkedHashMap<String, StringBuilder>(); // guide first, decisions last
    for (var page : pages.values()) {
      var directory = page.source().getParent();
      var group = directory == null ? "" : directory.getFileName().toString();
      groups
          .computeIfAbsent(group, name -> new StringBuilder())
          .append("<li><a href=\"")
          .append(escaped(relative(current, page.source())))
          .append(page.source().equals(current) ? "\" aria-current=\"page\">" : "\">")
          .append(escaped(page.source().toString().equals(START) ? "Sluice" : page.title()))
          .append("</a></li>\n");
    }
    var html = new StringBuilder();
    groups.forEach((group, links) -> {
      if (!group.isEmpty()) {
        html.append("<p>").append(group).append("</p>\n");
      }
      html.append("<ul>\n").append(links).append("</ul>\n");
    });
    return html.toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
