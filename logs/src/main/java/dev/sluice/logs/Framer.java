package dev.sluice.logs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Cuts what a source holds into blocks of lines. Used by one thread.
interface Framer {
  /// Says what format the lines have; before the first [#next].
  void dialect(Dialect known);

  /// Shows the beginning of what comes next without taking it; waits for a complete line of it.
  byte[] head();

  /// Whether [#head] shows all that is left.
  boolean headIsAll();

  /// Returns the next block, or null at the end.
  @Nullable Block next() throws IOException;

  /// Takes back the bytes of a block that nobody looks at any more. Any thread may call this.
  default void recycle(Block block) {}
}
