package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// Puts files in the order of their ages. Each is asked for its time once: it may be written,
/// renamed or deleted meanwhile, and a sort whose keys change under it fails.
final class Ages {
  private record Aged<T>(T one, long modified) {}

  private Ages() {}

  /// Those that were modified first come first, and those that are gone last.
  static <T> List<T> oldestFirst(Collection<T> all, Function<? super T, Path> path) {
    var aged = new ArrayList<Aged<T>>(all.size());
    for (var one : all) {
      aged.add(new Aged<>(one, modified(path.apply(one))));
    }
    aged.sort(Comparator.comparingLong(Aged::modified));
    return aged.stream().map(Aged::one).toList();
  }

  private static long modified(Path path) {
    try {
      return Files.getLastModifiedTime(path).toMillis();
    } catch (IOException e) {
      return Long.MAX_VALUE; // who opens it will find that it is gone
    }
  }
}
