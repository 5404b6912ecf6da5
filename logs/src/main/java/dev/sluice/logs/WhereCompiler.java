package dev.sluice.logs;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.CelVarDecl;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableIdent;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.sluice.logs.Condition.Order;
import dev.sluice.logs.Condition.TextTest;
import dev.sluice.logs.KnownFields.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a [Where] of a text. For one expression, once.
final class WhereCompiler {

  /*
   * Between parsing and checking, each field that the expression names becomes a variable of its own: `status` and
   * `http.status` become `@f0` and `@f1`, `has(http.status)` becomes `@h1`. No text can name these, so nothing that a
   * log calls its fields is taken for one of CEL's own names, and a path into JSON is read by us, without making maps.
   *
   * CEL checks with the types of the columns. At run time values decide alone, since a column may hold a value that
   * is not of its type: the checker's choices of overloads are dropped before a program is planned.
   */

  private static final int MAX_LENGTH = 10_000;
  private static final int MAX_NESTING = 100;

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(MAX_LENGTH)
          .maxParseRecursionDepth(MAX_NESTING)
          .enableReservedIds(false) // a log may have a field `namespace` or `package`
          .enableHeterogeneousNumericComparisons(true)
          .comprehensionMaxIterations(1_000_000)
          .build();

  /// Made when an expression needs it: this takes longer than all the rest.
  private static final class Interpreter {
    private static final CelRuntime CEL =
        CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();
  }

  private final String expression;
  private final WhereErrors errors;
  private final boolean dynamic;
  private final Map<String, CelType> types = new LinkedHashMap<>();
  private final KnownFields fields = new KnownFields();
  private final Map<String, CelType> variables = new HashMap<>();
  private final Map<String, Field> values = new HashMap<>();
  private final Map<String, Field> presences = new HashMap<>();
  private Map<Long, Integer> positions = Map.of();

  WhereCompiler(String expression, Map<LogFormat, List<Column>> formats) {
    this.expression = expression;
    dynamic = formats.keySet().stream().anyMatch(LogFormat::dynamic);
    types.put("source", SimpleType.STRING);
    types.put("line", SimpleType.INT);
    types.put("time", NullableType.create(SimpleType.STRING));
    var ownTypes = Set.copyOf(types.keySet());
    for (var columns : formats.values()) {
      for (var column : columns) {
        if (!ownTypes.contains(column.name())) {
          var type = dynamic ? SimpleType.DYN : type(column.type());
          types.merge(
              column.name(), type, (one, other) -> one.equals(other) ? one : SimpleType.DYN);
        }
      }
    }
    errors = new WhereErrors(expression, types.keySet());
  }

  private static CelType type(Column.Type type) {
    return switch (type) {
      case TEXT -> NullableType.create(SimpleType.STRING);
      case INTEGER -> NullableType.create(SimpleType.INT);
      case REAL -> NullableType.create(SimpleType.DOUBLE);
      case BOOLEAN -> NullableType.create(SimpleType.BOOL);
      case JSON -> SimpleType.DYN;
    };
  }

  Where compile() {
    var checked = checkedCondition();
    return new Where(condition(checked, checked.getExpr()), fields);
  }

  /// The same without predicates: all of it is left to the interpreter. The yardstick for
  /// [#compile].
  Where compileInterpreted() {
    var checked = checkedCondition();
    return new Where(interpreted(checked, checked.getExpr()), fields);
  }

  /// Makes of the text what computes a value, instead of a condition.
  Computed compileValue() {
    var checked = checked();
    var expr = checked.getExpr();
    var field = field(expr);
    var literal = literal(expr);
    Computed.Source source;
    if (field != null) {
      source = field::in;
    } else if (literal != null) {
      source = (_, _) -> literal;
    } else {
      source = interpreted(checked, expr)::evaluate;
    }
    return new Computed(source, fields, columnType(checked.getResultType()));
  }

  private static Column.@Nullable Type columnType(CelType type) {
    return switch (type.kind()) {
      case STRING, TIMESTAMP, DURATION, BYTES, TYPE -> Column.Type.TEXT;
      case INT -> Column.Type.INTEGER;
      case DOUBLE -> Column.Type.REAL;
      case BOOL -> Column.Type.BOOLEAN;
      case LIST, MAP -> Column.Type.JSON;
      default -> null;
    };
  }

  private CelAbstractSyntaxTree checkedCondition() {
    var checked = checked();
    var type = checked.getResultType();
    if (type.kind() != CelKind.BOOL && type.kind() != CelKind.DYN) {
      throw errors.noCondition(field(checked.getExpr()), type);
    }
    return checked;
  }

