package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is wanted of the records never changes which lines are rejected, nor what is wanted.
class ProjectionTest {
  private static final int LINES = 20_000;

  private static final List<String> FIELDS =
      List.of(
          "host",
          "ident",
          "user",
          "method",
          "path",
          "protocol",
          "status",
          "bytes",
          "referer",
          "agent",
          "request",
          "level",
          "service",
          "msg",
          "http.status",
          "http",
          "took",
          "duration_ms",
          "message",
          "time",
          "time_",
          "source",
          "line",
          "nothing.at.all");

  private static Wanted wanted(String... names) {
    return Wanted.of(Stream.of(names).map(KnownFields::path).toList());
  }

  private static List<byte[]> dirtyLines(LogFormat format, int seed) throws Exception {
    var log = new ByteArrayOutputStream();
    new LogGenerator(format, seed, format == LogFormat.PLAIN ? 0 : 5).lines(LINES, log);
    var random = new Random(seed);
    var odd = "\"\\[]{}:,- \t\0\r\u0001/+eE.0u9x\u00e9\u00ff".getBytes(ISO_8859_1);
    var lines = new ArrayList<byte[]>();
    for (var text : log.toString(ISO_8859_1).split("\n", -1)) {
      byte[] line = text.getBytes(ISO_8859_1);
      if (random.nextInt(2) == 0 && line.length > 0) {
        for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
          line[random.nextInt(line.length)] = odd[random.nextInt(odd.length)];
        }
        if (random.nextInt(8) == 0) {
          line = Arrays.copyOf(line, random.nextInt(line.length));
        }
      }
      if (!Bytes.isBlank(line, 0, line.length)) {
        lines.add(line);
      }
    }
    return lines;
  }

  /// The formats of which there is a generator.
  static Set<LogFormat> made() {
    return LogGenerator.FORMATS;
  }

  @ParameterizedTest
  @MethodSource("made")
  void a_line_is_rejected_with_the_same_words_whatever_is_wanted(LogFormat format)
      throws Exception {
    var random = new Random(3);
    var lines = dirtyLines(format, 11);
    var all = format.newParser(Lines.UTC);
    for (int round = 0; round < 12; round++) {
      var names = new ArrayList<String>();
      for (int i = 0; i < round % 4; i++) {
        names.add(FIELDS.get(random.nextInt(FIELDS.size())));
      }
      var known = new KnownFields();
      var fields = names.stream().map(name -> known.add(KnownFields.path(name))).toList();
      var some = format.newParser(Lines.UTC);
      some.want(known.wanted());
      for (int i = 0; i < lines.size(); i++) {
        byte[] line = lines.get(i);
        var expected = all.parse("a.log", i, line, 0, line.length);
        var parsed = some.parse("a.log", i, line, 0, line.length);
        if (expected instanceof LogRecord whole && parsed instanceof LogRecord part) {
          for (var field : fields) {
            assertThat(field.in(part, known.places(part.shape())))
                .as("%s of %s", field, new String(line, UTF_8))
                .isEqualTo(field.in(whole, known.places(whole.shape())));
          }
        } else {
          assertThat(parsed).as(new String(line, UTF_8)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void a_name_may_be_wanted_however_it_is_spelt() {
    var level = new Digests(Set.of(Role.LEVEL, Role.LATENCY), 1).wanted();

    assertThat(level.column("LEVEL")).isTrue();
    assertThat(level.column("Leve")).isFalse();
    assertThat(level.column("Duration_ms")).isTrue();
    assertThat(level.column("path")).isFalse();
    assertThat(level.and(wanted("Host")).column("Host")).isTrue();
    assertThat(level.and(wanted("Host")).column("Level")).isTrue();
    assertThat(level.and(wanted("Host")).time()).isTrue();
    assertThat(wanted("Host").column("host")).isFalse();
    assertThat(wanted("a.b").column("a")).isTrue();
    assertThat(wanted("a.b").time()).isFalse();
    assertThat(wanted("time").time()).isTrue();
    assertThat(level.and(Wanted.ALL)).isSameAs(Wanted.ALL);
    assertThat(Wanted.NOTHING.and(Wanted.NOTHING).nothing()).isTrue();
    assertThat(Wanted.of(List.of()).nothing()).isTrue();
  }

  @Test
  void slices_will_do_where_nobody_keeps_the_record_and_all_know_them() {
    var digest = new Digests(Set.of(Role.LEVEL), 1).wanted();

    assertThat(digest.inPassing().slicesWillDo()).isTrue();
    assertThat(Wanted.NOTHING.and(digest).and(Wanted.NOTHING).inPassing().slicesWillDo()).isTrue();
    assertThat(digest.slicesWillDo()).isFalse();
    assertThat(digest.and(wanted("level")).inPassing().slicesWillDo()).isFalse();
    assertThat(wanted("level").and(digest).inPassing().slicesWillDo()).isFalse();
    assertThat(digest.and(Wanted.ALL).inPassing().slicesWillDo()).isFalse();
  }

  @Test
  void what_reads_usual_json_reads_it_as_jackson_does() throws Exception {
    var usual = (JsonLineParser) LogFormat.JSON.newParser(Lines.UTC);
    var jackson = (JsonLineParser) LogFormat.JSON.newParser(Lines.UTC);
    for (int seed = 0; seed < 5; seed++) {
      for (byte[] line : dirtyLines(LogFormat.JSON, seed)) {
        compare(usual, jackson, line);
      }
    }
    for (var text :
        List.of(
            "{}",
            " { } ",
            "{\"a\":1}\t",
            "{\"a\":1},",
            "{\"a\":1}x",
            "{,}",
            "{\"a\":1,}",
            "{\"a\":[]}",
            "{\"a\":[1,]}",
            "{\"a\":[,1]}",
            "{\"a\":[[],{}]}",
            "{\"a\":[{\"b\":}]}",
            "{\"a\":{\"b\":1,}}",
            "{\"a\":{\"b\" : [ 1 , \"]\" ] } , \"c\":2}",
            "{\"a\":[1}",
            "{\"a\":{]}",
            "{\"a\":-}",
            "{\"a\":-0}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":1e}",
            "{\"a\":1e+}",
            "{\"a\":1E+2}",
            "{\"a\":+1}",
            "{\"a\":NaN}",
            "{\"a\":tru}",
            "{\"a\":truex}",
            "{\"a\":nul",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":\"\\\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\ud83d\\ude80\\b\\f\\n\\r\\t\\/\\\\\\\"\"}",
            "{\"a\":\"\\x\"}",
            "{\"\\u0061\":1,\"a\":2}",
            "{\"a\":1,\"b\":2,\"a\":3}",
            "{\"a\":\"\u00e9\ud83d\ude80\"}",
            "{\"\u00e9\":1}",
            "{\u00e9:1}",
            "{'a':1}",
            "{\"a\":1 \"b\":2}",
            "{\"a\" 1}",
            "{\"a\":1/*x*/}",
            "{\"a\":1}//x",
            "[1]",
            "\"a\"",
            "{\"a\":123456789012345678901234567890}",
            "{\"a\":9223372036854775808}",
            "{\"a\":0.1234567890123456789}",
            "{\"a\":1e400}",
            "{\"time\":\"2026-01-01T00:00:00Z\"}",
            "{\"time\":1767225600.5,\"ts\":\"2026-01-01T00:00:00Z\"}",
            "{\"time\":\"later\"}",
            "{\"Timestamp\":1767225600123}",
            "{\"a\":" + "[".repeat(60) + "]".repeat(60) + "}",
            "{\"a\":" + "[".repeat(61) + "]".repeat(61) + "}",
            "{\"a\":" + "[".repeat(600) + "]".repeat(600) + "}")) {
      compare(usual, jackson, text.getBytes(UTF_8));
    }
  }

  /// The same keys come at many places, so what was learned at one must not be taken for another.
  @Test
  void objects_within_each_other_are_read_as_jackson_reads_them() throws Exception {
    var usual = (JsonLineParser) LogFormat.JSON.newParser(Lines.UTC);
    var jackson = (JsonLineParser) LogFormat.JSON.newParser(Lines.UTC);
    var random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      var line = new StringBuilder();
      object(random, 0, line);
      if (random.nextInt(4) == 0) {
        line.setCharAt(random.nextInt(line.length()), "{}[],:\"\\ 1et".charAt(random.nextInt(12)));
      }
      compare(usual, jackson, line.toString().getBytes(UTF_8));
    }
  }

  private static void object(Random random, int depth, StringBuilder out) {
    out.append('{');
    int members = random.nextInt(5);
    for (int i = 0; i < members; i++) {
      out.append(i == 0 ? "" : ",").append(" ".repeat(random.nextInt(12) / 11));
      out.append('"').append("abcdefghijkl".charAt(random.nextInt(12))).append("\":");
      value(random, depth, out);
    }
    out.append('}');
  }

  private static void value(Random random, int depth, StringBuilder out) {
    switch (random.nextInt(depth < 3 ? 8 : 5)) {
      case 0 -> out.append(random.nextInt(1_000));
      case 1 -> out.append('"').append("x".repeat(random.nextInt(20))).append('"');
      case 2 -> out.append("null");
      case 3 -> out.append(random.nextBoolean());
      case 4 -> out.append("\"a\\tb\"");
      case 5 -> {
        out.append('[');
        int elements = random.nextInt(3);
        for (int i = 0; i < elements; i++) {
          out.append(i == 0 ? "" : " ,");
          value(random, depth + 1, out);
        }
        out.append(']');
      }
      default -> object(random, depth + 1, out);
    }
  }

  private static void compare(JsonLineParser usual, JsonLineParser jackson, byte[] line) {
    // In a block there are other lines around it.
    byte[] block =
        ("{\"a\":" + new String(line, ISO_8859_1) + "\n{\"a\":1,\"b\":2}\n").getBytes(ISO_8859_1);
    var parsed = usual.parse("a.log", 1, block, 5, 5 + line.length);
    var expected = jackson.parseAny("a.log", 1, line, 0, line.length);
    if (parsed instanceof LogRecord one && expected instanceof LogRecord other) {
      assertThat(one.shape().columns())
          .as(new String(line, UTF_8))
          .isEqualTo(other.shape().columns());
      assertThat(one.values()).as(new String(line, UTF_8)).isEqualTo(other.values());
      assertThat(one.time()).as(new String(line, UTF_8)).isEqualTo(other.time());
    } else {
      assertThat(parsed).as(new String(line, UTF_8)).isEqualTo(expected);
    }
  }

  /// A run's options, as what they make of the parsers' task.
  private record Options(
      String name, @Nullable String where, Wanted taken, boolean kept, Aggregation counted) {}

  @ParameterizedTest
  @EnumSource(
      value = LogFormat.class,
      names = {"COMBINED", "COMMON", "JSON"})
  void the_account_is_the_same_whatever_the_options(LogFormat format) throws Exception {
    var field = format == LogFormat.JSON ? "level" : "status";
    var number = format == LogFormat.JSON ? "duration_ms" : "bytes";
    var text = format == LogFormat.JSON ? "msg" : "path";
    var none = Aggregation.NONE;
    var options =
        List.of(
            new Options("all", null, Wanted.ALL, true, none),
            new Options("nothing", null, Wanted.NOTHING, false, none),
            new Options("some", null, wanted(text), true, none),
            new Options("count", null, Wanted.NOTHING, false, counting(field)),
            new Options("count and keep", null, Wanted.ALL, true, counting(text)),
            new Options(
                "percentiles",
                null,
                Wanted.NOTHING,
                false,
                new Aggregation(List.of(), 0, List.of(), List.of(number), false)),
            new Options(
                "per",
                null,
                Wanted.NOTHING,
                false,
                new Aggregation(List.of(), 5, List.of(), List.of(), false)),
            new Options("none pass", "line < 0", Wanted.ALL, true, counting(field)),
            new Options("all pass", "line > 0", Wanted.ALL, true, counting(field)),
            new Options("few pass", text + ".contains('7')", Wanted.ALL, true, counting(text)),
            new Options("time", "time > '2026-01-01T00:00:30Z'", Wanted.ALL, true, none),
            new Options(
                "filter and count",
                text + ".contains('7')",
                Wanted.NOTHING,
                false,
                counting(field)));
    byte[] log = log(format);
    var expected = parse(format, log, options.getFirst());

    for (var option : options) {
      var outcome = parse(format, log, option);

      assertThat(outcome.rejected).as(option.name()).isEqualTo(expected.rejected);
      assertThat(outcome.passed + outcome.filtered)
          .as(option.name())
          .isEqualTo(expected.passed + expected.filtered);
      if (option.kept()) {
        assertThat(outcome.records).as(option.name()).hasSize((int) outcome.passed);
      }
      for (var logRecord : option.taken().all() ? outcome.records : List.<LogRecord>of()) {
        var whole = Objects.requireNonNull(expected.byLine.get(logRecord.line()));
        assertThat(Lines.values(logRecord)).as(option.name()).isEqualTo(Lines.values(whole));
        assertThat(logRecord.time()).as(option.name()).isEqualTo(whole.time());
      }
      var where =
          option.where() == null
              ? null
              : Where.compile(option.where(), Map.of(format, format.columns()));
      assertThat(outcome.passed)
          .as(option.name())
          .isEqualTo(expected.records.stream().filter(r -> where == null || where.test(r)).count());
    }
  }

  private static Aggregation counting(String field) {
    return new Aggregation(List.of(field), 0, List.of(), List.of(), false);
  }

  private static byte[] log(LogFormat format) throws Exception {
    var log = new ByteArrayOutputStream();
    for (byte[] line : dirtyLines(format, 5)) {
      log.write(line);
      log.write('\n');
      if (line.length % 97 == 0) {
        log.write(" \n\n".getBytes(UTF_8));
      }
    }
    return log.toByteArray();
  }

  private static final class Outcome {
    final List<String> rejected = new ArrayList<>();
    final List<LogRecord> records = new ArrayList<>();
    final Map<Long, LogRecord> byLine = new TreeMap<>();
    long passed;
    long filtered;
  }

  private static Outcome parse(LogFormat format, byte[] log, Options options) throws Exception {
    var where =
        options.where() == null
            ? null
            : Where.compile(options.where(), Map.of(format, format.columns()));
    var target = AggregateTarget.of(options.counted());
    var aggregates = target == null ? List.<Aggregate>of() : target.aggregates();
    var added = aggregates.stream().map(Aggregate::wanted).reduce(Wanted.NOTHING, Wanted::and);
    var parser =
        new BlockParser(
            Lines.UTC,
            new BlockParser.Task(
                where == null ? null : RecordStep.filter(where::test),
                where == null ? Wanted.NOTHING : where.wanted(),
                options.taken().and(added),
                options.kept(),
                aggregates.isEmpty() ? null : () -> Sums.begin(aggregates)));
    var framer = new LineFramer("a.log", new ByteArrayInputStream(log));
    framer.format(format);
    var outcome = new Outcome();
    for (var block = framer.next(); block != null; block = framer.next()) {
      var parsed = parser.parse(block);
      outcome.passed += parsed.passed();
      outcome.filtered += parsed.filtered();
      outcome.records.addAll(parsed.records());
      for (var unit : parsed.rejected()) {
        outcome.rejected.add(
            "%d %d %s %s %s"
                .formatted(
                    unit.line(),
                    unit.offset(),
                    unit.reason(),
                    unit.detail(),
                    Arrays.toString(unit.bytes())));
      }
    }
    outcome.records.forEach(logRecord -> outcome.byLine.put(logRecord.line(), logRecord));
    return outcome;
  }
}
