package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the page offers to copy.
class CodeTest {
  @TempDir Path classes;

  static Stream<String> queries() {
    return Stream.concat(
        PlaygroundTest.kindsAndPolicies().stream()
            .flatMap(query ->
                Stream.of(
                    query + "&stages=3&ageing=1000",
                    query + "&stages=3&layout=branches&threads=platform")),
        Stream.of(Scenario.values()).map(scenario -> scenario.query));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void it_compiles(String query) {
    var code = Code.of(Settings.parse(query));
    var source =
        new SimpleJavaFileObject(URI.create("string:///Played.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
          }
        };
    var messages = new StringWriter();
    var options = List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));

    var task =
        ToolProvider.getSystemJavaCompiler()
            .getTask(messages, null, null, options, null, List.of(source));

    assertThat(task.call()).as(messages + "\n" + code).isTrue();
  }
}
