package dev.sluice.pipelines;

import java.util.List;

/// Writes many items at once, and says which it could not write.
///
/// @param <T> what it takes
@FunctionalInterface
public interface BatchWriter<T> {

  /// Writes `items`.
  ///
  /// @return which were written: those that were count as out when this returns, and will not come
  ///   again; the others are dealt with one by one, as the stage's [OnError] says
  /// @throws Exception if none was written
  BatchResult write(List<T> items) throws Exception;
}
