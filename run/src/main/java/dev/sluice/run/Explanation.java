package dev.sluice.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A plan in words, and as a drawing.
record Explanation(Plan plan) {

  List<String> sentences() {
    var all = new ArrayList<String>();
    var source = plan.source();
    all.add(
        "every record read is accounted for: written, filtered, dropped, a dead letter, or abandoned");
    if (source.isGenerated()) {
      all.add("records are made: a run begins with number 1");
    } else {
      source.inputs().stream().map(input -> memory(input.spec())).distinct().forEach(all::add);
    }
    all.add("a line that is no record " + source.policy().inWords());
    for (var stage : plan.stages()) {
      if (stage instanceof Step.Call call) {
        all.add("what fails in '%s' %s".formatted(call.name(), call.policy().inWords()));
        if (call.workers() > 1 && !call.key().isEmpty()) {
          all.add(
              "'%s' deals with records of equal %s one after the other; others overtake each other"
                  .formatted(call.name(), keys(call.key())));
        } else if (call.reorders()) {
          all.add("'%s' lets records overtake each other".formatted(call.name()));
        }
      }
      if (stage instanceof Step.Parse parse) {
        all.add("what '%s' can't parse %s".formatted(parse.name(), parse.policy().inWords()));
      }
      if (stage instanceof Step.Dedupe dedupe) {
        all.add(
            "'%s' knows the records of this run, the latest 262,144 different ones; a run begins with none"
                .formatted(dedupe.name()));
      }
    }
    for (var sink : plan.sinks()) {
      all.add("a batch that %s refuses %s".formatted(sink.name(), sink.policy().inWords()));
    }
    if (plan.sinks().size() > 1) {
      all.add("each sink gets every record; the slowest of them sets the pace");
    }
    boolean ordered =
        plan.stages().stream().noneMatch(stage -> stage instanceof Step.Call it && it.reorders());
    if (ordered) {
      all.add("records of one input keep their order");
    }
    all.add(
        "after Ctrl-C or SIGTERM what was read is finished, for up to %s; a second signal abandons it"
            .formatted(inWords(plan.drain())));
    for (var stage : plan.stages()) {
      switch (stage) {
        case Step.Throttle it ->
            all.add(
                "limit: '%s' lets pass %,d records in %s"
                    .formatted(it.name(), it.items(), inWords(it.per())));
        case Step.Call it ->
            all.add(
                "limit: '%s' makes %d call%s at once, each for up to %s"
                    .formatted(
                        it.name(),
                        it.workers(),
                        it.workers() == 1 ? "" : "s",
                        inWords(it.timeout())));
        default -> {}
      }
    }
    return all;
  }

  /// What becomes of a run's records when it is run again.
  private static String memory(String input) {
    if (input.startsWith("queue:")) {
      return "what comes from a queue is acknowledged when every sink has it: at least once; after a crash some may be written twice";
    }
    if (!input.startsWith("kafka:")) {
      return "files have no memory of a run: each run reads them from the start";
    }
    if (!input.contains("group=")) {
      return "a topic without ?group=NAME is read from its start by each run";
    }
    return "what comes from a topic is committed for its group when every sink has it: at least once; after a crash some may be written twice"
        + (input.contains("order=key")
            ? "; of the same key one record at a time is under way, whatever the workers"
            : "");
  }

  private static String inWords(Duration time) {
    long millis = time.toMillis();
    return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
  }

  private String origin() {
    return plan.source().isGenerated()
        ? "generate"
        : plan.source().inputs().stream().map(Plan.End::shown).collect(Collectors.joining(", "));
  }

  private static String describe(Step stage) {
    return switch (stage) {
      case Step.Filter it -> it.name() + ": " + it.condition().text();
      case Step.Set it -> it.name() + ": " + String.join(", ", it.fields().keySet());
      case Step.Parse it -> "%s: %s".formatted(it.name(), it.parsing());
      case Step.Dedupe it ->
          it.name()
              + (it.by().isEmpty() ? "" : ": by " + keys(it.by()))
              + (it.within() == null ? "" : ", within " + inWords(it.within()));
      case Step.Throttle it -> "%s: %,d in %s".formatted(it.name(), it.items(), inWords(it.per()));
      case Step.Call it ->
          "%s: %s, %d at once%s"
              .formatted(
                  it.name(),
                  it.whom() instanceof Step.Program program
                      ? "exec " + program.command().getFirst()
                      : "http",
                  it.workers(),
                  it.key().isEmpty() ? "" : " by " + keys(it.key()));
    };
  }

  private static String keys(List<Step.Expression> fields) {
    return fields.stream().map(Step.Expression::text).collect(Collectors.joining(" and "));
  }

  private boolean isLetter(Policy policy) {
    return policy.needsDeadLetters();
  }

  List<String> text() {
    var lines = new ArrayList<String>();
    lines.add(origin());
    lines.add(
        "  -> parse"
            + (isLetter(plan.source().policy()) ? "   (what is no record: -> dead letters)" : ""));
    for (var stage : plan.stages()) {
      lines.add(
          "  -> "
              + describe(stage)
              + (isLetter(stage.policy()) ? "   (what fails: -> dead letters)" : ""));
    }
    for (var sink : plan.sinks()) {
      lines.add(
          "  => %s   (%,d at once, or after %s)"
              .formatted(sink.name(), sink.batch(), inWords(sink.within())));
    }
    if (plan.deadLetters() != null) {
      lines.add("dead letters => " + plan.deadLetters().shown());
    }
    return lines;
  }

  List<String> mermaid() {
    var lines = new ArrayList<String>();
    lines.add("flowchart LR");
    lines.add("  source[\"%s\"] --> parse[\"parse\"]".formatted(escaped(origin())));
    if (isLetter(plan.source().policy())) {
      lines.add("  parse -.-> dead");
    }
    var before = "parse";
    int number = 0;
    for (var stage : plan.stages()) {
      var id = "stage" + ++number;
      lines.add("  %s --> %s[\"%s\"]".formatted(before, id, escaped(describe(stage))));
      if (isLetter(stage.policy())) {
        lines.add("  %s -.-> dead".formatted(id));
      }
      before = id;
    }
    number = 0;
    for (var sink : plan.sinks()) {
      var id = "sink" + ++number;
      lines.add("  %s ==> %s[(\"%s\")]".formatted(before, id, escaped(sink.name())));
      if (isLetter(sink.policy())) {
        lines.add("  %s -.-> dead".formatted(id));
      }
    }
    if (plan.deadLetters() != null) {
      lines.add("  dead[(\"%s\")]".formatted(escaped(plan.deadLetters().shown())));
    }
    return lines;
  }

  /// A label's text: quotes and brackets would end it.
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("\"", "&quot;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }
}
