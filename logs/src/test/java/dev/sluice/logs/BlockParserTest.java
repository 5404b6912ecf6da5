package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockParserTest {
  private static Block block(LogFormat format, String text) throws Exception {
    var framer = new LineFramer("app.log", new ByteArrayInputStream(text.getBytes(UTF_8)));
    framer.format(format);
    return Objects.requireNonNull(framer.next());
  }

  @Test
  void each_line_is_a_record_or_filtered_or_rejected() throws Exception {
    var parser = new BlockParser(Lines.UTC, record -> !"debug".equals(record.values()[0]));
    var block =
        block(
            LogFormat.JSON,
            "{\"level\":\"info\"}\n\n \t\n{\"level\":\"debug\"}\n\0\0oops\n{\"level\":\"warn\"}\n");

    var parsed = parser.parse(block);

    assertThat(parsed.block()).isSameAs(block);
    assertThat(parsed.filtered()).isEqualTo(3);
    assertThat(parsed.records()).extracting(LogRecord::line).containsExactly(1L, 6L);
    assertThat(parsed.records()).extracting(LogRecord::source).containsOnly("app.log");
    assertThat(parsed.rejected()).hasSize(1);
    var rejected = parsed.rejected().getFirst();
    assertThat(rejected.source()).isEqualTo("app.log");
    assertThat(rejected.line()).isEqualTo(5);
    assertThat(rejected.offset()).isEqualTo(41);
    assertThat(rejected.reason()).isEqualTo("not-an-object");
    assertThat(rejected.bytes()).asString(UTF_8).isEqualTo("oops");
    assertThat(rejected.length()).isEqualTo(4);
  }

  @Test
  void a_long_rejected_line_keeps_its_beginning() throws Exception {
    var parser = new BlockParser(Lines.UTC, _ -> true);

    var rejected = parser.parse(block(LogFormat.JSON, "x".repeat(200_000))).rejected().getFirst();

    assertThat(rejected.bytes()).hasSize(Rejected.KEPT_BYTES);
    assertThat(rejected.length()).isEqualTo(200_000);
  }

  @Test
  void what_the_framer_rejected_comes_first() throws Exception {
    var parser = new BlockParser(Lines.UTC, _ -> true);

    var parsed = parser.parse(block(LogFormat.JSON, "x".repeat(2_000_000) + "\noops\n{}\n"));

    assertThat(parsed.rejected())
        .extracting(Rejected::reason)
        .containsExactly("too-long", "not-an-object");
    assertThat(parsed.records()).extracting(LogRecord::line).containsExactly(3L);
  }

  @Test
  void many_threads_may_parse_at_once() throws Exception {
    var log = new ByteArrayOutputStream();
    new LogGenerator(LogFormat.JSON, 7, 1).lines(1_500, log);
    var block = block(LogFormat.JSON, log.toString(UTF_8));
    var parser = new BlockParser(Lines.UTC, _ -> true);
    var expected = parser.parse(block);

    var outcomes = new ArrayList<Future<ParsedBlock>>();
    try (var pool = Executors.newFixedThreadPool(4)) {
      Callable<ParsedBlock> parse = () -> parser.parse(block);
      for (int i = 0; i < 16; i++) {
        outcomes.add(pool.submit(parse));
      }
    }

    for (var outcome : outcomes) {
      assertThat(outcome.get().records()).hasSameSizeAs(expected.records());
      for (int i = 0; i < expected.records().size(); i++) {
        assertThat(outcome.get().records().get(i).values())
            .isEqualTo(expected.records().get(i).values());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JSON", "LOGFMT", "COMMON", "COMBINED"})
  void a_record_in_passing_has_the_values_of_its_line_until_the_next(LogFormat format)
      throws Exception {
    var log = new ByteArrayOutputStream();
    new LogGenerator(format, 7, 1).lines(1_500, log);
    var block = block(format, log.toString(UTF_8));
    var asked = List.of(List.of("level"), List.of("status"), List.of("bytes"), List.of("host"));
    var kept = parser(format, Wanted.of(asked));
    var passing = parser(format, Wanted.of(asked).inPassing());
    var objects = Collections.newSetFromMap(new IdentityHashMap<Parsed, Boolean>());
    int records = 0;

    for (int i = 0; i < block.count(); i++) {
      var source = i % 2 == 0 ? "even.log" : "odd.log";
      var expected = kept.parse(source, i, block.bytes(), block.starts()[i], block.ends()[i]);
      var parsed = passing.parse(source, i, block.bytes(), block.starts()[i], block.ends()[i]);
      if (expected instanceof LogRecord known) {
        var record = (LogRecord) parsed;
        assertThat(record.values()).isEqualTo(known.values());
        assertThat(record.shape().columns()).isEqualTo(known.shape().columns());
        assertThat(record.source()).isEqualTo(source);
        records++;
      } else {
        assertThat(parsed).isInstanceOf(Malformed.class);
      }
    }

    assertThat(records).isGreaterThan(500);
    for (int i = 0; i < block.count(); i++) {
      var parsed = passing.parse("a.log", i, block.bytes(), block.starts()[i], block.ends()[i]);
      if (parsed instanceof LogRecord) {
        objects.add(parsed);
      }
    }
    assertThat(objects).hasSizeLessThan(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"line", "time"})
  void whoever_looks_at_the_line_or_time_gets_a_record_of_each_line(String field) throws Exception {
    var log = new ByteArrayOutputStream();
    new LogGenerator(LogFormat.JSON, 7, 1).lines(1_500, log);
    var block = block(LogFormat.JSON, log.toString(UTF_8));
    var kept = parser(LogFormat.JSON, Wanted.ALL);
    var passing = parser(LogFormat.JSON, Wanted.of(List.of(List.of(field))).inPassing());

    for (int i = 0; i < block.count(); i++) {
      var expected = kept.parse("a", i, block.bytes(), block.starts()[i], block.ends()[i]);
      var parsed = passing.parse("a", i, block.bytes(), block.starts()[i], block.ends()[i]);
      if (expected instanceof LogRecord known) {
        assertThat(((LogRecord) parsed).line()).isEqualTo(i);
        if (field.equals("time")) {
          assertThat(((LogRecord) parsed).time()).isNotNull().isEqualTo(known.time());
        }
      }
    }
  }

  @Test
  void a_record_in_passing_has_nothing_of_the_line_before() {
    var parser = parser(LogFormat.COMMON, Wanted.of(List.of(List.of("status"))).inPassing());
    var first = line(parser, "::1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" 200 5");
    assertThat(first.values()).contains(200L);

    var second = line(parser, "::1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.1\" - 5");

    assertThat(second.values()).containsOnlyNulls();
  }

  @Test
  void records_that_are_kept_are_one_for_each_line() throws Exception {
    var task =
        new BlockParser.Task(
            null, Wanted.NOTHING, Wanted.of(List.of(List.of("level"))), true, null);

    var parsed =
        new BlockParser(Lines.UTC, task)
            .parse(block(LogFormat.JSON, "{\"level\":\"a\"}\n{\"level\":\"b\"}\n"));

    assertThat(parsed.records()).extracting(it -> it.values()[0]).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1} x",
        "{\"a\":1}{",
        "{\"a\":1}\r\r",
        "{\"a\":1}\r",
        "{\"a\":1} \t",
        "{\"a\":\"x",
        "{\"a\":",
        "{\"a\"",
        "{",
        "{}",
        "",
        " \t",
        "\r",
        "[{\"a\":1}]",
        "{\"a\":[1,{\"b\":\"}\"}]}"
      })
  void an_uncut_line_is_what_it_is_when_cut(String line) throws Exception {
    var log = ("{\"a\":0}\n" + line + "\n{\"a\":2}\n").getBytes(UTF_8);

    var cut = Reading.of(new ByteArrayInputStream(log), "json", 10, 100);
    var uncut = Reading.uncut(new ByteArrayInputStream(log), "json", 10, 100);

    assertThat(uncut.inWords()).isEqualTo(cut.inWords());
    assertThat(cut.units()).isEqualTo(3);
  }

  private static LogRecord line(LineParser parser, String line) {
    byte[] bytes = line.getBytes(UTF_8);
    return (LogRecord) parser.parse("app.log", 1, bytes, 0, bytes.length);
  }

  private static LineParser parser(LogFormat format, Wanted wanted) {
    var parser = Dialect.of(format).newParser(Lines.UTC);
    parser.want(wanted);
    return parser;
  }
}
