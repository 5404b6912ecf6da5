package dev.sluice.run;

import static java.util.Objects.requireNonNull;

import dev.sluice.logs.Dialect;
import dev.sluice.logs.DidYouMean;
import dev.sluice.logs.LogExpressions;
import dev.sluice.logs.LogFormat;
import dev.sluice.logs.LogParsing;
import dev.sluice.logs.LogReading;
import dev.sluice.logs.LogWriting;
import dev.sluice.logs.UsageException;
import dev.sluice.pipelines.Retry;
import dev.sluice.run.BadFileException.Problem;
import dev.sluice.run.Yaml.Entries;
import dev.sluice.run.Yaml.Items;
import dev.sluice.run.Yaml.Value;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes a [Plan] of a file that follows the [Grammar], and checks what that does not tell:
/// expressions, targets, formats.
final class PlanReader {
  /// A variable; with two dollars before it the text itself.
  private static final Pattern VARIABLE = Pattern.compile("\\$(\\$?)\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /// Inputs whose items may come a second time, and are gone only when they are acknowledged.
  private static final Pattern ACKNOWLEDGED = Pattern.compile("(queue|kafka):.*", Pattern.DOTALL);

  private static final int BATCH = 500;
  private static final Duration WITHIN = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration BATCH_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final Map<String, String> environment;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  PlanReader(Map<String, String> environment) {
    this.environment = environment;
  }

  /// @throws BadFileException with all that is wrong
  Plan read(Yaml yaml) {
    Grammar.check(yaml);
    var file = (Entries) yaml;
    var deadLetters = file.at("dead_letters").map(this::target).orElse(null);
    boolean hasDeadLetters = deadLetters != null;
    nameStages(file);
    var source = source((Entries) file.at("source").orElseThrow(), hasDeadLetters);
    var stages = new ArrayList<Step>();
    list(file.at("stages").orElse(null))
        .forEach(it -> stages.add(stage((Entries) it, hasDeadLetters, source.inputs())));
    var sinks =
        list(file.at("sinks").orElseThrow()).stream().map(it -> sink(it, hasDeadLetters)).toList();
    var plan =
        new Plan(
            file.at("name").map(PlanReader::text).orElse("pipeline"),
            source,
            stages,
            sinks,
            deadLetters,
            file.at("drain").map(PlanReader::span).orElse(DRAIN),
            list(file.at("tests").orElse(null)).stream().map(it -> trial((Entries) it)).toList());
    checkExpressions(plan);
    checkStubs(file, plan);
    if (!problems.isEmpty()) {
      throw new BadFileException(problems);
    }
    return plan;
  }

  private void problem(Yaml at, String message) {
    problems.add(new Problem(at.place(), message));
  }

  private Plan.From source(Entries it, boolean hasDeadLetters) {
    var format = it.at("format").map(this::format).orElse(null);
    var generated = it.at("generate").map(Entries.class::cast).orElse(null);
    var policy =
        it.at("on_error").isPresent()
            ? policy(it, hasDeadLetters)
            : hasDeadLetters ? new Policy("dead_letter", null) : Policy.STOP;
    if (policy.retry() != null) {
      problem(
          it.at("on_error").orElseThrow(),
          "a line that is no record is none the second time: leave retry out");
    }
    var inputs = list(it.at("read").orElse(null)).stream().map(this::input).toList();
    return new Plan.From(
        inputs,
        format,
        flag(it, "follow", false),
        generated == null ? 0 : generated.at("count").map(PlanReader::whole).orElse(Long.MAX_VALUE),
        generated == null
            ? Duration.ZERO
            : generated.at("every").map(PlanReader::span).orElse(Duration.ZERO),
        policy);
  }

  /// An input that there can be; it is not touched.
  private Plan.End input(Yaml yaml) {
    var spec = resolved(yaml);
    try {
      return new Plan.End(spec, LogReading.shown(spec));
    } catch (UsageException e) {
      problem(yaml, String.valueOf(e.getMessage()));
      return new Plan.End(spec, "an input");
    }
  }

  private @Nullable Dialect format(Yaml yaml) {
    try {
      return Dialect.named(text(yaml));
    } catch (UsageException e) {
      problem(yaml, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /// Takes the names that the user gave, so that no stage without one is called the same.
  private void nameStages(Entries file) {
    for (var stage : list(file.at("stages").orElse(null))) {
      ((Entries) stage)
          .at("name")
          .ifPresent(name -> {
            if (!names.add(text(name))) {
              problem(name, "another stage is called '%s'".formatted(text(name)));
            }
          });
    }
  }

  /// A name for a stage that has none.
  private String free(String action) {
    var name = action;
    for (int number = 2; !names.add(name); number++) {
      name = action + number;
    }
    return name;
  }

  private Step stage(Entries it, boolean hasDeadLetters, List<Plan.End> inputs) {
    var action =
        Grammar.ACTIONS.stream().filter(key -> it.at(key).isPresent()).findFirst().orElseThrow();
    var value = it.at(action).orElseThrow();
    var policy = policy(it, hasDeadLetters);
    if (List.of("throttle", "filter", "set", "dedupe").contains(action)
        && it.at("on_error").isPresent()) {
      problem(
          it.at("on_error").orElseThrow(),
          "a %s does not fail for a record: leave on_error out".formatted(action));
    }
    var name = it.at("name").map(PlanReader::text).orElseGet(() -> free(action));
    return switch (action) {
      case "filter" -> new Step.Filter(name, policy, expression(value));
      case "set" -> {
        var fields = new LinkedHashMap<String, Step.Expression>();
        ((Entries) value)
            .entries()
            .forEach((field, entry) -> fields.put(field, expression(entry.value())));
        yield new Step.Set(name, policy, fields);
      }
      case "parse" -> new Step.Parse(name, policy, parsing((Entries) value));
      case "dedupe" -> {
        var dedupe = (Entries) value;
        if (inputs.stream().anyMatch(input -> ACKNOWLEDGED.matcher(input.spec()).matches())) {
          problem(
              it,
              "what a queue or a topic gives a second time is no duplicate: it was not dealt with before. Leave dedupe"
                  + " out, and give items a deduplication id when they are sent");
        }
        yield new Step.Dedupe(
            name,
            policy,
            fields(dedupe.at("by").orElse(null)),
            dedupe.at("within").map(PlanReader::span).orElse(null));
      }
      case "throttle" -> {
        var rate = (Entries) value;
        yield new Step.Throttle(
            name,
            policy,
            whole(rate.at("items").orElseThrow()),
            rate.at("per").map(PlanReader::span).orElse(Duration.ofSeconds(1)));
      }
      default -> call(name, policy, action, (Entries) value);
    };
  }

  private static Step.Expression expression(Yaml yaml) {
    return new Step.Expression(yaml.place(), text(yaml));
  }

  private static List<Step.Expression> fields(@Nullable Yaml yaml) {
    return list(yaml).stream().map(PlanReader::expression).toList();
  }

  private LogParsing parsing(Entries it) {
    var field = it.at("field").orElseThrow();
    var at = it.at("format").orElseThrow();
    var format = format(at);
    try {
      return LogParsing.of(text(field), format == null ? Dialect.named("plain") : format);
    } catch (UsageException e) {
      problem(at, String.valueOf(e.getMessage()));
      return LogParsing.of("message", Dialect.named("plain")); // never used: there is a problem
    }
  }

  private Step.Call call(String name, Policy policy, String action, Entries it) {
    var key = fields(it.at("key").orElse(null));
    it.at("ordered")
        .filter(ordered -> !key.isEmpty())
        .ifPresent(ordered ->
            problem(ordered, "with a key records keep the order of their key: leave ordered out"));
    it.at("field")
        .filter(field -> List.of("source", "line", "time").contains(text(field)))
        .ifPresent(
            field -> problem(field, "'%s' tells where a record is from".formatted(text(field))));
    return new Step.Call(
        name,
        policy,
        it.at("field").map(PlanReader::text).orElse(null),
        it.at("workers").map(PlanReader::whole).map(Math::toIntExact).orElse(1),
        key.isEmpty() && flag(it, "ordered", true),
        key,
        it.at("timeout").map(PlanReader::span).orElse(TIMEOUT),
        action.equals("exec")
            ? new Step.Program(command(it.at("command").orElseThrow()))
            : service(it));
  }

  private List<String> command(Yaml yaml) {
    var command = list(yaml).stream().map(this::resolved).toList();
    if (command.isEmpty()) {
      problem(yaml, "a command needs a program");
      return List.of("");
    }
    return command;
  }

  private Step.Service service(Entries it) {
    var at = it.at("url").orElseThrow();
    var url = resolved(at);
    var headers = new LinkedHashMap<String, String>();
    it.at("headers")
        .ifPresent(map ->
            ((Entries) map)
                .entries()
                .forEach((key, entry) -> headers.put(key, resolved(entry.value()))));
    var service =
        new Step.Service(url, it.at("method").map(PlanReader::text).orElse("POST"), headers);
    if (!url.startsWith("http://") && !url.startsWith("https://")) {
      problem(at, "expected an address that begins with http:// or https://");
      return service;
    }
    try {
      Asking.request(service, "");
    } catch (IllegalArgumentException e) {
      problem(whoseFault(it, service), "there can be no such request: " + unsecret(e, service));
    }
    return service;
  }

  /// The header that makes a request impossible; else its address.
  private static Yaml whoseFault(Entries it, Step.Service service) {
    for (var header : service.headers().entrySet()) {
      try {
        HttpRequest.newBuilder().header(header.getKey(), header.getValue());
      } catch (IllegalArgumentException e) {
        var headers = (Entries) it.at("headers").orElseThrow();
        return headers.at(header.getKey()).orElseThrow();
      }
    }
    return it.at("url").orElseThrow();
  }

  /// What is wrong, without what came from the environment: header values and addresses are quoted
  /// by whoever refuses them.
  private static String unsecret(IllegalArgumentException e, Step.Service service) {
    var message = String.valueOf(e.getMessage());
    for (var value : service.headers().values()) {
      message = value.isEmpty() ? message : message.replace(value, "...");
    }
    return message.replace(service.url(), "...");
  }

  private Plan.Goal sink(Yaml yaml, boolean hasDeadLetters) {
    if (!(yaml instanceof Entries it)) {
      return new Plan.Goal(
          yaml.place(), target(yaml), List.of(), BATCH_TIMEOUT, BATCH, WITHIN, Policy.STOP);
    }
    it.at("timeout")
        .filter(timeout -> it.at("exec").isEmpty())
        .ifPresent(timeout -> problem(timeout, "only a program has a timeout: leave it out"));
    var batch = it.at("batch").map(Entries.class::cast).orElse(null);
    return new Plan.Goal(
        yaml.place(),
        it.at("to").map(this::target).orElse(null),
        it.at("exec").map(this::command).orElse(List.of()),
        it.at("timeout").map(PlanReader::span).orElse(BATCH_TIMEOUT),
        batch == null
            ? BATCH
            : batch.at("size").map(PlanReader::whole).map(Math::toIntExact).orElse(BATCH),
        batch == null ? WITHIN : batch.at("within").map(PlanReader::span).orElse(WITHIN),
        policy(it, hasDeadLetters));
  }

  /// A target that exists; its file is not touched.
  private Plan.End target(Yaml yaml) {
    var spec = resolved(yaml);
    try {
      return new Plan.End(spec, LogWriting.to(spec).name());
    } catch (UsageException e) {
      problem(yaml, String.valueOf(e.getMessage()));
      return new Plan.End(spec, "a target");
    }
  }

  private Policy policy(Entries stage, boolean hasDeadLetters) {
    var yaml = stage.at("on_error").orElse(null);
    if (yaml == null) {
      return Policy.STOP;
    }
    var policy =
        yaml instanceof Entries it
            ? new Policy(
                it.at("then").map(PlanReader::text).orElse("stop"),
                it.at("retry").map(retry -> retry((Entries) retry)).orElse(null))
            : new Policy(text(yaml), null);
    if (policy.needsDeadLetters() && !hasDeadLetters) {
      problem(
          yaml,
          "there is no place for dead letters: add dead_letters: ndjson:failed.ndjson to the file");
    }
    return policy;
  }

  private @Nullable Retry retry(Entries it) {
    try {
      return Policy.retry(
          Math.toIntExact(whole(it.at("attempts").orElseThrow())),
          it.at("first").map(PlanReader::span).orElse(null),
          it.at("most").map(PlanReader::span).orElse(null),
          it.at("jitter")
              .map(jitter -> ((Number) requireNonNull(((Value) jitter).value())).doubleValue())
              .orElse(null));
    } catch (IllegalArgumentException e) {
      problem(it, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private static Plan.Trial trial(Entries it) {
    var expect = (Entries) it.at("expect").orElseThrow();
    var given = new ArrayList<Object>();
    for (var one : list(it.at("given").orElseThrow())) {
      var plain = one instanceof Value value ? value.text() : one.plain();
      given.add(requireNonNull(plain));
    }
    var stubs = new LinkedHashMap<String, @Nullable Object>();
    it.at("stubs")
        .ifPresent(map ->
            ((Entries) map)
                .entries()
                .forEach((stage, entry) -> stubs.put(stage, entry.value().plain())));
    return new Plan.Trial(
        it.place(),
        text(it.at("name").orElseThrow()),
        given,
        stubs,
        new Plan.Expect(
            expect.at("out").orElse(null),
            expect.at("dead_letters").orElse(null),
            expect.at("filtered").map(PlanReader::whole).orElse(null)));
  }

  private void checkStubs(Entries file, Plan plan) {
    var calls = plan.stages().stream().filter(Step.Call.class::isInstance).map(Step::name).toList();
    for (var yaml : list(file.at("tests").orElse(null))) {
      ((Entries) yaml)
          .at("stubs")
          .ifPresent(map ->
              ((Entries) map)
                  .entries()
                  .forEach((stage, entry) -> {
                    if (!calls.contains(stage)) {
                      problems.add(
                          new Problem(
                              entry.place(),
                              "no stage '%s' calls anybody%s"
                                  .formatted(stage, DidYouMean.hint(stage, calls))));
                    }
                  }));
    }
  }

  /// Compiles the expressions with what is known of the fields before anything is read.
  private void checkExpressions(Plan plan) {
    var dialect = plan.source().format();
    List<LogFormat> formats = dialect == null ? List.of() : List.of(dialect.format());
    try {
      Compiled.of(plan, LogExpressions.of(formats));
    } catch (BadFileException e) {
      problems.addAll(e.problems());
    }
  }

  /// The text with the environment's values for `${NAME}`.
  private String resolved(Yaml yaml) {
    return VARIABLE
        .matcher(text(yaml))
        .replaceAll(found -> {
          var name = found.group(2);
          if (!found.group(1).isEmpty()) {
            return Matcher.quoteReplacement("${" + name + "}");
          }
          var value = environment.get(name);
          if (value == null) {
            problem(
                yaml,
                "the environment has no %s; for the text itself write $${%s}"
                    .formatted(name, name));
            value = "";
          }
          return Matcher.quoteReplacement(value);
        });
  }

  private static List<Yaml> list(@Nullable Yaml yaml) {
    return yaml == null ? List.of() : yaml instanceof Items it ? it.items() : List.of(yaml);
  }

  private static String text(Yaml yaml) {
    return ((Value) yaml).text();
  }

  private static long whole(Yaml yaml) {
    return (Long) requireNonNull(((Value) yaml).value());
  }

  private static Duration span(Yaml yaml) {
    return Kind.Span.of(text(yaml));
  }

  private static boolean flag(Entries it, String key, boolean otherwise) {
    return it.at(key)
        .map(value -> (Boolean) requireNonNull(((Value) value).value()))
        .orElse(otherwise);
  }
}
