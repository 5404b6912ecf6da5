package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where records go: a table, a file, a summary. Used by one thread at a time.
///
/// The life of a target: made (nothing is touched yet), [#open] or [#resume], any number of
/// [#write], [#ended] if the run came to an end, [#close].
interface Target extends AutoCloseable {
  /// How the user knows this target, for messages: `sqlite:logs.db`.
  String name();

  /// The file that it writes, null if there is none: so that nobody reads the same file, or writes
  /// it twice.
  default @Nullable Path file() {
    return null;
  }

  /// What the records of each block add up to for it; none if it looks at the records themselves.
  default List<Aggregate> aggregates() {
    return List.of();
  }

  /// What it looks at of the records themselves; [Wanted#NOTHING] if it takes none.
  default Wanted wanted() {
    return aggregates().isEmpty() ? Wanted.ALL : Wanted.NOTHING;
  }

  /// Told before [#open] which fields the user chose, in the user's order; not called if all.
  ///
  /// @return whether this target writes only those, and so gets only them; a summary counts all
  default boolean choose(List<String> fields) {
    return false;
  }

  /// Whether `other` belongs to [#file] in such a way that it must not be read either: a journal, a
  /// part.
  default boolean isBeside(Path other) {
    return false;
  }

  /// What a checkpoint knows this target by: the same in each run that is to continue it.
  default String key() {
    return name();
  }

  /// Whether [#resume] is possible.
  default boolean isResumable() {
    return false;
  }

  /// Sets who is told, in a sentence, what a user should know while this goes on: that a database
  /// is away and is waited for.
  default void notices(Consumer<String> told) {}

  /// Makes ready to write.
  ///
  /// @param formats the formats of the inputs known at the start
  /// @throws BadTargetException if this target cannot hold such records
  /// @throws IOException with a message that a user can act on
  void open(List<LogFormat> formats) throws IOException;

  /// Makes ready to go on where an earlier run with the same bookmark ended, or to begin if there
  /// was none; what that run had written after its last position is taken back.
  ///
  /// @return where this is in each source of which it has something
  default Map<String, Position> resume(List<LogFormat> formats, Bookmark bookmark)
      throws IOException {
    throw new UnsupportedOperationException(name() + " keeps no positions");
  }

  /// Writes all of `blocks` or, if it throws, nothing of them. After it returns they stay written,
  /// even if this process is killed.
  ///
  /// @throws ClosedPipeException if whoever read this process's output has left
  /// @throws IOException with a message that a user can act on
  void write(List<ParsedBlock> blocks) throws IOException;

  /// The same for a target that was resumed, which keeps in one step with the blocks how far it is
  /// in their sources.
  ///
  /// @param positions where this target is then, in each source that is among the blocks
  default void write(List<ParsedBlock> blocks, Map<String, Position> positions) throws IOException {
    throw new UnsupportedOperationException(name() + " keeps no positions");
  }

  /// Told the account of the run before [#close].
  ///
  /// @param failure why the run failed, in words; null if it did not
  default void ended(LogAccount account, @Nullable String failure) throws IOException {}

  /// Ends the writing, whether it went well or not; keeps what was written. Nothing happens at a
  /// second call.
  @Override
  void close() throws IOException;
}
