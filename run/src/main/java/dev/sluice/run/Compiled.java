package dev.sluice.run;

import dev.sluice.logs.LogExpressions;
import dev.sluice.logs.LogExpressions.Condition;
import dev.sluice.logs.LogExpressions.Distinct;
import dev.sluice.logs.LogExpressions.Field;
import dev.sluice.logs.UsageException;
import dev.sluice.run.BadFileException.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the stages of a plan know of records, for one run: expressions ready to be evaluated, and
/// what was seen before.
///
/// @param conditions by the name of the stage
/// @param fields likewise, in order
/// @param keys likewise
/// @param distinct likewise
record Compiled(
    Map<String, Condition> conditions,
    Map<String, List<Field>> fields,
    Map<String, LogExpressions.Key> keys,
    Map<String, Distinct> distinct) {

  /// @param known the fields that records of the source may have
  /// @throws BadFileException if one cannot be understood; the message shows where
  static Compiled of(Plan plan, LogExpressions known) {
    var problems = new ArrayList<Problem>();
    var compiled = new Compiled(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
    for (var stage : plan.stages()) {
      var name = stage.name();
      switch (stage) {
        case Step.Filter it ->
            at(
                it.condition().place(),
                problems,
                () -> compiled.conditions.put(name, known.condition(it.condition().text())));
        case Step.Set it -> {
          var fields = new ArrayList<Field>();
          it.fields()
              .forEach((field, expression) ->
                  at(
                      expression.place(),
                      problems,
                      () -> fields.add(known.field(field, expression.text()))));
          compiled.fields.put(name, fields);
        }
        case Step.Dedupe it -> {
          if (known(it.by(), "by", known, problems)) {
            compiled.distinct.put(name, known.distinct(texts(it.by()), it.within()));
          }
        }
        case Step.Call it -> {
          if (known(it.key(), "key", known, problems)) {
            compiled.keys.put(name, known.key("key", texts(it.key())));
          }
          known.forget(); // who knows what the answer has
        }
        case Step.Parse _ -> known.forget();
        case Step.Throttle _ -> {}
      }
    }
    if (!problems.isEmpty()) {
      throw new BadFileException(problems);
    }
    return compiled;
  }

  /// Does it, or adds what is wrong at that place.
  private static boolean at(Place place, List<Problem> problems, Runnable action) {
    try {
      action.run();
      return true;
    } catch (UsageException e) {
      problems.add(new Problem(place, String.valueOf(e.getMessage())));
      return false;
    }
  }

  /// Whether records can have all of these fields.
  private static boolean known(
      List<Step.Expression> fields, String key, LogExpressions known, List<Problem> problems) {
    boolean all = true;
    for (var field : fields) {
      all &= at(field.place(), problems, () -> known.key(key, List.of(field.text())));
    }
    return all;
  }

  private static List<String> texts(List<Step.Expression> fields) {
    return fields.stream().map(Step.Expression::text).toList();
  }

  /// For how many records an expression was an error, in words.
  List<String> remarks() {
    var remarks = new ArrayList<String>();
    conditions.forEach((stage, condition) ->
        condition
            .errors()
            .forEach((cause, count) ->
                remarks.add(
                    "%s: did not hold for %,d records: %s".formatted(stage, count, cause))));
    distinct.forEach((stage, it) -> {
      if (it.forgotten() > 0) {
        remarks.add(
            "%s: %,d records were forgotten: some that were kept may be equal to one of them"
                .formatted(stage, it.forgotten()));
      }
    });
    fields.forEach((stage, all) ->
        all.forEach(field ->
            field
                .errors()
                .forEach((cause, count) ->
                    remarks.add(
                        "%s: left a field null in %,d records: %s"
                            .formatted(stage, count, cause)))));
    return remarks;
  }
}
