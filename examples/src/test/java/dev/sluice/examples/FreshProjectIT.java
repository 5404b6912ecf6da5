package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A project that knows Sluice from a repository only: what this build made, laid out as one.
@Timeout(300)
class FreshProjectIT {
  private static final Pattern BLOCK =
      Pattern.compile("^```java\\R(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final String VERSION = System.getProperty("sluice.version", "");

  /// What each snippet of the README needs around it, by something that only it says, and what the
  /// program then prints.
  private static final Map<String, Frame> FRAMES =
      Map.of(
          "numbers.senders(2)",
          new Frame(
              """
              int sum = 0;
              try (var executor = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
              %s
              }
              System.out.println(sum);
              """,
              "2550"),
          "Select.<String>inOrder()",
          new Frame(
              """
              Channel<String> urgent = Channel.bounded(1);
              Channel<String> orders = Channel.bounded(1);
              orders.send("tea");
              %s
              System.out.println(next);
              """,
              "tea"),
          "Source.lines(file)",
          new Frame(
              """
              record Hit(String path, int status) {
                static Hit parse(String line) {
                  var parts = line.split(" ");
                  return new Hit(parts[0], Integer.parseInt(parts[1]));
                }
              }
              var file = java.nio.file.Files.writeString(
                  java.nio.file.Files.createTempFile("hits", ".txt"), "/a 200\\n/b 503\\nbroken\\n");
              Sink<java.util.List<Hit>> insert = hits -> System.out.println(hits);
              Sink<DeadLetter> rejects = dead -> System.out.println(dead.original());
              %s
              System.out.println(report.account().balances());
              """,
              "true"));

  private record Frame(String around, String printed) {}

  @TempDir static Path dir;

  @BeforeAll
  static void layOutARepository() throws IOException {
    var repository = dir.resolve("repository/dev/sluice");
    publish(repository, "sluice", Poms.ROOT.resolve("pom.xml"), null);
    publish(repository, "sluice-bom", Poms.ROOT.resolve("bom/pom.xml"), null);
    for (var module : List.of("channels", "pipelines")) {
      var home = Poms.ROOT.resolve(module);
      var artifact = "sluice-" + module;
      publish(
          repository,
          artifact,
          home.resolve("pom.xml"),
          home.resolve("target/" + artifact + "-" + VERSION + ".jar"));
    }
  }

  private static void publish(Path repository, String artifact, Path pom, @Nullable Path jar)
      throws IOException {
    var to = Files.createDirectories(repository.resolve(artifact).resolve(VERSION));
    Files.copy(pom, to.resolve(artifact + "-" + VERSION + ".pom"));
    if (jar != null) {
      Files.copy(jar, to.resolve(artifact + "-" + VERSION + ".jar"));
    }
  }

  @Test
  void it_compiles_and_runs_every_snippet_of_the_readme() throws Exception {
    var project = Files.createDirectories(dir.resolve("project"));
    var sources = Files.createDirectories(project.resolve("src/main/java"));
    Files.writeString(project.resolve("pom.xml"), pom());
    Files.writeString(project.resolve("settings.xml"), settings());
    var snippets =
        BLOCK
            .matcher(Files.readString(Poms.ROOT.resolve("README.md")))
            .results()
            .map(r -> r.group(1))
            .toList();
    var expected = new ArrayList<String>();
    for (int i = 0; i < snippets.size(); i++) {
      var frame = frameOf(snippets.get(i));
      expected.add(frame.printed());
      Files.writeString(
          sources.resolve("Snippet" + i + ".java"), program("Snippet" + i, frame, snippets.get(i)));
    }
    assertThat(snippets).hasSizeGreaterThanOrEqualTo(FRAMES.size());

    run(
        project,
        Path.of(System.getProperty("sluice.maven"), "bin", "mvn").toString(),
        "-B",
        "-q",
        "-s",
        "settings.xml",
        "compile",
        "dependency:build-classpath",
        "-Dmdep.outputFile=classpath.txt",
        "-Dmdep.includeScope=runtime");

    var classpath = Files.readString(project.resolve("classpath.txt")).strip();
    assertThat(classpath.split(File.pathSeparator)).as("what comes along at run time").hasSize(2);
    for (int i = 0; i < snippets.size(); i++) {
      var said =
          run(
              project,
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              "target/classes" + File.pathSeparator + classpath,
              "Snippet" + i);
      assertThat(said.strip().lines().toList()).as(snippets.get(i)).endsWith(expected.get(i));
    }
  }

  private static Frame frameOf(String snippet) {
    return FRAMES.entrySet().stream()
        .filter(frame -> snippet.contains(frame.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError("a new snippet: write what it needs around it\n" + snippet));
  }

  private static String program(String name, Frame frame, String snippet) {
    return """
    import dev.sluice.channels.*;
    import dev.sluice.pipelines.*;
    import java.time.Duration;

    public class %s {
      public static void main(String[] args) throws Exception {
    %s
      }
    }
    """
        .formatted(name, frame.around().formatted(snippet));
  }

  private static String pom() {
    return """
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>fresh</groupId>
      <artifactId>fresh</artifactId>
      <version>1</version>
      <properties>
        <maven.compiler.release>21</maven.compiler.release>
        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
      </properties>
      <dependencyManagement>
        <dependencies>
          <dependency>
            <groupId>dev.sluice</groupId>
            <artifactId>sluice-bom</artifactId>
            <version>%s</version>
            <type>pom</type>
            <scope>import</scope>
          </dependency>
        </dependencies>
      </dependencyManagement>
      <dependencies>
        <dependency>
          <groupId>dev.sluice</groupId>
          <artifactId>sluice-pipelines</artifactId>
        </dependency>
      </dependencies>
      <repositories>
        <repository>
          <id>built</id>
          <url>%s</url>
          <snapshots><enabled>true</enabled></snapshots>
        </repository>
      </repositories>
      <build>
        <plugins>
          <plugin>
            <artifactId>maven-compiler-plugin</artifactId>
            <version>3.16.0</version>
            <configuration><fork>true</fork><executable>%s/bin/javac</executable></configuration>
          </plugin>
          <plugin><artifactId>maven-resources-plugin</artifactId><version>3.5.0</version></plugin>
          <plugin><artifactId>maven-dependency-plugin</artifactId><version>3.11.0</version></plugin>
        </plugins>
      </build>
    </project>
    """
        .formatted(VERSION, dir.resolve("repository").toUri(), System.getProperty("java.home"));
  }

  /// A local repository of its own: what Maven itself needs it copies from the one of this build.
  private static String settings() {
    return """
    <settings>
      <localRepository>%s</localRepository>
      <offline>false</offline>
      <mirrors>
        <mirror>
          <id>this-build</id>
          <mirrorOf>central</mirrorOf>
          <url>%s</url>
        </mirror>
      </mirrors>
    </settings>
    """
        .formatted(dir.resolve("local"), Path.of(System.getProperty("sluice.local")).toUri());
  }

  private static String run(Path in, String... command) throws Exception {
    var process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
