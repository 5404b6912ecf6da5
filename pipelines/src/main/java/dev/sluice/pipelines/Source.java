package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Receiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where items come from. A source is inert: each run opens it anew.
///
/// @param <T> what it delivers; never null
@FunctionalInterface
public interface Source<T> {

  /// Begins a reading. Called on the thread that will read.
  Cursor<T> open() throws Exception;

  /// Whether its cursors want to be told what became of each item ([Cursor#settled]). If nobody
  /// needs to know, a run only counts, and is faster.
  default boolean isAcknowledged() {
    return true;
  }

  /// The given items, in order.
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  static <T> Source<T> of(T... items) {
    return of(List.of(items));
  }

  /// The items of `items`, in its order, iterated anew in each run.
  static <T> Source<T> of(Iterable<? extends T> items) {
    if (items instanceof Collection<?>) {
      return new Unacknowledged<>(() -> {
        var iterator = items.iterator();
        return (ReadyCursor<T>) () -> iterator.hasNext() ? iterator.next() : null;
      });
    }
    return new Unacknowledged<>(() -> {
      var iterator = items.iterator();
      return () -> iterator.hasNext() ? iterator.next() : null;
    });
  }

  /// What `stream` makes, anew in each run, read by one thread and closed in the end.
  static <T> Source<T> of(Supplier<? extends Stream<? extends T>> stream) {
    return new Unacknowledged<>(() -> {
      var opened = stream.get();
      var iterator = opened.iterator();
      return new Cursor<>() {
        @Override
        public @Nullable T next() {
          return iterator.hasNext() ? iterator.next() : null;
        }

        @Override
        public void close() {
          opened.close();
        }
      };
    });
  }

  /// What `call` returns, again and again, until it returns null. Called by one thread at a time.
  static <T> Source<T> calling(Callable<? extends @Nullable T> call) {
    return new Unacknowledged<>(() -> call::call);
  }

  /// What `publisher` publishes, subscribed to anew in each run. Up to `prefetch` items are asked
  /// for in advance; those that a run is ended before it takes are lost.
  static <T> Source<T> of(Flow.Publisher<? extends T> publisher, int prefetch) {
    return new Unacknowledged<>(() -> {
      var channel = Channel.<T>bounded(prefetch);
      publisher.subscribe(channel.asSubscriber(prefetch));
      var received = Source.<T>of(channel).open();
      return new Cursor<>() {
        @Override
        public @Nullable T next() throws Exception {
          return received.next();
        }

        @Override
        public void close() {
          channel.cancel();
        }
      };
    });
  }

  /// The items of `source`, with their outcomes made into a position to go on from: `commit` is
  /// told an item when it and all before it have been dealt with, so a run that begins after it
  /// misses nothing. What a stopped run abandoned, and all after it, is never committed.
  ///
  /// Commits come one at a time and in order, on whatever thread dealt with the item, and hold that
  /// thread up; one that throws fails the run.
  ///
  /// @param mostOpen how many items may be on their way beyond the last that was committed: more
  ///   are not asked for
  static <T> Source<T> committing(
      Source<T> source, int mostOpen, ThrowingConsumer<? super T> commit) {
    return new Committing<>(source, mostOpen, commit);
  }

  /// What comes out of `receiver`, until it ends. Several runs, or other receivers, share its
  /// items.
  ///
  /// A channel that was closed with a cause fails the run with that cause.
  static <T> Source<T> of(Receiver<? extends T> receiver) {
    return new Unacknowledged<>(() ->
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
        });
  }

  /// The lines of a UTF-8 text file, without their line ends.
  static Source<String> lines(Path file) {
    return new Unacknowledged<>(() -> {
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
    });
  }
}