  private CelAbstractSyntaxTree checked() {
    if (expression.isBlank()) {
      throw errors.at(0, "the expression is empty");
    }
    if (expression.length() > MAX_LENGTH) {
      throw errors.at(0, "the expression is longer than " + MAX_LENGTH + " characters");
    }
    var parser =
        CelParserFactory.standardCelParserBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .build();
    var parsed = tree(parser.parse(expression));
    positions = parsed.getSource().getPositionsMap();
    var resolved = CelMutableAst.fromCelAst(parsed);
    resolve(resolved.expr(), Set.of());

    var checker = CelCompilerFactory.standardCelCheckerBuilder().setOptions(OPTIONS);
    variables.forEach(
        (name, varType) -> checker.addVarDeclarations(CelVarDecl.newVarDeclaration(name, varType)));
    return tree(checker.build().check(resolved.toParsedAst(true)));
  }

  private CelAbstractSyntaxTree tree(CelValidationResult result) {
    try {
      return result.getAst();
    } catch (CelValidationException e) {
      throw errors.of(e.getErrors().getFirst());
    }
  }

  private int position(long id) {
    return positions.getOrDefault(id, 0);
  }

  /// Makes variables of the fields in `expr`; names in `locals` are no fields.
  private void resolve(CelMutableExpr expr, Set<String> locals) {
    var path = path(expr);
    if (path != null && !locals.contains(path.getFirst())) {
      resolveField(expr, path);
      return;
    }
    switch (expr.getKind()) {
      case SELECT -> resolve(expr.select().operand(), locals);
      case CALL -> {
        var call = expr.call();
        errors.checkFunction(call.function(), position(expr.id()));
        if (call.function().equals("matches")) {
          checkPattern(expr.id(), call);
        }
        call.target().ifPresent(target -> resolve(target, locals));
        call.args().forEach(arg -> resolve(arg, locals));
      }
      case LIST -> expr.list().elements().forEach(element -> resolve(element, locals));
      case STRUCT -> throw errors.at(position(expr.id()), "messages cannot be made here");
      case MAP ->
          expr.map()
              .entries()
              .forEach(entry -> {
                resolve(entry.key(), locals);
                resolve(entry.value(), locals);
              });
      case COMPREHENSION -> {
        var loop = expr.comprehension();
        resolve(loop.iterRange(), locals);
        resolve(loop.accuInit(), locals);
        var inner = new HashSet<>(locals);
        inner.addAll(List.of(loop.accuVar(), loop.iterVar(), loop.iterVar2()));
        resolve(loop.loopCondition(), inner);
        resolve(loop.loopStep(), inner);
        resolve(loop.result(), inner);
      }
      default -> {} // a constant, or the variable of a comprehension
    }
  }

  /// The names of `a.b.c`, or null if `expr` is something else.
  private static @Nullable List<String> path(CelMutableExpr expr) {
    return switch (expr.getKind()) {
      case IDENT -> {
        var name = expr.ident().name();
        yield new ArrayList<>(List.of(name.startsWith(".") ? name.substring(1) : name));
      }
      case SELECT -> {
        var path = path(expr.select().operand());
        if (path != null) {
          path.add(expr.select().field());
        }
        yield path;
      }
      default -> null;
    };
  }

  private void resolveField(CelMutableExpr expr, List<String> path) {
    int known = path.size();
    while (known > 1 && !types.containsKey(String.join(".", path.subList(0, known)))) {
      known--;
    }
    var type = types.get(String.join(".", path.subList(0, known)));
    if (type == null) {
      if (WhereErrors.TYPES.contains(path.getFirst())) {
        return; // type(x) == int
      }
      if (!dynamic) {
        throw errors.unknownField(path.getFirst(), position(root(expr).id()));
      }
      type = SimpleType.DYN;
    }
    if (type.equals(SimpleType.DYN)) {
      known = path.size();
    }
    var named = expr;
    for (int i = path.size(); i > known; i--) {
      named = named.select().operand();
    }
    var field = fields.add(path.subList(0, known));
    if (named.getKind() == CelExpr.ExprKind.Kind.SELECT && named.select().testOnly()) {
      declare("@h" + field.slot(), SimpleType.BOOL, presences, field, named);
    } else {
      declare("@f" + field.slot(), type, values, field, named);
    }
  }

  private static CelMutableExpr root(CelMutableExpr path) {
    var root = path;
    while (root.getKind() == CelExpr.ExprKind.Kind.SELECT) {
      root = root.select().operand();
    }
    return root;
  }

  private void declare(
      String name, CelType type, Map<String, Field> kind, Field field, CelMutableExpr expr) {
    variables.put(name, type);
    kind.put(name, field);
    expr.setIdent(CelMutableIdent.create(name));
  }

  /// Patterns must be literals: what a stranger wrote into a log is never run as one.
  private void checkPattern(long id, CelMutableCall call) {
    if (call.args().isEmpty()) {
      return;
    }
    var pattern = call.args().getLast();
    if (pattern.getKind() != CelExpr.ExprKind.Kind.CONSTANT
        || pattern.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
      throw errors.at(
          position(id), "the pattern of matches must be a literal, as in path.matches(\"^/api\")");
    }
    var text = pattern.constant().stringValue();
    if (Patterns.isLarge(text)) {
      throw errors.at(position(pattern.id()), "the pattern is too large");
    }
    try {
      Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw errors.at(position(pattern.id()), "not a pattern: " + e.getDescription());
    }
  }

