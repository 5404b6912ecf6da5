package dev.sluice.logs;

import static dev.sluice.logs.TargetFixtures.access;
import static dev.sluice.logs.TargetFixtures.blocks;
import static dev.sluice.logs.TargetFixtures.json;
import static dev.sluice.logs.TargetFixtures.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTargetsTest {
  private static final String COMBINED_HEADER =
      "source,line,time,host,ident,user,method,path,protocol,status,bytes,referer,agent,request";

  @TempDir private Path dir;

  @Test
  void csv_has_a_header_and_a_row_for_each_record() throws Exception {
    assertThat(
            csv(
                List.of(LogFormat.COMBINED),
                access("a.log", 1, "/x", 200, 5L),
                access("a.log", 2, "/y", 404, null)))
        .isEqualTo(
            COMBINED_HEADER
                + "\na.log,1,2026-11-21T10:00:01Z,10.0.0.1,,,GET,/x,HTTP/1.1,200,5,,curl/8,"
                + "\na.log,2,2026-11-21T10:00:02Z,10.0.0.1,,,GET,/y,HTTP/1.1,404,,,curl/8,\n");
  }

  @Test
  void csv_quotes_what_needs_it_and_tells_an_empty_text_from_none() throws Exception {
    assertThat(
            csv(
                List.of(LogFormat.JSON),
                json(1, "a,b", "x \"y\"", "c", "", "d", null, "e", "1\n2", "f", "é日😀")))
        .isEqualTo(
            "source,line,time,\"a,b\",c,d,e,f,extra\n"
                + "app.jsonl,1,2026-11-21T10:00:00Z,\"x \"\"y\"\"\",\"\",,\"1\n2\",é日😀,\n");
  }

  @Test
  void csv_of_json_has_the_keys_of_the_first_thousand_records_and_the_rest_in_extra()
      throws Exception {
    var records = new ArrayList<LogRecord>();
    for (int i = 1; i < 1_000; i++) {
      records.add(json(i, "k", (long) i));
    }
    records.add(json(1_000, "last", "in", "time", "t"));
    records.add(json(1_001, "k", true, "late", "x", "later", new Json("{\"a\":1}")));

    var lines = csv(List.of(LogFormat.JSON), records.toArray(LogRecord[]::new)).lines().toList();

    assertThat(lines).hasSize(1_002);
    assertThat(lines.getFirst()).isEqualTo("source,line,time,k,last,time_,extra");
    assertThat(lines.get(1_000)).isEqualTo("app.jsonl,1000,2026-11-21T10:00:00Z,,in,t,");
    assertThat(lines.getLast())
        .isEqualTo(
            "app.jsonl,1001,2026-11-21T10:00:00Z,true,,,\"{\"\"late\"\":\"\"x\"\",\"\"later\"\":{\"\"a\"\":1}}\"");
  }

  @Test
  void csv_waits_for_a_thousand_json_records_over_several_writes() throws Exception {
    var file = dir.resolve("out.csv");
    try (var target = new CsvTarget("csv:out.csv", file)) {
      target.open(List.of(LogFormat.JSON));
      target.write(blocks(json(1, "a", "x")));
      assertThat(file).isEmptyFile();

      target.write(blocks(json(2, "b", "y")));
    }

    assertThat(file)
        .hasContent(
            "source,line,time,a,b,extra\napp.jsonl,1,2026-11-21T10:00:00Z,x,,\napp.jsonl,2,2026-11-21T10:00:00Z,,y,\n");
  }

  @Test
  void csv_does_not_wait_where_the_columns_are_known() throws Exception {
    var file = dir.resolve("out.csv");
    try (var target = new CsvTarget("csv:out.csv", file)) {
      target.open(List.of(LogFormat.COMBINED));
      target.write(blocks(access("a.log", 1, "/x", 200, 5L)));

      assertThat(file).content().startsWith(COMBINED_HEADER + "\na.log,1,");
    }
  }

  @Test
  void csv_without_records_is_a_header() throws Exception {
    assertThat(csv(List.of(LogFormat.COMBINED))).isEqualTo(COMBINED_HEADER + "\n");
    assertThat(csv(List.of())).isEqualTo("source,line,time\n");
  }

  @Test
  void csv_refuses_several_formats() {
    assertThatThrownBy(() -> csv(List.of(LogFormat.COMBINED, LogFormat.JSON)))
        .isInstanceOf(BadTargetException.class)
        .hasMessageContaining("the inputs have combined and json; use ndjson: or sqlite:");
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void csv_refuses_another_format_later_and_keeps_the_writes_before() throws Exception {
    var file = dir.resolve("out.csv");
    try (var target = new CsvTarget("csv:out.csv", file)) {
      target.open(List.of(LogFormat.COMBINED));
      target.write(blocks(access("a.log", 1, "/x", 200, 5L)));
      var before = Files.readString(file);

      assertThatThrownBy(
              () -> target.write(blocks(access("a.log", 2, "/y", 200, 5L), json(1, "k", "v"))))
          .isInstanceOf(BadTargetException.class)
          .hasMessageContaining("holds combined records, but app.jsonl has json ones");
      assertThat(file).hasContent(before);
    }
  }

  @Test
  void ndjson_has_a_line_for_each_record() throws Exception {
    assertThat(
            ndjson(
                json(1, "n", 7L, "d", 1.5, "b", false, "j", new Json("{\"a\":[1,2]}"), "z", null),
                json(2, "q\"k", "a\"b\\c\n\t\r\u0001\0", "u", "é日😀")))
        .isEqualTo(
            """
            {"source":"app.jsonl","line":1,"time":"2026-11-21T10:00:00Z","n":7,"d":1.5,"b":false,"j":{"a":[1,2]},"z":null}
            {"source":"app.jsonl","line":2,"time":"2026-11-21T10:00:00Z","q\\"k":"a\\"b\\\\c\\n\\t\\r\\u0001\\u0000","u":"é日😀"}
            """);
  }

  @Test
  void ndjson_gives_underscores_to_keys_that_are_taken() throws Exception {
    assertThat(ndjson(json(1, "line", 1L, "time_", 2L, "time", 3L, "Line", 4L)))
        .contains("\"line_\":1,\"time_\":2,\"time__\":3,\"Line\":4}");
  }

  @Test
  void ndjson_keeps_half_a_surrogate_pair_and_numbers_that_json_has_not() throws Exception {
    assertThat(
            ndjson(json(1, "a", "x\ud83dy\ude00", "b", Double.NaN, "c", Double.NEGATIVE_INFINITY)))
        .contains("\"a\":\"x\\ud83dy\\ude00\",\"b\":\"NaN\",\"c\":\"-Infinity\"}");
  }

  @Test
  void ndjson_takes_any_formats_and_a_record_without_time() throws Exception {
    var file = dir.resolve("out.ndjson");
    try (var target = new NdjsonTarget("ndjson:out.ndjson", file)) {
      target.open(List.of(LogFormat.JSON, LogFormat.COMBINED));
      target.write(numbered(1, 1));
      target.write(blocks(access("a.log", 1, "/x", 200, 5L)));
    }

    assertThat(Files.readAllLines(file))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo("{\"source\":\"n.jsonl\",\"line\":1,\"time\":null,\"n\":1}"),
            line ->
                assertThat(line)
                    .contains("\"path\":\"/x\",\"protocol\":\"HTTP/1.1\",\"status\":200"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv:", "ndjson:"})
  void a_file_is_replaced_at_the_start(String scheme) throws Exception {
    var file = Files.writeString(dir.resolve("out"), "older and much longer ".repeat(1_000));
    try (var target = Targets.parse(scheme + file)) {
      target.open(List.of(LogFormat.COMBINED));

      assertThat(file).isEmptyFile();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv:", "ndjson:"})
  void a_place_where_no_file_can_be_is_named(String scheme) {
    assertThatThrownBy(() -> Targets.parse(scheme + dir.resolve("no/out")).open(List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot write " + scheme)
        .hasMessageContaining("there is no directory " + dir.resolve("no"));
    assertThatThrownBy(() -> Targets.parse(scheme + dir).open(List.of()))
        .hasMessageContaining("is a directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv:/dev/full", "ndjson:/dev/full"})
  void a_full_device_is_named(String spec) throws Exception {
    assumeThat(Path.of("/dev/full")).exists();
    try (var target = Targets.parse(spec)) {
      target.open(List.of(LogFormat.COMBINED));

      assertThatThrownBy(() -> target.write(blocks(access("a.log", 1, "/x", 200, 5L))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot write " + spec + ": No space left on device");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv:/dev/null", "ndjson:/dev/null"})
  void a_device_is_a_target_too(String spec) throws Exception {
    assumeThat(Path.of("/dev/null")).exists();
    try (var target = Targets.parse(spec)) {
      target.open(List.of(LogFormat.COMBINED));
      target.write(blocks(access("a.log", 1, "/x", 200, 5L)));
    }
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void a_named_pipe_is_a_target_too() throws Exception {
    var fifo = dir.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    var reader = new ProcessBuilder("cat", fifo.toString()).start();
    try (var target = Targets.parse("ndjson:" + fifo)) {
      target.open(List.of(LogFormat.JSON));
      target.write(numbered(1, 1));
    }

    assertThat(new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("{\"source\":\"n.jsonl\",\"line\":1,\"time\":null,\"n\":1}\n");
  }

  @Test
  void what_was_not_committed_is_cut_off_a_file() throws Exception {
    var file = dir.resolve("out");
    try (var output = Output.open("x", file)) {
      output.write("kept".getBytes(StandardCharsets.UTF_8));
      output.commit();
      output.write("x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
      output.write('x');
      output.rollback();
      output.write('!');
      output.commit();
    }

    assertThat(file).hasContent("kept!");
  }

  @Test
  void an_interrupted_thread_still_cuts_a_file_back() throws Exception {
    var file = dir.resolve("out");
    try (var output = Output.open("x", file)) {
      output.write("x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
      output.flush();
      Thread.currentThread().interrupt();
      output.rollback();
    }

    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).isEmptyFile();
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv:-", "ndjson:-"})
  void a_reader_of_standard_output_that_leaves_is_told_from_a_failure(String spec)
      throws Exception {
    var writer =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Endless.class.getName(),
                spec)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = writer.getInputStream()) {
      assertThat(out.read()).isNotNegative();
    }

    assertThat(writer.waitFor()).isEqualTo(141);
  }

  /// Writes until nobody reads.
  static final class Endless {
    private Endless() {}

    public static void main(String[] args) throws Exception {
      try (var target = Targets.parse(args[0])) {
        target.open(List.of(LogFormat.JSON));
        while (true) {
          target.write(numbered(0, 1_000));
        }
      } catch (ClosedPipeException e) {
        System.exit(141);
      }
    }
  }

  private String csv(List<LogFormat> formats, LogRecord... records) throws IOException {
    var file = dir.resolve("out.csv");
    try (var target = new CsvTarget("csv:out.csv", file)) {
      target.open(formats);
      target.write(blocks(records));
    }
    return Files.readString(file);
  }

  private String ndjson(LogRecord... records) throws IOException {
    var file = dir.resolve("out.ndjson");
    try (var target = new NdjsonTarget("ndjson:out.ndjson", file)) {
      target.open(List.of(LogFormat.JSON));
      target.write(blocks(records));
    }
    return Files.readString(file);
  }
}
