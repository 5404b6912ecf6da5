package dev.sluice.run;

import dev.sluice.logs.LogExpressions;
import dev.sluice.logs.LogExpressions.Condition;
import dev.sluice.logs.LogExpressions.Field;
import dev.sluice.logs.UsageException;
import dev.sluice.run.BadFileException.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The expressions of a plan, ready to be evaluated.
///
/// @param conditions by the name of the stage
/// @param fields likewise, in order
record Compiled(Map<String, Condition> conditions, Map<String, List<Field>> fields) {

  /// @param known the fields that records of the source may have
  /// @throws BadFileException if one cannot be understood; the message shows where
  static Compiled of(Plan plan, LogExpressions known) {
    var problems = new ArrayList<Problem>();
    var compiled = new Compiled(new HashMap<>(), new HashMap<>());
    for (var stage : plan.stages()) {
      switch (stage) {
        case Step.Filter it -> {
          try {
            compiled.conditions.put(it.name(), known.condition(it.condition().text()));
          } catch (UsageException e) {
            problems.add(new Problem(it.condition().place(), String.valueOf(e.getMessage())));
          }
        }
        case Step.Set it -> {
          var fields = new ArrayList<Field>();
          it.fields()
              .forEach((name, expression) -> {
                try {
                  fields.add(known.field(name, expression.text()));
                } catch (UsageException e) {
                  problems.add(new Problem(expression.place(), String.valueOf(e.getMessage())));
                }
              });
          compiled.fields.put(it.name(), fields);
        }
        case Step.Call _ -> known.forget(); // who knows what the answer has
        case Step.Throttle _ -> {}
      }
    }
    if (!problems.isEmpty()) {
      throw new BadFileException(problems);
    }
    return compiled;
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
