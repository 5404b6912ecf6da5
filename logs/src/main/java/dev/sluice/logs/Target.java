package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where records go: a table, a file, a summary. Used by one thread at a time.
///
/// The life of a target: made (nothing is touched yet), [#open], any number of [#write], [#close].
interface Target extends AutoCloseable {
  /// How the user knows this target, for messages: `sqlite:logs.db`.
  String name();

  /// The file that it writes, null if there is none: so that nobody reads the same file, or writes
  /// it twice.
  default @Nullable Path file() {
    return null;
  }

  /// What it looks at of the records; [Wanted#NOTHING] if it takes none.
  default Wanted wanted() {
    return Wanted.ALL;
  }

  /// Told before [#open] which fields the user chose, in the user's order; not called if all.
  ///
  /// @return whether this target writes only those, and so gets only them; a summary counts all
  default boolean choose(List<String> fields) {
    return false;
  }

  /// Makes ready to write.
  ///
  /// @param formats the formats of the inputs known at the start
  /// @throws BadTargetException if this target cannot hold such records
  /// @throws IOException with a message that a user can act on
  void open(List<LogFormat> formats) throws IOException;

  /// Writes all of `blocks` or, if it throws, nothing of them. After it returns they stay written,
  /// even if this process is killed.
  ///
  /// @throws ClosedPipeException if whoever read this process's output has left
  /// @throws IOException with a message that a user can act on
  void write(List<ParsedBlock> blocks) throws IOException;

  /// Ends the writing, whether it went well or not; keeps what was written. Nothing happens at a
  /// second call.
  @Override
  void close() throws IOException;
}
