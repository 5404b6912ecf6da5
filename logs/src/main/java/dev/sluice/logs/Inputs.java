package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Finds the files that arguments name: a path, a directory (all files below it that are not
/// hidden), a glob, or `-`.
final class Inputs {
  private static final String GLOB_CHARACTERS = "*?[{";

  /// One input.
  ///
  /// @param name what the user calls it
  /// @param path where it is; null for standard input
  /// @param error why there is nothing to read; null if nothing is known against it
  record Input(String name, @Nullable Path path, @Nullable String error) {}

  private final Predicate<Path> excluded;
  private final List<Input> found = new ArrayList<>();

  private Inputs(Predicate<Path> excluded) {
    this.excluded = excluded;
  }

  /// Finds what `arguments` name, in their order; what a directory or a glob stands for is sorted
  /// by name.
  ///
  /// @param excluded tells files to leave out where they are not named one by one: what this run
  ///   writes
  static List<Input> find(List<String> arguments, Predicate<Path> excluded) {
    var inputs = new Inputs(excluded);
    for (var argument : arguments) {
      inputs.add(argument);
    }
    return List.copyOf(inputs.found);
  }

  private void add(String argument) {
    if (argument.equals("-")) {
      found.add(new Input("-", null, null));
      return;
    }
    if (argument.isEmpty()) {
      throw new UsageException("an input is empty: expected a path, a glob or '-'");
    }
    var path = Path.of(argument);
    if (Files.isDirectory(path)) {
      walk(path, path, file -> !isHidden(path.relativize(file)));
    } else if (Files.exists(path) || !isGlob(argument)) {
      found.add(new Input(argument, path, Files.exists(path) ? null : "no such file"));
    } else {
      int before = found.size();
      addGlob(argument);
      if (found.size() == before) {
        found.add(new Input(argument, null, "no file matches this pattern"));
      }
    }
  }

  private void addGlob(String glob) {
    var base = Path.of(glob.startsWith("/") ? "/" : "");
    for (var part : Path.of(glob)) {
      if (isGlob(part.toString())) {
        break;
      }
      base = base.resolve(part);
    }
    try {
      // A leading ./ is no part of the paths that a walk gives.
      var matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      walk(base, base, matcher::matches);
    } catch (PatternSyntaxException e) {
      throw new UsageException("'%s' is not a pattern: %s".formatted(glob, e.getDescription()));
    }
  }

  private void walk(Path base, Path from, Predicate<Path> wanted) {
    var sorted = new TreeMap<Path, Input>();
    try {
      Files.walkFileTree(
          from,
          Set.of(),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              boolean regular =
                  attributes.isSymbolicLink()
                      ? Files.isRegularFile(file)
                      : attributes.isRegularFile();
              if (regular && wanted.test(file) && !excluded.test(file)) {
                sorted.put(file, new Input(file.toString(), file, null));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              if (!(e instanceof NoSuchFileException) || file.equals(base)) {
                sorted.put(file, new Input(file.toString(), file, reason(e)));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      sorted.put(from, new Input(from.toString(), from, reason(e)));
    }
    found.addAll(sorted.values());
  }

  static boolean isGlob(String text) {
    return text.chars().anyMatch(c -> GLOB_CHARACTERS.indexOf(c) >= 0);
  }

  private static boolean isHidden(Path relative) {
    for (var part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /// Why a file cannot be read, in words.
  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file";
      default -> {
        var message = e.getMessage();
        yield message == null ? e.getClass().getSimpleName() : message;
      }
    };
  }
}
