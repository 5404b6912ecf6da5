package dev.sluice.logs;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes targets from what a user types: `SCHEME:FILE[?PARAMETER=VALUE[&...]]`.
///
/// A file begins after the first `:` and ends before the first `?`; nothing in it is escaped.
final class Targets {
  /// A family of targets: its scheme, how to ask for one, and how to make one.
  private record Kind(String scheme, String usage, List<String> parameters, Factory factory) {}

  private interface Factory {
    Target make(String name, Path file, Map<String, String> parameters);
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("sqlite", "sqlite:FILE[?table=NAME]", List.of("table"), Targets::sqlite),
          new Kind(
              "csv", "csv:FILE or csv:-", List.of(), (name, file, _) -> new CsvTarget(name, file)),
          new Kind(
              "ndjson",
              "ndjson:FILE or ndjson:-",
              List.of(),
              (name, file, _) -> new NdjsonTarget(name, file)));

  private Targets() {}

  /// Makes the target that `spec` names; touches no file yet.
  ///
  /// @throws BadTargetException if there is no such target
  static Target parse(String spec) {
    int colon = spec.indexOf(':');
    if (colon < 0) {
      throw new BadTargetException(
          "target " + quote(spec) + " has no scheme" + guess(spec) + "; " + possible());
    }
    var kind = kind(spec, spec.substring(0, colon));
    int mark = spec.indexOf('?', colon);
    String file = spec.substring(colon + 1, mark < 0 ? spec.length() : mark);
    if (file.isEmpty()) {
      throw new BadTargetException("target " + quote(spec) + " names no file; use " + kind.usage());
    }
    var parameters = parameters(kind, spec, mark < 0 ? "" : spec.substring(mark + 1));
    return kind.factory()
        .make(spec.substring(0, mark < 0 ? spec.length() : mark), path(spec, file), parameters);
  }

  private static Kind kind(String spec, String scheme) {
    for (var kind : KINDS) {
      if (kind.scheme().equals(scheme)) {
        return kind;
      }
    }
    var schemes = KINDS.stream().map(Kind::scheme).toList();
    throw new BadTargetException(
        "target "
            + quote(spec)
            + " has the unknown scheme "
            + quote(scheme)
            + DidYouMean.hint(scheme, schemes)
            + "; "
            + possible());
  }

  private static Map<String, String> parameters(Kind kind, String spec, String query) {
    var parameters = new LinkedHashMap<String, String>();
    for (var pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      if (!kind.parameters().contains(name)) {
        throw new BadTargetException(
            "target "
                + quote(spec)
                + " has the unknown parameter "
                + quote(name)
                + DidYouMean.hint(name, kind.parameters())
                + "; use "
                + kind.usage());
      }
      if (equals < 0 || equals == pair.length() - 1) {
        throw new BadTargetException(
            "target " + quote(spec) + ": parameter " + name + " has no value; use " + kind.usage());
      }
      if (parameters.put(name, pair.substring(equals + 1)) != null) {
        throw new BadTargetException(
            "target " + quote(spec) + ": parameter " + name + " is given twice");
      }
    }
    return parameters;
  }

  private static Path path(String spec, String file) {
    try {
      return Path.of(file);
    } catch (InvalidPathException e) {
      throw new BadTargetException(
          "target " + quote(spec) + " names no possible file: " + e.getReason());
    }
  }

  private static Target sqlite(String name, Path file, Map<String, String> parameters) {
    if (Output.isStdout(file)) {
      throw new BadTargetException(
          "a SQLite database cannot be written to standard output; use sqlite:FILE");
    }
    return new SqliteTarget(name, file, parameters.get("table"));
  }

  private static String guess(String spec) {
    String lower = spec.toLowerCase(Locale.ROOT);
    String scheme =
        lower.endsWith(".db") || lower.endsWith(".sqlite") || lower.endsWith(".sqlite3")
            ? "sqlite"
            : lower.endsWith(".csv")
                ? "csv"
                : lower.endsWith(".ndjson") || lower.endsWith(".jsonl") ? "ndjson" : "";
    return scheme.isEmpty() ? "" : "; did you mean " + scheme + ":" + spec + "?";
  }

  private static String possible() {
    return "possible: " + String.join(", ", KINDS.stream().map(Kind::usage).toList());
  }

  private static String quote(String text) {
    return "'" + text + "'";
  }

  /// What [Target#open] made, for those calls that need it.
  static <T> T opened(@Nullable T made, Target target) {
    if (made == null) {
      throw new IllegalStateException(target.name() + " is not open");
    }
    return made;
  }
}
