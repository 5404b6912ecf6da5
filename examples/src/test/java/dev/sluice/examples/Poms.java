package dev.sluice.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// The project's own descriptions, read as they are.
final class Poms {
  static final Path ROOT = Path.of("..");

  private Poms() {}

  /// A module of the build.
  ///
  /// @param directory from the root
  record Module(String directory, Pom pom) {
    String artifact() {
      return pom.text("/project/artifactId");
    }

    /// Whether users get it: what isn't for them says so itself.
    boolean isPublished() {
      return !pom.text("/project/properties/maven.deploy.skip").equals("true");
    }

    boolean isJar() {
      return !pom.text("/project/packaging").equals("pom");
    }
  }

  static Pom root() throws IOException {
    return read(ROOT.resolve("pom.xml"));
  }

  /// All modules of an ordinary build.
  static List<Module> modules() throws IOException {
    var modules = new ArrayList<Module>();
    for (var directory : root().texts("/project/modules/module")) {
      modules.add(new Module(directory, read(ROOT.resolve(directory, "pom.xml"))));
    }
    return modules;
  }

  static Pom read(Path file) throws IOException {
    try (var bytes = Files.newInputStream(file)) {
      var factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      return new Pom(factory.newDocumentBuilder().parse(bytes));
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /// A description.
  record Pom(Document document) {
    /// The text at `path`, empty if there is none.
    String text(String path) {
      return texts(path).stream().findFirst().orElse("");
    }

    List<String> texts(String path) {
      try {
        var nodes =
            (NodeList)
                XPathFactory.newDefaultInstance()
                    .newXPath()
                    .evaluate(path, document, XPathConstants.NODESET);
        return IntStream.range(0, nodes.getLength())
            .mapToObj(nodes::item)
            .filter(Objects::nonNull)
            .map(node -> node.getTextContent().strip())
            .toList();
      } catch (XPathExpressionException e) {
        throw new IllegalArgumentException(path, e);
      }
    }
  }
}
