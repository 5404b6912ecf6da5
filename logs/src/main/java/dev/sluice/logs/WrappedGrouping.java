package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// Lines that a container runtime has wrapped: the parts of a line that it cut are one record, and
/// so are the lines that the format within takes for one.
///
/// The lines of standard output and standard error interleave; parts wait for the rest of their
/// line all the same.
final class WrappedGrouping extends Grouping {
  private final boolean docker;
  private final @Nullable Grouping[] inner;
  private final boolean[] partial = new boolean[2];
  private final WrappedLine wrapped = new WrappedLine();
  private int lane;

  /// @param first how the lines of standard output become records; null if each is one
  /// @param second the same for standard error
  WrappedGrouping(boolean docker, @Nullable Grouping first, @Nullable Grouping second) {
    this.docker = docker;
    inner = new @Nullable Grouping[] {first, second};
  }

  @Override
  Part part(byte[] b, int from, int to) {
    if (!wrapped.read(docker, b, from, to)) {
      // Rejected in its turn. It belongs to neither stream, and so must not end up within a record.
      lane = partial[0] && !partial[1] ? 1 : 0;
      partial[lane] = false;
      return Part.FIRST;
    }
    lane = wrapped.isError() ? 1 : 0;
    boolean rest = partial[lane];
    partial[lane] = wrapped.isPartial();
    if (rest) {
      return Part.MORE;
    }
    var within = inner[lane];
    if (within == null || wrapped.contentEnd() == wrapped.contentStart()) {
      return within == null ? Part.FIRST : Part.MORE;
    }
    if (docker && Bytes.startsWith(b, wrapped.contentStart(), wrapped.contentEnd(), "\\t")) {
      return Part.MORE; // a tab, which is escaped there
    }
    return within.part(b, wrapped.contentStart(), wrapped.contentEnd());
  }

  @Override
  boolean whole() {
    return inner[lane] == null && !partial[lane];
  }

  @Override
  int lane() {
    return lane;
  }

  @Override
  boolean waits(int which) {
    return partial[which];
  }

  @Override
  void ended(int which) {
    partial[which] = false;
  }
}
