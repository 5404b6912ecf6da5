package dev.sluice.run;

import dev.sluice.logs.DidYouMean;
import dev.sluice.run.BadFileException.Problem;
import dev.sluice.run.Yaml.Entries;
import dev.sluice.run.Yaml.Items;
import dev.sluice.run.Yaml.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What may stand at a place of the file: the one description that a file is checked by and that
/// the JSON Schema for editors is made of.
sealed interface Kind {
  /// Adds what is wrong with `yaml`.
  void check(Yaml yaml, List<Problem> problems);

  /// The same as JSON Schema.
  Map<String, Object> schema();

  /// Any text that is not empty.
  record Text(String about) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Value it) || it.value() == null || it.text().isBlank()) {
        problems.add(new Problem(yaml.place(), "expected " + about));
      }
    }

    @Override
    public Map<String, Object> schema() {
      return described(Map.of("type", List.of("string", "number", "boolean")), about);
    }
  }

  /// A whole number.
  record Whole(String about, long least, long most) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Value it)
          || !(it.value() instanceof Long number)
          || number < least
          || number > most) {
        problems.add(
            new Problem(
                yaml.place(),
                "expected %s, a whole number from %,d to %,d%s"
                    .formatted(about, least, most, found(yaml))));
      }
    }

    @Override
    public Map<String, Object> schema() {
      return described(Map.of("type", "integer", "minimum", least, "maximum", most), about);
    }
  }

  /// A number from 0 to 1.
  record Share(String about) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Value it)
          || !(it.value() instanceof Number number)
          || !(number.doubleValue() >= 0 && number.doubleValue() <= 1)) {
        problems.add(
            new Problem(yaml.place(), "expected %s, from 0 to 1%s".formatted(about, found(yaml))));
      }
    }

    @Override
    public Map<String, Object> schema() {
      return described(Map.of("type", "number", "minimum", 0, "maximum", 1), about);
    }
  }

  /// A time: `200ms`, `5s`, `2m`, `1h`.
  ///
  /// @param none whether it may be none at all
  record Span(String about, boolean none) implements Kind {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Duration LONGEST = Duration.ofDays(366);

    Span(String about) {
      this(about, false);
    }

    static Span orNone(String about) {
      return new Span(about, true);
    }

    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Value it) || !FORM.matcher(it.text()).matches()) {
        problems.add(
            new Problem(
                yaml.place(),
                "expected %s, as 200ms, 5s, 2m or 1h%s".formatted(about, found(yaml))));
      } else if (of(it.text()).isZero() && !none) {
        problems.add(
            new Problem(yaml.place(), "expected %s, at least 1ms%s".formatted(about, found(yaml))));
      } else if (of(it.text()).compareTo(LONGEST) > 0) {
        problems.add(
            new Problem(
                yaml.place(),
                "expected %s, at most %dh%s".formatted(about, LONGEST.toHours(), found(yaml))));
      }
    }

    static Duration of(String text) {
      var matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new IllegalArgumentException("no time: " + text); // was checked
      }
      long number = Long.parseLong(matcher.group(1));
      return switch (matcher.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        default -> Duration.ofHours(number);
      };
    }

    @Override
    public Map<String, Object> schema() {
      return described(
          Map.of("type", "string", "pattern", (none ? "^" : "^(?!0+\\D)") + FORM.pattern() + "$"),
          about);
    }
  }

  /// True or false.
  record Flag(String about) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Value it) || !(it.value() instanceof Boolean)) {
        problems.add(
            new Problem(
                yaml.place(), "expected true or false: %s%s".formatted(about, found(yaml))));
      }
    }

    @Override
    public Map<String, Object> schema() {
      return described(Map.of("type", "boolean"), about);
    }
  }

  /// One of some words.
  record Word(String about, List<String> words) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Value it) || !words.contains(it.text())) {
        var typed = yaml instanceof Value it ? it.text() : "";
        problems.add(
            new Problem(
                yaml.place(),
                "expected %s, one of %s%s%s"
                    .formatted(
                        about,
                        String.join(", ", words),
                        found(yaml),
                        DidYouMean.hint(typed, words))));
      }
    }

    @Override
    public Map<String, Object> schema() {
      return described(Map.of("enum", words), about);
    }
  }

  /// Anything.
  record Anything(String about) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      // nothing is wrong
    }

    @Override
    public Map<String, Object> schema() {
      return described(Map.of(), about);
    }
  }

  /// A whole number, or a list of anything.
  record CountOrList(String about) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Items)
          && !(yaml instanceof Value it && it.value() instanceof Long number && number >= 0)) {
        problems.add(new Problem(yaml.place(), "expected %s%s".formatted(about, found(yaml))));
      }
    }

    @Override
    public Map<String, Object> schema() {
      return described(
          Map.of(
              "anyOf", List.of(Map.of("type", "integer", "minimum", 0), Map.of("type", "array"))),
          about);
    }
  }

  /// A list; where `orOne` also one item without a list.
  record ListOf(String about, Kind item, boolean orOne) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (yaml instanceof Items list) {
        if (list.items().isEmpty() && orOne) {
          problems.add(
              new Problem(yaml.place(), "expected %s, not an empty list".formatted(about)));
        }
        list.items().forEach(one -> item.check(one, problems));
      } else if (orOne) {
        item.check(yaml, problems);
      } else {
        problems.add(new Problem(yaml.place(), "expected a list: " + about));
      }
    }

    @Override
    public Map<String, Object> schema() {
      var list = new LinkedHashMap<String, Object>(Map.of("type", "array"));
      list.put("items", item.schema());
      return orOne
          ? described(Map.of("anyOf", List.of(item.schema(), list)), about)
          : described(list, about);
    }
  }

  /// A mapping of any keys.
  record MapOf(String about, Kind value) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (yaml instanceof Entries it) {
        it.entries().values().forEach(entry -> value.check(entry.value(), problems));
      } else {
        problems.add(new Problem(yaml.place(), "expected keys and values: " + about));
      }
    }

    @Override
    public Map<String, Object> schema() {
      return described(Map.of("type", "object", "additionalProperties", value.schema()), about);
    }
  }

  /// One of two, told apart by whether it is a mapping.
  record ValueOr(Kind value, Kind mapping) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      (yaml instanceof Entries ? mapping : value).check(yaml, problems);
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("anyOf", List.of(value.schema(), mapping.schema()));
    }
  }

  /// A key of a mapping.
  record Field(String name, Kind kind, boolean required) {}

  /// A mapping of known keys.
  ///
  /// @param choice keys of which exactly one must be there
  record Fields(String about, List<Field> fields, List<String> choice) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (!(yaml instanceof Entries it)) {
        problems.add(
            new Problem(
                yaml.place(),
                "expected %s with keys of: %s".formatted(about, String.join(", ", names()))));
        return;
      }
      it.entries()
          .forEach((key, entry) -> {
            var field = field(key);
            if (field == null) {
              problems.add(
                  new Problem(
                      entry.place(),
                      "unknown key '%s'%s (expected %s)"
                          .formatted(
                              key, DidYouMean.hint(key, names()), String.join(", ", names()))));
            } else {
              field.kind().check(entry.value(), problems);
            }
          });
      for (var field : fields) {
        if (field.required() && it.at(field.name()).isEmpty()) {
          problems.add(
              new Problem(yaml.place(), "%s needs the key '%s'".formatted(about, field.name())));
        }
      }
      var chosen = choice.stream().filter(key -> it.at(key).isPresent()).toList();
      boolean misspelt = it.entries().keySet().stream().anyMatch(key -> field(key) == null);
      if (!choice.isEmpty() && chosen.size() != 1 && !(chosen.isEmpty() && misspelt)) {
        problems.add(
            new Problem(
                yaml.place(),
                chosen.isEmpty()
                    ? "%s needs one of: %s".formatted(about, String.join(", ", choice))
                    : "%s can't be both %s".formatted(about, String.join(" and ", chosen))));
      }
    }

    private List<String> names() {
      return fields.stream().map(Field::name).toList();
    }

    private @Nullable Field field(String name) {
      return fields.stream().filter(field -> field.name().equals(name)).findFirst().orElse(null);
    }

    @Override
    public Map<String, Object> schema() {
      var properties = new LinkedHashMap<String, Object>();
      fields.forEach(field -> properties.put(field.name(), field.kind().schema()));
      var schema = new LinkedHashMap<String, Object>();
      schema.put("type", "object");
      schema.put("properties", properties);
      schema.put("additionalProperties", false);
      var required = fields.stream().filter(Field::required).map(Field::name).toList();
      if (!required.isEmpty()) {
        schema.put("required", required);
      }
      if (!choice.isEmpty()) {
        schema.put("oneOf", choice.stream().map(key -> Map.of("required", List.of(key))).toList());
      }
      return described(schema, about);
    }
  }

  /// A mapping that must say something.
  record SomeOf(Fields fields) implements Kind {
    @Override
    public void check(Yaml yaml, List<Problem> problems) {
      if (yaml instanceof Entries it && it.entries().isEmpty()) {
        problems.add(
            new Problem(
                yaml.place(),
                "%s needs one of: %s"
                    .formatted(fields.about(), String.join(", ", fields.names()))));
      } else {
        fields.check(yaml, problems);
      }
    }

    @Override
    public Map<String, Object> schema() {
      var schema = new LinkedHashMap<>(fields.schema());
      schema.put("minProperties", 1);
      return schema;
    }
  }

  /// A key that may be left out.
  static Field optional(String name, Kind kind) {
    return new Field(name, kind, false);
  }

  /// A key that must be there.
  static Field required(String name, Kind kind) {
    return new Field(name, kind, true);
  }

  /// A mapping of these keys.
  static Fields fields(String about, Field... fields) {
    return new Fields(about, List.copyOf(Arrays.asList(fields)), List.of());
  }

  private static Map<String, Object> described(Map<String, Object> schema, String about) {
    var described = new LinkedHashMap<String, Object>();
    described.put("description", about);
    new ArrayList<>(schema.keySet())
        .stream().sorted().forEach(key -> described.put(key, schema.get(key)));
    return described;
  }

  private static String found(Yaml yaml) {
    return yaml instanceof Value it ? ", but found '%s'".formatted(it.text()) : "";
  }
}
