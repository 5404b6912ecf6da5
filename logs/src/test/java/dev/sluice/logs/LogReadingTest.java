package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a pipeline of somebody else's gets to see of logs.
class LogReadingTest {
  @TempDir Path dir;

  private LogReading open(List<String> lines) throws IOException {
    var file = Files.write(dir.resolve("in.log"), lines);
    return LogReading.open(
        LogJob.reading(List.of(file.toString())).format(Dialect.named("json")).build(),
        List.of(),
        _ -> {});
  }

  @Test
  void each_line_is_an_item_with_an_outcome_of_its_own() throws Exception {
    var texts = new ArrayList<String>();
    try (var reading = open(List.of("{\"a\":1}", "", "no json", "{\"a\":2}"))) {
      var account =
          Pipeline.merge(1, reading.sources())
              .filter(item -> !item.isBlank())
              .map(LogItem::understood)
              .onError(OnError.skip())
              .to(item -> texts.add(item.line() + " " + item.text()))
              .run()
              .account();

      assertThat(account).isEqualTo(new Account(4, 2, 1, 1, 0, 0, 0));
      assertThat(reading.formats()).containsExactly(LogFormat.JSON);
      assertThat(reading.errors()).isEmpty();
    }
    assertThat(texts).hasSize(2);
    assertThat(texts.getFirst()).startsWith("1 {").contains("\"a\":1");
    assertThat(texts.getLast()).startsWith("4 {");
  }

  @Test
  void no_target_may_overwrite_an_input() throws Exception {
    var file = Files.writeString(dir.resolve("in.ndjson"), "{}\n").toString();
    var target = LogWriting.to("ndjson:" + file);

    assertThatThrownBy(
            () -> LogReading.open(LogJob.reading(List.of(file)).build(), List.of(target), _ -> {}))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("would overwrite it");
    assertThatThrownBy(() -> LogWriting.refuseSameFile(List.of(target, target)))
        .isInstanceOf(UsageException.class);
    assertThat(Path.of(file)).hasContent("{}");
  }

  @Test
  void an_item_that_went_through_another_program_is_the_same() throws Exception {
    var item =
        LogItem.ofJson("a.log", 7, "{\"time\":\"2026-11-21T10:00:00Z\",\"a\":[1,{\"b\":null}]}");

    var again = LogItem.ofJson("a.log", 7, item.text());

    assertThat(again.text()).isEqualTo(item.text());
    assertThat(again.source()).isEqualTo("a.log");
    assertThat(again.line()).isEqualTo(7);
  }

  @Test
  void what_is_no_object_is_no_record() {
    assertThatThrownBy(() -> LogItem.ofJson("a.log", 1, "[1]"))
        .isInstanceOf(NoRecordException.class)
        .hasMessageContaining("not a JSON object");
  }

  @Test
  void expressions_know_the_fields_that_there_can_be() throws Exception {
    var known = LogExpressions.of(List.of(LogFormat.COMBINED));
    assertThatThrownBy(() -> known.condition("stauts > 1"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("did you mean 'status'");

    known.field("slow", "bytes > 10");
    known.condition("slow");
    known.forget();
    known.condition("anything == 1");
  }

  @Test
  void a_target_keeps_what_it_was_given() throws Exception {
    var file = dir.resolve("out.ndjson");
    try (var writing = LogWriting.to("ndjson:" + file)) {
      writing.open(List.of());
      writing.write(
          List.of(LogItem.ofJson("a", 1, "{\"n\":1}"), LogItem.ofJson("b", 2, "{\"m\":2}")));
    }

    assertThat(Files.readAllLines(file)).hasSize(2).first().asString().contains("\"n\":1");
  }
}
