package dev.sluice.testkit;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The sources that pipelines bring along keep the contract of sources.
class BuiltInSourcesTest {

  abstract static class OfNumbers extends SourceContract<Integer> {
    @Override
    protected Integer item(int number) {
      return number;
    }
  }

  /// Those that can't wait deliver what they have and then wait in an iterator.
  private static <T> Iterable<T> thenWaiting(List<T> items) {
    return () ->
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            if (next == items.size()) {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                return false;
              }
            }
            return true;
          }

          @Override
          public T next() {
            if (next == items.size()) {
              throw new NoSuchElementException();
            }
            return items.get(next++);
          }
        };
  }

  @Nested
  class AnIterable extends OfNumbers {
    @Override
    protected Source<Integer> holding(List<Integer> items) {
      return Source.of(items);
    }

    @Override
    protected Source<Integer> waiting(List<Integer> items) {
      return Source.of(thenWaiting(items));
    }
  }

  @Nested
  class AStream extends OfNumbers {
    @Override
    protected Source<Integer> holding(List<Integer> items) {
      return Source.of(items::stream);
    }

    @Override
    protected Source<Integer> waiting(List<Integer> items) {
      return Source.of(() -> StreamSupport.stream(thenWaiting(items).spliterator(), false));
    }
  }

  @Nested
  class AChannel extends OfNumbers {
    @Override
    protected Source<Integer> holding(List<Integer> items) throws Exception {
      var channel = Channel.<Integer>unbounded();
      channel.sendAll(items);
      channel.close();
      return Source.of(channel);
    }

    @Override
    protected Source<Integer> waiting(List<Integer> items) throws Exception {
      var channel = Channel.<Integer>unbounded();
      channel.sendAll(items);
      return Source.of(channel);
    }
  }

  @Nested
  class APublisher extends OfNumbers {
    @Override
    protected Source<Integer> holding(List<Integer> items) throws Exception {
      var channel = Channel.<Integer>unbounded();
      channel.sendAll(items);
      channel.close();
      return Source.of(channel.asPublisher(), 8);
    }

    @Override
    protected Source<Integer> waiting(List<Integer> items) throws Exception {
      var channel = Channel.<Integer>unbounded();
      channel.sendAll(items);
      return Source.of(channel.asPublisher(), 8);
    }
  }

  @Nested
  class ACall extends OfNumbers {
    @Override
    protected Source<Integer> holding(List<Integer> items) {
      var iterator = items.iterator();
      return Source.calling(() -> iterator.hasNext() ? iterator.next() : null);
    }

    @Override
    protected Source<Integer> waiting(List<Integer> items) {
      var iterator = thenWaiting(items).iterator();
      return Source.calling(() -> iterator.hasNext() ? iterator.next() : null);
    }
  }

  @Nested
  class LinesOfAFile extends SourceContract<String> {
    @TempDir Path dir;

    @Override
    protected String item(int number) {
      return "line " + number;
    }

    @Override
    protected Source<String> holding(List<String> items) throws Exception {
      return Source.lines(Files.write(dir.resolve("lines"), items));
    }

    @Override
    protected Source<String> waiting(List<String> items) {
      return Source.of(thenWaiting(items)); // a file never waits
    }
  }

  @Nested
  class CommittedPositions extends OfNumbers {
    private final List<Integer> committed = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected Source<Integer> holding(List<Integer> items) {
      committed.clear();
      return Source.committing(Source.of(items), 1_000, committed::add);
    }

    @Override
    protected Source<Integer> waiting(List<Integer> items) {
      committed.clear();
      return Source.committing(Source.of(thenWaiting(items)), 1_000, committed::add);
    }

    /// All up to the last position.
    @Override
    protected List<Integer> acknowledged() {
      return committed.isEmpty()
          ? List.of()
          : IntStream.rangeClosed(0, committed.getLast()).boxed().toList();
    }
  }

  @Nested
  class OneOfOnesOwn extends OfNumbers {
    private final List<Integer> told = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected Source<Integer> holding(List<Integer> items) {
      return reading(items);
    }

    @Override
    protected Source<Integer> waiting(List<Integer> items) {
      return reading(thenWaiting(items));
    }

    private Source<Integer> reading(Iterable<Integer> items) {
      told.clear();
      return () -> {
        var iterator = items.iterator();
        return new Cursor<>() {
          @Override
          public @Nullable Integer next() {
            return iterator.hasNext() ? iterator.next() : null;
          }

          @Override
          public void settled(Integer item, Outcome outcome) {
            if (outcome != Outcome.ABANDONED) {
              told.add(item);
            }
          }
        };
      };
    }

    @Override
    protected List<Integer> acknowledged() {
      return List.copyOf(told);
    }
  }
}
