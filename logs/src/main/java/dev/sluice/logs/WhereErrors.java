package dev.sluice.logs;

import dev.cel.common.CelIssue;
import dev.cel.common.types.CelType;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says in words what is wrong with an expression, and where.
final class WhereErrors {
  /// Names of CEL's types, which are no fields unless a format has such a column. `bytes` and
  /// `type` are not among them: in a log they are fields.
  static final Set<String> TYPES =
      Set.of("bool", "double", "int", "list", "map", "null_type", "string", "uint");

  private static final Set<String> FUNCTIONS =
      Set.of(
          "bool",
          "bytes",
          "contains",
          "double",
          "duration",
          "dyn",
          "endsWith",
          "getDate",
          "getDayOfMonth",
          "getDayOfWeek",
          "getDayOfYear",
          "getFullYear",
          "getHours",
          "getMilliseconds",
          "getMinutes",
          "getMonth",
          "getSeconds",
          "int",
          "matches",
          "size",
          "startsWith",
          "string",
          "timestamp",
          "type",
          "uint");

  /// Macros, which remain functions where their arguments are not what they take.
  private static final Map<String, String> MACROS =
      Map.of(
          "has", "has(http.status)",
          "all", "tags.all(t, t != \"x\")",
          "exists", "tags.exists(t, t == \"x\")",
          "exists_one", "tags.exists_one(t, t == \"x\")",
          "filter", "tags.filter(t, t != \"x\")",
          "map", "tags.map(t, t + \"x\")");

  /// What other languages write, and what CEL writes.
  private static final Map<String, String> SPELLINGS =
      Map.ofEntries(
          Map.entry("=", "for equality use =="),
          Map.entry("=~", "for a pattern use .matches(\"...\")"),
          Map.entry("~", "for a pattern use .matches(\"...\")"),
          Map.entry("&", "for \"and\" use &&"),
          Map.entry("|", "for \"or\" use ||"),
          Map.entry("and", "for \"and\" use &&"),
          Map.entry("or", "for \"or\" use ||"),
          Map.entry("not", "for \"not\" use !"),
          Map.entry("is", "for \"is\" use =="),
          Map.entry("like", "for a pattern use .matches(\"...\"), or .contains(\"...\")"),
          Map.entry("<>", "for inequality use !="));

  private static final Pattern UNEXPECTED =
      Pattern.compile("(?:mismatched|extraneous) input '(.*?)' expecting.*");
  private static final Pattern NO_TOKEN = Pattern.compile("token recognition error at: '(.*)'");
  private static final Pattern MISSING = Pattern.compile("missing (.+) at .*");
  private static final Pattern NO_OVERLOAD =
      Pattern.compile("found no matching overload for '(.+?)' applied to '(.+?)' \\(candidates.*");
  private static final Pattern NO_FIELDS =
      Pattern.compile("type '(.+)' does not support field selection");
  private static final Pattern NO_NUMBER = Pattern.compile("For input string.*");
  private static final Pattern RECURSION = Pattern.compile("Expression recursion limit exceeded.*");
  private static final int MAX_NAMES = 50;

  private final String expression;
  private final Collection<String> known;

  /// @param known the names of the fields
  WhereErrors(String expression, Collection<String> known) {
    this.expression = expression;
    this.known = known;
  }

  /// @param position in code points, as CEL counts
  BadExpressionException at(int position, String problem) {
    return new BadExpressionException(problem, expression, offset(0, position), null);
  }

  BadExpressionException unknownField(String name, int position) {
    var names = known.stream().limit(MAX_NAMES).toList();
    var more = known.size() > MAX_NAMES ? ", and " + (known.size() - MAX_NAMES) + " more" : "";
    return new BadExpressionException(
        "unknown field: " + name + DidYouMean.hint(name, known),
        expression,
        offset(0, position),
        "known fields: " + String.join(", ", names) + more);
  }

  BadExpressionException noCondition(@Nullable Object field, CelType type) {
    var what = field == null ? "the expression" : field.toString();
    return at(0, what + " is " + word(type.name()) + ", not a condition");
  }

