package dev.sluice.logs;

import java.nio.file.Path;
import java.util.regex.Pattern;

/// Which file or files a target writes, as the user asked for.
///
/// With a size to rotate at, the files are numbered from 1, the oldest, and the number stands
/// before the suffix of the compression: `out.csv.1`, `out.csv.2`; `out.csv.1.gz`. None is ever
/// renamed, so that a run that was killed finds them as they were.
///
/// @param file as it was named; `-` for standard output
/// @param packing how its bytes are compressed
/// @param rotate at how many bytes a file is full; 0 for one file of any length
record FileSpec(Path file, Packing packing, long rotate) {
  /// One file, never compressed.
  static FileSpec plain(Path file) {
    return new FileSpec(file, Packing.NONE, 0);
  }

  boolean rotates() {
    return rotate > 0;
  }

  /// The first part has the number 1; 0 is the only file of those that do not rotate.
  long firstPart() {
    return rotates() ? 1 : 0;
  }

  Path part(long number) {
    if (number == 0) {
      return file;
    }
    var name = file.toString();
    var stem = name.substring(0, name.length() - packing.suffix().length());
    return Path.of(stem + "." + number + packing.suffix());
  }

  /// Whether `other`, in the same directory, is one of the parts.
  boolean isPart(Path other) {
    var name = file.getFileName();
    var its = other.getFileName();
    if (!rotates() || name == null || its == null) {
      return false;
    }
    var text = name.toString();
    var stem = text.substring(0, text.length() - packing.suffix().length());
    return Pattern.matches(
            Pattern.quote(stem) + "\\.\\d{1,18}" + Pattern.quote(packing.suffix()), its.toString())
        && directory(file).equals(directory(other));
  }

  private static Path directory(Path path) {
    return path.toAbsolutePath().normalize().resolveSibling("");
  }
}