  private Condition condition(CelAbstractSyntaxTree checked, CelExpr expr) {
    var fast =
        switch (expr.getKind()) {
          case IDENT -> named(expr.ident().name());
          case CALL -> call(checked, expr.call());
          default -> null;
        };
    return fast == null ? interpreted(checked, expr) : fast;
  }

  private @Nullable Condition named(String name) {
    var value = values.get(name);
    if (value != null) {
      return new Condition.Is(value);
    }
    var presence = presences.get(name);
    return presence == null ? null : new Condition.Has(presence);
  }

  private @Nullable Condition call(CelAbstractSyntaxTree checked, CelCall call) {
    var args = call.args();
    return switch (call.function()) {
      case "_&&_" ->
          new Condition.And(condition(checked, args.get(0)), condition(checked, args.get(1)));
      case "_||_" ->
          new Condition.Or(condition(checked, args.get(0)), condition(checked, args.get(1)));
      case "!_" -> new Condition.Not(condition(checked, args.get(0)));
      default -> {
        var operands = new ArrayList<>(args);
        call.target().ifPresent(operands::addFirst);
        yield operands.size() == 2
            ? comparison(call.function(), operands.get(0), operands.get(1))
            : null;
      }
    };
  }

  private @Nullable Condition comparison(String function, CelExpr left, CelExpr right) {
    var field = field(left);
    var literal = literal(right);
    boolean flipped = field == null;
    if (flipped) {
      field = field(right);
      literal = literal(left);
    }
    if (field == null) {
      return null;
    }
    if (function.equals("@in") && !flipped) {
      return in(field, right);
    }
    if (literal == null) {
      return null;
    }
    var value = literal == NullValue.NULL_VALUE ? null : literal;
    if (function.equals("_==_")) {
      return new Condition.Equals(field, value);
    }
    if (function.equals("_!=_")) {
      return new Condition.Not(new Condition.Equals(field, value));
    }
    for (var order : Order.values()) {
      if (order.function.equals(function) && (value instanceof Number || value instanceof String)) {
        return new Condition.Compare(field, flipped ? order.flipped() : order, value);
      }
    }
    if (value instanceof String text && !flipped) {
      if (function.equals("matches")) {
        return new Condition.Matches(field, Pattern.compile(text));
      }
      for (var test : TextTest.values()) {
        if (test.function.equals(function)) {
          return new Condition.Text(field, test, text);
        }
      }
    }
    return null;
  }

  private static @Nullable Condition in(Field field, CelExpr list) {
    if (list.getKind() != CelExpr.ExprKind.Kind.LIST) {
      return null;
    }
    var literals = new HashSet<>();
    var numbers = new ArrayList<Number>();
    boolean orNull = false;
    for (var element : list.list().elements()) {
      var literal = literal(element);
      if (literal == null) {
        return null;
      }
      orNull |= literal == NullValue.NULL_VALUE;
      literals.add(literal);
      if (literal instanceof Number number) {
        numbers.add(number);
      }
    }
    return new Condition.In(field, Set.copyOf(literals), List.copyOf(numbers), orNull);
  }

  private @Nullable Field field(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.IDENT ? values.get(expr.ident().name()) : null;
  }

  /// What a literal stands for, CEL's null included; or null if `expr` is no literal or one that
  /// logs do not have.
  private static @Nullable Object literal(CelExpr expr) {
    if (expr.getKind() != CelExpr.ExprKind.Kind.CONSTANT) {
      return null;
    }
    var constant = expr.constant();
    return switch (constant.getKind()) {
      case NULL_VALUE -> NullValue.NULL_VALUE;
      case BOOLEAN_VALUE -> (Object) constant.booleanValue();
      case INT64_VALUE -> (Object) constant.int64Value();
      case DOUBLE_VALUE -> (Object) constant.doubleValue();
      case STRING_VALUE -> constant.stringValue();
      default -> null;
    };
  }

  private Interpreted interpreted(CelAbstractSyntaxTree checked, CelExpr expr) {
    var references = new HashMap<Long, CelReference>();
    checked
        .getReferenceMap()
        .forEach((id, reference) -> {
          if (reference.overloadIds().isEmpty()) {
            references.put(id, reference);
          }
        });
    var tree =
        CelAbstractSyntaxTree.newCheckedAst(
            expr, checked.getSource(), references, checked.getTypeMap());
    try {
      return new Interpreted(Interpreter.CEL.createProgram(tree), values, presences);
    } catch (CelEvaluationException e) {
      throw errors.at(position(expr.id()), "cannot be evaluated: " + e.getMessage());
    }
  }
}
