package dev.sluice.run;

import dev.sluice.logs.LogExpressions;
import dev.sluice.logs.LogFormat;
import dev.sluice.logs.LogItem;
import dev.sluice.logs.LogJob;
import dev.sluice.logs.LogReading;
import dev.sluice.logs.NoRecordException;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.run.PipelineFile.TestResult;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Runs the tests of a file: its stages, with the given lines in front and the expectations behind.
/// No target is touched, and nobody is called: a call answers what its stub says.
final class FileTests {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Plan plan;

  FileTests(Plan plan) {
    this.plan = plan;
  }

  List<TestResult> run() throws IOException {
    var results = new ArrayList<TestResult>();
    for (var trial : plan.tests()) {
      results.add(new TestResult(trial.place().toString(), trial.name(), problems(trial)));
    }
    return results;
  }

  private List<String> problems(Plan.Trial trial) throws IOException {
    var out = new ArrayList<Object>();
    var dead = new ArrayList<Object>();
    Sink<List<LogItem>> first = items -> items.forEach(item -> out.add(plain(item)));
    var sinks = new ArrayList<Sink<List<LogItem>>>();
    sinks.add(first);
    while (sinks.size() < plan.sinks().size()) {
      sinks.add(Sink.discard());
    }
    var letters = new DeadLetters(items -> items.forEach(item -> dead.add(plain(item))));
    long filtered;
    var file = Files.createTempFile("sluice-test", "");
    try {
      Files.write(file, lines(trial));
      try (var reading = reading(file.toString())) {
        var formats = reading == null ? List.<LogFormat>of() : reading.formats();
        var compiled = Compiled.of(plan, LogExpressions.of(formats));
        Flow.Calls stubs = (call, item) -> Asking.answered(call, item, stub(trial, call));
        var flow = new Flow(plan, compiled, letters, stubs, true);
        var sources = reading == null ? List.of(numbered(trial)) : reading.sources();
        var report = flow.pipeline(sources, 0, sinks).run();
        filtered = report.account().filtered();
      }
    } catch (Exception e) {
      return List.of("the run stopped: " + DeadLetters.reason(e));
    } finally {
      Files.deleteIfExists(file);
    }
    var problems = new ArrayList<String>();
    compare("out", trial.expect().out(), out, problems);
    compare("dead_letters", trial.expect().deadLetters(), dead, problems);
    var expected = trial.expect().filtered();
    if (expected != null && expected != filtered) {
      problems.add("filtered: expected %,d, but there were %,d".formatted(expected, filtered));
    }
    return problems;
  }

  private @Nullable LogReading reading(String file) throws IOException {
    return plan.source().isGenerated()
        ? null
        : LogReading.open(
            LogJob.reading(List.of(file)).format(plan.source().format()).build(),
            List.of(),
            _ -> {});
  }

  private static List<String> lines(Plan.Trial trial) {
    return trial.given().stream()
        .map(one -> one instanceof String text ? text : JSON.writeValueAsString(one))
        .toList();
  }

  private static Source<LogItem> numbered(Plan.Trial trial) throws NoRecordException {
    var items = new ArrayList<LogItem>();
    for (var line : lines(trial)) {
      items.add(LogItem.ofJson("given", items.size() + 1, line));
    }
    return Source.of(items);
  }

  private static String stub(Plan.Trial trial, Step.Call call) throws IOException {
    if (!trial.stubs().containsKey(call.name())) {
      throw new IOException(
          "stage '%s' would call out: give the test an answer, as stubs: { %s: ... }"
              .formatted(call.name(), call.name()));
    }
    var answer = trial.stubs().get(call.name());
    return answer instanceof String text ? text : JSON.writeValueAsString(answer);
  }

  private static Object plain(LogItem item) {
    return JSON.readValue(item.text(), Object.class);
  }

  private static void compare(
      String what, @Nullable Yaml expected, List<Object> found, List<String> problems) {
    if (expected == null) {
      return;
    }
    var wanted = expected.plain();
    if (wanted instanceof Long count) {
      if (count != found.size()) {
        problems.add("%s: expected %,d, but there were %s".formatted(what, count, shown(found)));
      }
      return;
    }
    if (!(wanted instanceof List<?> list)) {
      problems.add(what + ": expected is neither a number nor a list");
      return;
    }
    if (list.size() != found.size()) {
      problems.add(
          "%s: expected %,d, but there were %s".formatted(what, list.size(), shown(found)));
      return;
    }
    for (int i = 0; i < found.size(); i++) {
      if (!has(found.get(i), list.get(i))) {
        problems.add(
            "%s, number %d: expected %s, but it was %s"
                .formatted(
                    what,
                    i + 1,
                    JSON.writeValueAsString(list.get(i)),
                    JSON.writeValueAsString(found.get(i))));
      }
    }
  }

  private static String shown(List<Object> found) {
    return "%,d%s"
        .formatted(
            found.size(),
            found.isEmpty() ? "" : ", the first " + JSON.writeValueAsString(found.getFirst()));
  }

  /// Whether all that is wanted is there; of a record there may be more.
  private static boolean has(@Nullable Object found, @Nullable Object wanted) {
    return switch (wanted) {
      case Map<?, ?> fields ->
          found instanceof Map<?, ?> all
              && fields.entrySet().stream()
                  .allMatch(field ->
                      (field.getValue() == null || all.containsKey(field.getKey()))
                          && has(all.get(field.getKey()), field.getValue()));
      case List<?> list ->
          found instanceof List<?> other
              && other.size() == list.size()
              && IntStream.range(0, list.size()).allMatch(i -> has(other.get(i), list.get(i)));
      case Number number ->
          found instanceof Number other
              && new BigDecimal(number.toString()).compareTo(new BigDecimal(other.toString())) == 0;
      case null, default -> Objects.equals(found, wanted);
    };
  }
}
