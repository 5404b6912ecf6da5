package dev.sluice.logs;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes targets from what a user types: `SCHEME:REST[?PARAMETER=VALUE[&...]]`.
///
/// A file is the rest: it begins after the first `:` and ends before the first `?`; nothing in it
/// is escaped.
final class Targets {
  /// A family of targets: its scheme, how to ask for one, and how to make one.
  private record Kind(String scheme, String usage, List<String> parameters, Factory factory) {}

  private interface Factory {
    /// @param name how messages call the target
    /// @param rest what stands between the scheme and the parameters
    Target make(String name, String rest, Map<String, String> parameters);
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("sqlite", "sqlite:FILE[?table=NAME]", List.of("table"), Targets::sqlite),
          new Kind(
              "postgresql",
              "postgresql://[USER@]HOST[:PORT]/DATABASE[?table=NAME]",
              PostgresTarget.PARAMETERS,
              PostgresTarget::of),
          new Kind(
              "csv",
              "csv:FILE[.gz|.zst][?rotate=SIZE] or csv:-",
              List.of("rotate"),
              (name, file, parameters) -> new CsvTarget(name, files(name, file, parameters))),
          new Kind(
              "ndjson",
              "ndjson:FILE[.gz|.zst][?rotate=SIZE] or ndjson:-",
              List.of("rotate"),
              (name, file, parameters) -> new NdjsonTarget(name, files(name, file, parameters))));

  /// What stands for a secret in everything that is shown.
  private static final Pattern PASSWORD =
      Pattern.compile("^([^:/?]*://[^:?@]*:).*@|([?&]pass[^=&]*=)[^&]*");

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
    var scheme = spec.substring(0, colon);
    var end = KINDS.stream().anyMatch(it -> it.scheme().equals(scheme)) ? null : Ends.of(spec);
    if (end != null) {
      return new EndTarget(end, Ends.rest(spec));
    }
    var kind = kind(spec, scheme);
    int mark = spec.indexOf('?', colon);
    String file = spec.substring(colon + 1, mark < 0 ? spec.length() : mark);
    if (file.isEmpty()) {
      throw new BadTargetException("target " + quote(spec) + " names no file; use " + kind.usage());
    }
    var parameters = parameters(kind, spec, mark < 0 ? "" : spec.substring(mark + 1));
    return kind.factory()
        .make(redacted(spec.substring(0, mark < 0 ? spec.length() : mark)), file, parameters);
  }

  /// `spec` as it may be shown: with `***` for a password.
  static String redacted(String spec) {
    return PASSWORD
        .matcher(spec)
        .replaceAll(found ->
            Matcher.quoteReplacement(
                found.group(1) != null ? found.group(1) + "***@" : found.group(2) + "***"));
  }

  private static Kind kind(String spec, String scheme) {
    for (var kind : KINDS) {
      if (kind.scheme().equals(scheme)) {
        return kind;
      }
    }
    var schemes =
        Stream.concat(KINDS.stream().map(Kind::scheme), Ends.all().stream().map(LogEnd::scheme))
            .toList();
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
                + (redacted(spec).contains(name) ? quote(name) : "'***'")
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

  private static FileSpec files(String name, String rest, Map<String, String> parameters) {
    var file = path(name, rest);
    var rotate = parameters.get("rotate");
    if (Output.isStdout(file)) {
      if (rotate != null) {
        throw new BadTargetException(name + ": standard output cannot be rotated; name a file");
      }
      return FileSpec.plain(file);
    }
    return new FileSpec(file, Packing.of(file), rotate == null ? 0 : size(name, rotate));
  }

  private static long size(String name, String text) {
    try {
      long size = ByteSize.parse(text);
      if (size > 0) {
        return size;
      }
    } catch (UsageException e) {
      throw new BadTargetException(name + ": " + e.getMessage());
    }
    throw new BadTargetException(
        name + ": a file of " + text + " holds nothing; use ?rotate=100MB");
  }

  private static Target sqlite(String name, String rest, Map<String, String> parameters) {
    var file = path(name, rest);
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
    return Stream.concat(KINDS.stream().map(Kind::usage), Ends.all().stream().map(LogEnd::usage))
        .collect(Collectors.joining(", ", "possible: ", ""));
  }

  private static String quote(String text) {
    return "'" + redacted(text) + "'";
  }

  /// What [Target#open] made, for those calls that need it.
  static <T> T opened(@Nullable T made, Target target) {
    if (made == null) {
      throw new IllegalStateException(target.name() + " is not open");
    }
    return made;
  }
}
