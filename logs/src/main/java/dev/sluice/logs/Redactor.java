package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Makes secrets unreadable: in every value and name of records, within nested JSON, and in what is
/// rejected, before any of it is written or shown.
///
/// A secret is a text of one of the [Secrets], replaced by its mark, or the value of a field that
/// the user named, replaced by `[redacted]`. Where fields are named, the text of a rejected line is
/// withheld: nobody knows where in it such a field would be.
///
/// What the user typed (the names of files) stays, and so does where a record is from and its time.
/// Any number of threads may redact.
final class Redactor {
  static final String FIELD_MARK = "[redacted]";
  static final String WITHHELD = "[withheld by --redact]";

  private static final String FIELD_PREFIX = "field:";
  private static final String ALL = "all";
  private static final long LEAST_CARD = 1_000_000_000_000L;
  private static final JsonFactory JSON = new JsonFactory();

  private final Set<Secrets> kinds;
  private final List<List<String>> fields;
  private final boolean tokens;
  private final boolean cards;
  private final SharedShapeCache<Plan> plans = new SharedShapeCache<>(this::plan);

  /// What is to be done with the records of a shape.
  ///
  /// @param shape with names that tell no secret
  /// @param whole which values go as a whole
  /// @param within for each value the paths within it that go as a whole
  private record Plan(Shape shape, List<Boolean> whole, List<Set<List<String>>> within) {}

  private Redactor(Set<Secrets> kinds, List<List<String>> fields) {
    this.kinds = kinds;
    this.fields = fields;
    this.tokens = kinds.contains(Secrets.TOKENS);
    this.cards = kinds.contains(Secrets.CARDS);
  }

  /// @param what kinds of secrets, `all` for all of them, and names of fields; one that is called
  ///   like a kind is written `field:email`
  /// @throws UsageException if it is neither
  static Redactor parse(List<String> what, FieldNames names) {
    var kinds = EnumSet.noneOf(Secrets.class);
    var fields = new ArrayList<List<String>>();
    for (var word : what) {
      var kind = kind(word);
      if (word.equals(ALL)) {
        kinds.addAll(EnumSet.allOf(Secrets.class));
      } else if (kind != null) {
        kinds.add(kind);
      } else {
        fields.add(field(word, names));
      }
    }
    return new Redactor(kinds, fields);
  }

  private static @Nullable Secrets kind(String word) {
    for (var kind : Secrets.values()) {
      if (kind.id().equals(word)) {
        return kind;
      }
    }
    return null;
  }

  private static List<String> field(String word, FieldNames names) {
    var name = word.startsWith(FIELD_PREFIX) ? word.substring(FIELD_PREFIX.length()) : word;
    if (ColumnNames.FIRST.contains(name)) {
      throw new UsageException(
          "--redact: %s cannot be redacted: it tells where a record is from".formatted(name));
    }
    try {
      return names.path("--redact", name);
    } catch (UsageException e) {
      var ids = new ArrayList<String>(Arrays.stream(Secrets.values()).map(Secrets::id).toList());
      ids.add(ALL);
      throw new UsageException(
          e.getMessage()
              + "%nkinds of secrets: %s%s"
                  .formatted(String.join(", ", ids), DidYouMean.hint(word, ids)));
    }
  }

  /// `text` without secrets.
  String redact(String text) {
    return Secrets.redact(text, kinds);
  }

  /// What a redacted record looks like. The same one if there is nothing to hide.
  @SuppressWarnings("ReferenceEquality") // whatever is another object has changed
  LogRecord redact(LogRecord logRecord) {
    var plan = plans.get(logRecord.shape());
    var values = logRecord.values();
    @Nullable Object[] clean = values;
    for (int i = 0; i < values.length; i++) {
      var value = values[i];
      if (value == null) {
        continue;
      }
      var redacted = plan.whole().get(i) ? FIELD_MARK : redact(value, plan.within().get(i));
      if (redacted != value) {
        clean = clean == values ? values.clone() : clean;
        clean[i] = redacted;
      }
    }
    return clean == values && plan.shape() == logRecord.shape()
        ? logRecord
        : new LogRecord(
            logRecord.source(), logRecord.line(), logRecord.time(), plan.shape(), clean);
  }

  private Object redact(Object value, Set<List<String>> within) {
    return switch (value) {
      case String text -> redact(text);
      case Json json -> redact(json, within);
      case Long number when cards && Math.abs(number) >= LEAST_CARD ->
          digits(number.toString(), value);
      case Double number when cards && Math.abs(number) >= LEAST_CARD && Double.isFinite(number) ->
          digits(new BigDecimal(number).toBigInteger().toString(), value);
      default -> value;
    };
  }

  private static Object digits(String digits, Object value) {
    return Secrets.CARDS.find(digits, 0) == Secrets.NONE ? value : Secrets.CARDS.mark();
  }

