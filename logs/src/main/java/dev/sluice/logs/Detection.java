package dev.sluice.logs;

import static dev.sluice.logs.Figures.grouped;

import org.jspecify.annotations.Nullable;

/// What a file is taken to be.
///
/// @param format the format of its lines; null if it is binary
/// @param what in words: `combined`, or `a PNG image`
/// @param matched how many of the lines that were tried are of that format
/// @param sampled how many lines were tried
/// @param dialect `format` with what was learnt of this file; null if it is binary
record Detection(
    @Nullable LogFormat format, String what, int matched, int sampled, @Nullable Dialect dialect) {
  Detection(@Nullable LogFormat format, String what, int matched, int sampled) {
    this(format, what, matched, sampled, format == null ? null : Dialect.of(format));
  }

  boolean binary() {
    return format == null;
  }

  /// `combined (98 of 100 lines match)`.
  String inWords() {
    if (format == null) {
      return what;
    }
    return sampled == 0
        ? "empty"
        : what + " (" + grouped(matched) + " of " + grouped(sampled) + " lines match)";
  }
}
