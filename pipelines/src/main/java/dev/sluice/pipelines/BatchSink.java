package dev.sluice.pipelines;

import java.util.LinkedHashMap;
import java.util.List;

/// A sink of lists that knows what became of each item in a list.
///
/// @param <T> what is in the lists
record BatchSink<T>(BatchWriter<T> writer) implements Sink<List<T>> {

  @SuppressWarnings("unchecked") // what arrives there is of the type that the pipe before says
  BatchWriter<Object> erased() {
    return (BatchWriter<Object>) writer;
  }

  /// Where nobody can deal with a part of the batch, a part that failed fails it all.
  @Override
  public void write(List<T> items) throws Exception {
    var failed = new LinkedHashMap<>(writer.write(items).failed());
    if (!failed.isEmpty()) {
      throw failed.values().iterator().next();
    }
  }
}
