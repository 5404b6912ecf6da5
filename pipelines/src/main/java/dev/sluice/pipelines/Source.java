package dev.sluice.pipelines;

import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Receiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where items come from. A source is inert: each run opens it anew.
///
/// @param <T> what it delivers; never null
@FunctionalInterface
public interface Source<T> {

  /// Begins a reading. Called on the thread that will read.
  Cursor<T> open() throws Exception;

  /// The given items, in order.
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  static <T> Source<T> of(T... items) {
    return of(List.of(items));
  }

  /// The items of `items`, in its order, iterated anew in each run.
  static <T> Source<T> of(Iterable<? extends T> items) {
    return () -> {
      var iterator = items.iterator();
      return () -> iterator.hasNext() ? iterator.next() : null;
    };
  }

  /// What comes out of `receiver`, until it ends. Several runs, or other receivers, share its
  /// items.
  ///
  /// A channel that was closed with a cause fails the run with that cause.
  static <T> Source<T> of(Receiver<? extends T> receiver) {
    return () ->
        () -> {
          try {
            return receiver.receive();
          } catch (ClosedException e) {
            switch (e.getCause()) {
              case null -> {
                return null;
              }
              case Exception cause -> throw cause;
              case Error cause -> throw cause;
              case Throwable cause -> throw new IllegalStateException(cause);
            }
          }
        };
  }

  /// The lines of a UTF-8 text file, without their line ends.
  static Source<String> lines(Path file) {
    return () -> {
      var reader = Files.newBufferedReader(file);
      return new Cursor<>() {
        @Override
        public @Nullable String next() throws IOException {
          return reader.readLine();
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    };
  }
}
