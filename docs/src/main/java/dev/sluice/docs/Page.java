package dev.sluice.docs;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;

/// A document of the project: its Markdown, read.
///
/// @param source where it is, from the root of the project
/// @param title its first heading
/// @param content all of it
record Page(Path source, String title, Node content) {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder()
          .extensions(EXTENSIONS)
          .escapeHtml(true)
          .attributeProviderFactory(context -> new Anchors())
          .build();

  /// Gives each heading a name to link to, as repositories of Git do.
  private static final class Anchors implements AttributeProvider {
    private final Map<String, Integer> seen = new HashMap<>();

    @Override
    public void setAttributes(Node node, String tag, Map<String, String> attributes) {
      if (node instanceof Heading) {
        var name =
            text(node)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
        int before = seen.merge(name, 1, Integer::sum) - 1;
        attributes.put("id", before == 0 ? name : name + "-" + before);
      }
    }
  }

  static Page of(Path source, String markdown) {
    var content = PARSER.parse(markdown);
    return new Page(source, title(source, content), content);
  }

  private static String title(Path source, Node content) {
    for (var node = content.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading) {
        return text(node);
      }
    }
    return source.toString();
  }

  private static String text(Node node) {
    var text = new StringBuilder();
    node.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Text part) {
            text.append(part.getLiteral());
          }

          @Override
          public void visit(Code part) {
            text.append(part.getLiteral());
          }
        });
    return text.toString();
  }

  /// Its body, with each link that leads to a file of the project changed.
  ///
  /// @param link what leads to a file now, of that file from the root, and the part of it after `#`
  String html(BiFunction<Path, String, String> link) {
    content.accept(
        new AbstractVisitor() {
          @Override
          public void visit(Link found) {
            var destination = found.getDestination();
            if (!destination.matches("^[a-z]+:.*")) {
              int hash = destination.indexOf('#');
              var path = hash < 0 ? destination : destination.substring(0, hash);
              var anchor = hash < 0 ? "" : destination.substring(hash);
              var target = path.isEmpty() ? source : source.resolveSibling(path).normalize();
              found.setDestination(link.apply(target, anchor));
            }
            visitChildren(found);
          }
        });
    return RENDERER.render(content);
  }
}
