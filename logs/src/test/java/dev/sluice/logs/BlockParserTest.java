package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

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
}
