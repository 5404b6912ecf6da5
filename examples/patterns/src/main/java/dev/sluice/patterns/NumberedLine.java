package dev.sluice.patterns;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A line of a file, and its place: something to go on from.
///
/// @param number from 1
record NumberedLine(long number, String text) {

  /// The lines of `file` behind the first `position`.
  @SuppressWarnings("StreamResourceLeak") // the cursor closes it
  static Source<NumberedLine> after(Path file, long position) {
    return () -> {
      var lines = Files.lines(file);
      var iterator = lines.skip(position).iterator();
      return new Cursor<>() {
        private long number = position;

        @Override
        public @Nullable NumberedLine next() {
          return iterator.hasNext() ? new NumberedLine(++number, iterator.next()) : null;
        }

        @Override
        public void close() {
          lines.close();
        }
      };
    };
  }
}
