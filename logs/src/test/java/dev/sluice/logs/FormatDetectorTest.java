package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatDetectorTest {
  private static Detection detect(String text) {
    return FormatDetector.detect(text.getBytes(UTF_8), true, Lines.UTC);
  }

  private static final String ACCESS =
      "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1";

  static Set<LogFormat> generated() {
    return LogGenerator.FORMATS;
  }

  @ParameterizedTest
  @MethodSource("generated")
  void every_generated_log_is_recognised(LogFormat format) throws Exception {
    var log = new ByteArrayOutputStream();
    new LogGenerator(format, 11, format == LogFormat.PLAIN ? 0 : 10).lines(1_000, log);
    var framer = new LineFramer("app.log", new ByteArrayInputStream(log.toByteArray()));

    var detection = FormatDetector.detect(framer.head(), framer.headIsAll(), Lines.UTC);

    assertThat(detection.format()).isEqualTo(format);
    assertThat(detection.what()).isEqualTo(format.id());
    assertThat(detection.sampled()).isEqualTo(100);
    assertThat(detection.matched()).isBetween(85, 100);
  }

  @Test
  void half_of_the_lines_are_enough() {
    assertThat(detect(ACCESS + "\n\n  \nother\n"))
        .isEqualTo(new Detection(LogFormat.COMMON, "common", 1, 2));
    assertThat(detect(ACCESS + "\nother\nother\n"))
        .isEqualTo(new Detection(LogFormat.PLAIN, "plain", 3, 3));
    assertThat(detect(ACCESS + "\n" + ACCESS + " \"-\" \"-\"\n").format())
        .isEqualTo(LogFormat.COMBINED);
  }

  @Test
  void a_line_that_the_head_cuts_off_does_not_count() {
    byte[] head = (ACCESS + "\n192.0.2.1 - - [10").getBytes(UTF_8);

    assertThat(FormatDetector.detect(head, false, Lines.UTC).sampled()).isEqualTo(1);
    assertThat(FormatDetector.detect(head, true, Lines.UTC).sampled()).isEqualTo(2);
    assertThat(FormatDetector.detect("{\"a\":1".getBytes(UTF_8), false, Lines.UTC).sampled())
        .isEqualTo(1);
  }

  @Test
  void nothing_is_plain() {
    assertThat(detect("")).isEqualTo(new Detection(LogFormat.PLAIN, "plain", 0, 0));
    assertThat(detect("\n\n")).isEqualTo(new Detection(LogFormat.PLAIN, "plain", 0, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Starting the server with port=80 now",
        "x=1 is what we want to see here",
        "2026-01-02 03:04:05 we began with the work",
        "2026-01-02 config loaded",
        "2026-01-02T03:04:05.123Z stdout hello there",
        "Error: it does not work",
        "[1, 2, 3]",
        "[main] started, and so on",
        "one,two,three",
        "name,value",
        "# Heading",
        "{",
        "12:30 lunch",
        "May 2026 was warm: INFO about it follows",
        "    at com.example.Orders.place(Orders.java:142)"
      })
  void prose_and_other_logs_are_plain(String line) {
    assertThat(detect(line + "\n" + line + "\n").format()).isEqualTo(LogFormat.PLAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"level=info msg=\"hello there\" n=7", "ts=1 cached level=info", "HOME=/root"})
  void pairs_are_logfmt(String line) {
    assertThat(detect(line).format()).isEqualTo(LogFormat.LOGFMT);
  }

  @Test
  void known_kinds_of_files_are_binary() throws Exception {
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      out.write('a');
    }
    byte[] tar = new byte[512];
    System.arraycopy("notes.txt".getBytes(UTF_8), 0, tar, 0, 9);
    System.arraycopy("ustar".getBytes(UTF_8), 0, tar, 257, 5);
    byte[] program;
    try (var in = FormatDetectorTest.class.getResourceAsStream("FormatDetectorTest.class")) {
      program = in.readAllBytes();
    }

    assertThat(FormatDetector.detect(gzip.toByteArray(), true, Lines.UTC).what())
        .isEqualTo("gzip data");
    assertThat(FormatDetector.detect(tar, true, Lines.UTC).what()).isEqualTo("a tar archive");
    assertThat(FormatDetector.detect(program, true, Lines.UTC).what()).isEqualTo("a Java class");
    assertThat(detect("%PDF-1.7\n").what()).isEqualTo("a PDF document");
    assertThat(detect("SQLite format 3\0").binary()).isTrue();
    assertThat(detect("\u007fELF\u0002\u0001").what()).isEqualTo("an ELF program");
    assertThat(
            FormatDetector.detect(
                    "\ufeffhi there".getBytes(StandardCharsets.UTF_16LE), true, Lines.UTC)
                .what())
        .startsWith("UTF-16 text");
    assertThat(
            FormatDetector.detect("hi there".getBytes(StandardCharsets.UTF_16LE), true, Lines.UTC)
                .what())
        .isEqualTo("binary data");
  }

  @Test
  void many_control_characters_are_binary_and_few_are_not() {
    byte[] noise = new byte[65_536];
    new Random(1).nextBytes(noise);
    noise[0] = 'a';

    var detection = FormatDetector.detect(noise, false, Lines.UTC);
    assertThat(detection).isEqualTo(new Detection(null, "binary data", 0, 0));
    assertThat(detection.binary()).isTrue();
    assertThat(detect("a".repeat(95) + "\u0001".repeat(5)).binary()).isFalse();
    assertThat(detect("a".repeat(94) + "\u0001".repeat(6)).binary()).isTrue();
    assertThat(detect("\u001b[31mred\u001b[0m\t\f\r\n").binary()).isFalse();
    assertThat(detect("text\n" + "\0".repeat(500) + "more text\n").binary()).isFalse();
    assertThat(detect("text " + "\0".repeat(500) + "more text\n").binary()).isTrue();
  }

  @Test
  void continuations_count_only_if_they_look_like_some() {
    var head = "2026-01-02 03:04:05,123 INFO [main] com.example.Main - started\n";

    assertThat(detect(head + "\tat a.B.c(D.java:1)\n".repeat(50)).format())
        .isEqualTo(LogFormat.APP);
    assertThat(detect(head + "this is prose\n".repeat(50)).format()).isEqualTo(LogFormat.PLAIN);
  }

  @Test
  void an_object_that_the_head_cuts_off_does_not_count() {
    var object = "{\n  \"a\": 1\n}\n";
    byte[] head = (object + object + "{\n  \"a\":\n").getBytes(UTF_8);

    assertThat(FormatDetector.detect(head, false, Lines.UTC).sampled()).isEqualTo(2);
    assertThat(FormatDetector.detect(head, true, Lines.UTC).sampled()).isEqualTo(3);
  }

  @Test
  void what_is_named_is_still_looked_at_for_what_it_does_not_say() {
    byte[] log = "a;b\n1;2\n".getBytes(UTF_8);
    var given = FormatDetector.given(Dialect.named("csv"), log, true, Lines.UTC);

    assertThat(given.format()).isEqualTo(LogFormat.CSV);
    assertThat(given.dialect()).isInstanceOf(Dialect.Separated.class);
    assertThat(
            FormatDetector.given(Dialect.named("json"), "%PDF-1".getBytes(UTF_8), true, Lines.UTC)
                .binary())
        .isTrue();
  }

  @Test
  void an_object_that_is_larger_than_the_head_is_known_by_its_beginning() {
    byte[] opened = "{\n  \"a\": [\n    1,\n".getBytes(UTF_8);

    assertThat(FormatDetector.detect(opened, false, Lines.UTC).dialect())
        .isInstanceOf(Dialect.PrettyJson.class);
    assertThat(FormatDetector.detect(opened, true, Lines.UTC).format()).isEqualTo(LogFormat.PLAIN);
    assertThat(FormatDetector.detect("{\nint main;\n".getBytes(UTF_8), false, Lines.UTC).format())
        .isEqualTo(LogFormat.PLAIN);
  }
}
