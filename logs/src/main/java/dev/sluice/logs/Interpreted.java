package dev.sluice.logs;

import dev.cel.common.CelErrorCode;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelVariableResolver;
import dev.cel.runtime.Program;
import dev.sluice.logs.KnownFields.Field;
import dev.sluice.logs.KnownFields.Place;
import dev.sluice.logs.Verdict.Failure;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A condition that CEL's interpreter decides.
///
/// @param fields the values of the program's variables
/// @param presences the others of its variables: whether the record has a field
record Interpreted(Program program, Map<String, Field> fields, Map<String, Field> presences)
    implements Condition {
  private static final Pattern POSITION = Pattern.compile("<input>:(\\d+):");
  private static final Pattern FUNCTION = Pattern.compile("function '[_@]*(.+?)_*'");

  /// What CEL says when a function, a selection or a loop meets null.
  private static final Set<CelErrorCode> NULL_CAUSES =
      EnumSet.of(
          CelErrorCode.OVERLOAD_NOT_FOUND,
          CelErrorCode.ATTRIBUTE_NOT_FOUND,
          CelErrorCode.INTERNAL_ERROR);

  @Override
  public Verdict test(LogRecord record, Place[] places) {
    return switch (evaluate(record, places)) {
      case Boolean holds -> Verdict.of(holds);
      case Failure failure -> failure;
      default -> new Failure("the expression is neither true nor false");
    };
  }

  /// What the expression gives, as CEL has it, or a [Failure].
  Object evaluate(LogRecord record, Place[] places) {
    var variables = new Variables(record, places);
    try {
      return program.eval(variables);
    } catch (CelEvaluationException e) {
      return new Failure(cause(e, variables.lastNull));
    }
  }

  /// Says what went wrong without the values that it went wrong with, so that there are few
  /// different causes.
  private static String cause(CelEvaluationException error, @Nullable Field lastNull) {
    var code = error.getErrorCode();
    if (lastNull != null && NULL_CAUSES.contains(code)) {
      return lastNull.isNull().cause();
    }
    var message = String.valueOf(error.getMessage());
    var what =
        switch (code) {
          case OVERLOAD_NOT_FOUND -> {
            var function = FUNCTION.matcher(message);
            yield (function.find() ? function.group(1) : "a function")
                + " does not take such values";
          }
          case ATTRIBUTE_NOT_FOUND -> "no such key";
          case INDEX_OUT_OF_BOUNDS -> "index out of bounds";
          case DIVIDE_BY_ZERO -> "division by zero";
          case NUMERIC_OVERFLOW -> "number out of range";
          case BAD_FORMAT -> "text of the wrong form";
          case INVALID_ARGUMENT -> "value not allowed";
          case ITERATION_BUDGET_EXCEEDED -> "too many iterations";
          default -> "cannot be evaluated";
        };
    var position = POSITION.matcher(message);
    return position.find()
        ? what + ", at character " + (Integer.parseInt(position.group(1)) + 1)
        : what;
  }

  private final class Variables implements CelVariableResolver {
    private final LogRecord record;
    private final Place[] places;
    private @Nullable Field lastNull;

    Variables(LogRecord record, Place[] places) {
      this.record = record;
      this.places = places;
    }

    @Override
    public Optional<Object> find(String name) {
      var field = fields.get(name);
      if (field == null) {
        var presence = presences.get(name);
        return presence == null
            ? Optional.empty()
            : Optional.of(presence.in(record, places) != null);
      }
      var value = field.in(record, places);
      if (value == null) {
        lastNull = field;
        return Optional.of(NullValue.NULL_VALUE);
      }
      return Optional.of(value instanceof Json json ? Nested.all(json) : value);
    }
  }
}