  /// @param position of its opening bracket
  void checkFunction(String name, int position) {
    if (!Character.isLetter(name.charAt(0)) || FUNCTIONS.contains(name)) {
      return;
    }
    int start = expression.lastIndexOf(name, offset(0, position));
    start = start < 0 ? offset(0, position) : start;
    var example = MACROS.get(name);
    var problem =
        example == null
            ? "unknown function: " + name + DidYouMean.hint(name, FUNCTIONS)
            : name + " does not take such arguments; an example: " + example;
    throw new BadExpressionException(problem, expression, start, null);
  }

  /// Puts what CEL says into words.
  BadExpressionException of(CelIssue issue) {
    var location = issue.getSourceLocation();
    int line = 0;
    for (int i = 1; i < location.getLine(); i++) {
      line = expression.indexOf('\n', line) + 1;
    }
    int offset = offset(line, Math.max(0, location.getColumn()));
    return new BadExpressionException(
        problem(issue.getMessage().strip(), offset), expression, offset, null);
  }

  private String problem(String message, int offset) {
    Matcher matcher = UNEXPECTED.matcher(message);
    if (matcher.matches()) {
      var found = matcher.group(1);
      var hint = hint(found, offset);
      return (found.equals("<EOF>")
              ? "the expression ends too early"
              : quoted(found) + " is not expected here")
          + hint;
    }
    matcher = NO_TOKEN.matcher(message);
    if (matcher.matches()) {
      var found = matcher.group(1).strip();
      return found.startsWith("\"") || found.startsWith("'")
          ? "this text is not closed, or has a backslash that means nothing (a backslash itself is \\\\)"
          : quoted(found) + " is not expected here" + hint(found, offset);
    }
    matcher = MISSING.matcher(message);
    if (matcher.matches()) {
      return matcher.group(1).replace("'", "") + " is missing";
    }
    matcher = NO_OVERLOAD.matcher(message);
    if (matcher.matches()) {
      return mismatch(matcher.group(1), matcher.group(2));
    }
    matcher = NO_FIELDS.matcher(message);
    if (matcher.matches()) {
      return word(matcher.group(1)) + " has no fields within";
    }
    if (NO_NUMBER.matcher(message).matches()) {
      return "this number is too large";
    }
    if (RECURSION.matcher(message).matches()) {
      return "the expression is nested too deeply";
    }
    if (message.startsWith("invalid argument to has()")) {
      return "has takes a field within another, as in has(http.status); of others ask whether they are != null";
    }
    return shortened(word(message.lines().findFirst().orElse("not an expression")));
  }

  /// What to write instead of `found`, or of what stands before or at `offset`.
  private String hint(String found, int offset) {
    var before = expression.substring(0, offset).stripTrailing();
    var words =
        List.of(
            found, before.substring(wordStart(before)), before.endsWith("<") ? "<" + found : found);
    for (var word : words) {
      var hint = SPELLINGS.get(word.toLowerCase(Locale.ROOT));
      if (hint != null) {
        return "; " + hint;
      }
    }
    return "";
  }

  private static int wordStart(String text) {
    int start = text.length();
    while (start > 0 && Character.isLetter(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  /// `_>_` applied to `(wrapper(int), string)`, or `startsWith` to `wrapper(int).(string)`.
  private static String mismatch(String function, String applied) {
    var name = function.replaceAll("[_@]", "");
    var types = word(applied);
    int target = types.indexOf(".(");
    if (target > 0) {
      return name + types.substring(target + 1) + " does not go with " + types.substring(0, target);
    }
    return name
        + " does not go with "
        + types.substring(1, types.length() - 1).replaceFirst(", (?=[^,]*$)", " and ");
  }

  /// CEL's names of types as users know them.
  private static String word(String types) {
    return types
        .replaceAll("wrapper\\((\\w+)\\)", "$1")
        .replace("google.protobuf.Timestamp", "timestamp")
        .replace("google.protobuf.Duration", "duration")
        .replace("null_type", "null");
  }

  private static String quoted(String text) {
    return '"' + shortened(text) + '"';
  }

  private static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }

  private int offset(int from, int codePoints) {
    int count = expression.codePointCount(from, expression.length());
    return expression.offsetByCodePoints(from, Math.min(codePoints, count));
  }
}
