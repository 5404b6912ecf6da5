package dev.sluice.run;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// What stands in a YAML file, each piece with its place. Strict: no key comes twice, there are no
/// merges and no aliases, so that nothing grows beyond the text.
sealed interface Yaml {
  /// Where it begins.
  Place place();

  /// A single value. Its text is as written, without quotes.
  ///
  /// @param value a `String`, `Long`, `Double`, `Boolean`, or null, as YAML has it
  record Value(Place place, String text, @Nullable Object value) implements Yaml {}

  /// A list.
  record Items(Place place, List<Yaml> items) implements Yaml {}

  /// A mapping, in its order.
  record Entries(Place place, Map<String, Entry> entries) implements Yaml {
    /// What stands behind `key`.
    Optional<Yaml> at(String key) {
      return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }
  }

  /// A key and its value.
  record Entry(Place place, Yaml value) {}

  /// Reads the one document of a text.
  ///
  /// @param name what the user calls it
  /// @throws BadFileException if it is no YAML
  static Yaml read(String name, String text) {
    var settings =
        LoadSettings.builder()
            .setLabel(name)
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(0)
            .setCodePointLimit(1_000_000)
            .build();
    try {
      var node = new Compose(settings).composeString(text);
      return new Reader(name)
          .read(
              node.orElseThrow(
                  () -> new BadFileException(new Place(name, 1, 1), "the file is empty")));
    } catch (MarkedYamlEngineException e) {
      var place = place(name, e.getProblemMark());
      throw new BadFileException(place, "no YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new BadFileException(new Place(name, 1, 1), "no YAML: " + e.getMessage());
    }
  }

  private static Place place(String name, Optional<Mark> mark) {
    return mark.map(m -> new Place(name, m.getLine() + 1, m.getColumn() + 1))
        .orElseGet(() -> new Place(name, 1, 1));
  }

  /// Turns the library's nodes into ours.
  final class Reader {
    private static final int DEEPEST = 50;

    private final String name;
    private final IdentityHashMap<Node, Boolean> open = new IdentityHashMap<>();
    private int depth;

    private Reader(String name) {
      this.name = name;
    }

    Yaml read(Node node) {
      var place = place(name, node.getStartMark());
      if (++depth > DEEPEST) {
        throw new BadFileException(place, "nested more than %d deep".formatted(DEEPEST));
      }
      if (open.put(node, true) != null) {
        throw new BadFileException(place, "aliases (*) are not supported: write it out");
      }
      try {
        return switch (node) {
          case MappingNode mapping -> entries(place, mapping.getValue());
          case SequenceNode list ->
              new Items(place, list.getValue().stream().map(this::read).toList());
          case ScalarNode scalar -> new Value(place, scalar.getValue(), value(scalar));
          default -> throw new BadFileException(place, "aliases (*) are not supported");
        };
      } finally {
        depth--;
      }
    }

    private Yaml entries(Place place, List<NodeTuple> tuples) {
      var entries = new LinkedHashMap<String, Entry>();
      for (var tuple : tuples) {
        var keyPlace = place(name, tuple.getKeyNode().getStartMark());
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          throw new BadFileException(keyPlace, "a key must be a word");
        }
        if (entries.put(key.getValue(), new Entry(keyPlace, read(tuple.getValueNode()))) != null) {
          throw new BadFileException(
              keyPlace, "the key '%s' is there twice".formatted(key.getValue()));
        }
      }
      return new Entries(place, entries);
    }

    private static @Nullable Object value(ScalarNode scalar) {
      var tag = scalar.getTag();
      var text = scalar.getValue();
      try {
        if (tag.equals(Tag.NULL)) {
          return null;
        } else if (tag.equals(Tag.BOOL)) {
          return Boolean.valueOf(text);
        } else if (tag.equals(Tag.INT)) {
          return Long.valueOf(text);
        } else if (tag.equals(Tag.FLOAT)) {
          return Double.valueOf(text);
        }
      } catch (NumberFormatException e) {
        return text; // a number that none of ours holds
      }
      return text;
    }
  }

  /// What it stands for as Java has it: for tests, whose records may be anything.
  default @Nullable Object plain() {
    return switch (this) {
      case Value it -> it.value();
      case Items it -> {
        var list = new ArrayList<@Nullable Object>();
        it.items().forEach(item -> list.add(item.plain()));
        yield list;
      }
      case Entries it -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        it.entries().forEach((key, entry) -> map.put(key, entry.value().plain()));
        yield map;
      }
    };
  }
}
