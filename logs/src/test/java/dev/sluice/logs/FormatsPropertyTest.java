package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// What holds for any log at all, and for any way to cut it.
class FormatsPropertyTest {
  private static final String HEAD = "2025-11-21 19:00:00,123 INFO [main] a.B - x";

  /// Records of several lines are what a reader of the whole log at once would say.
  @Property(tries = 300, seed = "1")
  void records_of_several_lines_are_those_of_a_simple_model(
      @ForAll("lines") List<String> lines,
      @ForAll @IntRange(min = 1, max = 9) int blockLines,
      @ForAll @IntRange(min = 1, max = 200) int blockBytes)
      throws Exception {
    var log = new StringBuilder();
    lines.forEach(line -> log.append(line).append('\n'));
    var framer =
        new LineFramer(
            "app.log",
            new ByteArrayInputStream(log.toString().getBytes(UTF_8)),
            blockLines,
            blockBytes);
    framer.format(LogFormat.APP);

    var units = new ArrayList<String>();
    for (var block = framer.next(); block != null; block = framer.next()) {
      for (int i = 0; i < block.count(); i++) {
        int from = block.starts()[i];
        var text = new String(block.bytes(), from, block.ends()[i] - from, UTF_8);
        units.add(block.line(i) + "@" + block.offset(i) + " " + text);
      }
    }

    assertThat(units).isEqualTo(model(lines));
  }

  @Provide
  Arbitrary<List<String>> lines() {
    return Arbitraries.of(HEAD, HEAD, "\tat a.B.c(D.java:1)", "", " ", "more").list().ofMaxSize(60);
  }

  private static List<String> model(List<String> lines) {
    var units = new ArrayList<String>();
    long offset = 0;
    int i = 0;
    while (i < lines.size()) {
      int end = i + 1;
      if (!lines.get(i).isBlank()) {
        while (end < lines.size() && !lines.get(end).equals(HEAD)) {
          end++;
        }
        while (lines.get(end - 1).isBlank()) {
          end--;
        }
      }
      var text = lines.get(i).isBlank() ? "" : String.join("\n", lines.subList(i, end));
      units.add((i + 1) + "@" + offset + " " + text);
      for (; i < end; i++) {
        offset += lines.get(i).length() + 1;
      }
    }
    return units;
  }

  /// Any bytes, as any format: nothing fails and nothing is lost.
  @Property(tries = 500, seed = "2")
  void any_bytes_may_be_named_anything(
      @ForAll @Size(max = 400) byte[] bytes, @ForAll LogFormat format) throws Exception {
    var name =
        switch (format) {
          case GROK -> "grok:%{WORD:a} %{NUMBER:b}";
          case REGEX -> "regex:(?<a>\\w+)";
          default -> format.id();
        };

    var reading = Reading.of(new ByteArrayInputStream(bytes), name, 3, 50);

    reading.check(bytes);
  }

  /// A text with the characters that formats mind, as what it looks like and as any format.
  @Property(tries = 1_000, seed = "3")
  void any_text_may_be_anything(@ForAll("texts") String text, @ForAll LogFormat format)
      throws Exception {
    byte[] bytes = text.getBytes(UTF_8);

    Reading.of(new ByteArrayInputStream(bytes), null, 2, 30).check(bytes);
    if (format != LogFormat.GROK && format != LogFormat.REGEX) {
      Reading.of(new ByteArrayInputStream(bytes), format.id(), 2, 30).check(bytes);
    }
  }

  @Provide
  Arbitrary<String> texts() {
    var pieces =
        Arbitraries.of(
            "\n",
            "\n",
            "\r\n",
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            "\t",
            " ",
            "=",
            ":",
            "<34>",
            "1 ",
            "-",
            "#Fields: a b",
            "2025-11-21T19:00:00Z",
            " stdout P x",
            " stdout F y",
            "INFO",
            "{\"log\":\"a",
            "\\n\",\"stream\":\"stdout\",\"time\":\"2025-11-21T19:00:00Z\"}",
            "a,b",
            "Traceback (most recent call last):",
            "  File",
            "ValueError: x",
            "\tat a.b(c)",
            "__CURSOR=1",
            "MESSAGE",
            "\0",
            "é",
            "[21/Nov/2025:19:00:00 +0100] \"GET / HTTP/1.1\" 200 1");
    return pieces.list().ofMaxSize(40).map(list -> String.join("", list));
  }

  /// A value in quotes comes back as it was, in each format that quotes.
  @Property(tries = 500, seed = "4")
  void quoted_values_come_back(@ForAll("values") String value) throws Exception {
    var csv = "id,text\n1,\"%s\"\n".formatted(value.replace("\"", "\"\""));
    var reading = Reading.of(new ByteArrayInputStream(csv.getBytes(UTF_8)), "csv", 2, 30);

    assertThat(reading.records()).hasSize(1);
    assertThat(reading.records().getFirst().values()[1]).isEqualTo(value);

    var docker = new JsonBuffer();
    docker
        .raw("{\"log\":")
        .string(value.replace("\n", "") + "x\n")
        .raw(",\"stream\":\"stdout\",\"time\":\"2025-11-21T19:00:00Z\"}\n");
    var parser = new WrappedParser(LogFormat.DOCKER, Dialect.of(LogFormat.PLAIN), Lines.UTC);
    byte[] line = docker.toString().strip().getBytes(UTF_8);
    var record = (LogRecord) parser.parse("a", 1, line, 0, line.length);

    assertThat(Objects.requireNonNull(record.values()[2])).isEqualTo(value.replace("\n", "") + "x");
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.strings()
        .withChars('a', '"', '\\', ',', '\n', ' ', 'é', '\t', '{', 'n', 'u')
        .ofMaxLength(20);
  }
}