  private Plan plan(Shape shape) {
    var columns = new ArrayList<Column>();
    var taken = new HashSet<String>();
    var whole = new ArrayList<Boolean>();
    var within = new ArrayList<Set<List<String>>>();
    boolean renamed = false;
    for (var column : shape.columns()) {
      var name = redact(column.name());
      while (!taken.add(name)) {
        name += "_";
      }
      renamed |= !name.equals(column.name());
      columns.add(new Column(name, column.type()));
      whole.add(
          isField(List.of(column.name()))
              || isField(parts(column.name()))
              || isSecretName(column.name()));
      within.add(within(column.name()));
    }
    return new Plan(
        renamed ? new Shape(shape.format(), columns) : shape,
        List.copyOf(whole),
        List.copyOf(within));
  }

  private static List<String> parts(String name) {
    return Arrays.asList(name.split("\\.", -1));
  }

  private boolean isField(List<String> path) {
    return fields.contains(path);
  }

  private boolean isSecretName(String name) {
    return tokens && Tokens.isSecret(name);
  }

  private Set<List<String>> within(String column) {
    var paths = new LinkedHashSet<List<String>>();
    for (var field : fields) {
      var own = parts(column);
      if (field.size() > own.size() && field.subList(0, own.size()).equals(own)) {
        paths.add(List.copyOf(field.subList(own.size(), field.size())));
      }
    }
    return paths;
  }

  /// JSON is written anew, since any character of its texts may be escaped.
  private Json redact(Json json, Set<List<String>> within) {
    var clean = new JsonBuffer();
    try (var parser = JSON.createParser(ObjectReadContext.empty(), json.text())) {
      parser.nextToken();
      copy(parser, clean, new ArrayDeque<>(), within);
    } catch (JacksonException e) { // nested or long beyond what Jackson reads
      return new Json(new JsonBuffer().string(FIELD_MARK).toString());
    }
    var text = clean.toString();
    return text.equals(json.text()) ? json : new Json(text);
  }

  private void copy(
      JsonParser parser, JsonBuffer out, ArrayDeque<String> path, Set<List<String>> within) {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        char before = '{';
        boolean empty = true;
        for (var name = parser.nextName(); name != null; name = parser.nextName()) {
          parser.nextToken();
          out.raw(before).string(redact(name)).raw(':');
          before = ',';
          empty = false;
          path.addLast(name);
          if (within.contains(List.copyOf(path)) || isSecretValue(parser, name)) {
            parser.skipChildren();
            out.string(FIELD_MARK);
          } else {
            copy(parser, out, path, within);
          }
          path.removeLast();
        }
        out.raw(empty ? "{}" : "}");
      }
      case START_ARRAY -> {
        char before = '[';
        boolean empty = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          out.raw(before);
          before = ',';
          empty = false;
          copy(parser, out, path, within);
        }
        out.raw(empty ? "[]" : "]");
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString(), out);
      case VALUE_TRUE -> out.raw("true");
      case VALUE_FALSE -> out.raw("false");
      case VALUE_NULL -> out.raw("null");
      default -> out.string(redact(parser.getString()));
    }
  }

  private boolean isSecretValue(JsonParser parser, String name) {
    return isSecretName(name) && parser.currentToken() != JsonToken.VALUE_NULL;
  }

  private void number(String digits, JsonBuffer out) {
    if (cards && hidesCard(digits)) {
      out.string(Secrets.CARDS.mark());
    } else {
      out.raw(digits);
    }
  }

  private static boolean hidesCard(String number) {
    if (number.indexOf('e') < 0 && number.indexOf('E') < 0) {
      return Secrets.CARDS.find(number, 0) != Secrets.NONE;
    }
    if (number.length() > 40) {
      return false;
    }
    var value = new BigDecimal(number);
    long digits = (long) value.precision() - value.scale(); // before the point
    return digits >= 13
        && digits <= 19
        && Secrets.CARDS.find(value.toPlainString(), 0) != Secrets.NONE;
  }

  /// A rejected unit that tells no secret.
  Rejected redact(Rejected rejected) {
    byte[] bytes = fields.isEmpty() ? text(rejected) : WITHHELD.getBytes(ISO_8859_1);
    return new Rejected(
        rejected.source(),
        rejected.line(),
        rejected.offset(),
        rejected.reason(),
        detail(rejected.detail()),
        bytes,
        bytes.length + (rejected.length() > rejected.bytes().length ? 1L : 0L));
  }

  /// Byte by byte, so that what is no UTF-8 stays as it is. Of a line of which only the beginning
  /// is kept, the last word may be half a secret, and goes.
  private byte[] text(Rejected rejected) {
    var text = new String(rejected.bytes(), ISO_8859_1);
    if (rejected.length() > rejected.bytes().length) {
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) > ' ' && text.length() - end < 1024) {
        end--;
      }
      text = text.substring(0, end);
    }
    return redact(text).getBytes(ISO_8859_1);
  }

  /// A detail without what it quotes of the line, which may be half a secret.
  private String detail(String detail) {
    int first = detail.indexOf('"');
    int last = detail.lastIndexOf('"');
    return redact(
        first < 0 || first == last
            ? detail
            : detail.substring(0, first) + "\u2026" + detail.substring(last + 1));
  }
}
