package dev.sluice.pipelines;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A source that tells up to which item everything has been dealt with.
record Committing<T>(Source<T> source, int mostOpen, ThrowingConsumer<? super T> commit)
    implements Source<T> {
  @Override
  public Cursor<T> open() throws Exception {
    return new Reading<>(source.open(), new Watermark(mostOpen), commit);
  }

  private static final class Reading<T> implements Cursor<T> {
    private final Cursor<T> cursor;
    private final Watermark watermark;
    private final ThrowingConsumer<? super T> commit;

    // Commits come one at a time and in order.
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<T> open = new ArrayDeque<>();
    private long first;

    Reading(Cursor<T> cursor, Watermark watermark, ThrowingConsumer<? super T> commit) {
      this.cursor = cursor;
      this.watermark = watermark;
      this.commit = commit;
    }

    @Override
    public @Nullable T next() throws Exception {
      watermark.awaitRoom();
      var item = cursor.next();
      if (item != null) {
        lock.lock();
        try {
          watermark.delivered();
          open.add(item);
        } finally {
          lock.unlock();
        }
      }
      return item;
    }

    @Override
    public void settled(long index, T item, Outcome outcome) throws Exception {
      lock.lock();
      try {
        if (outcome != Outcome.ABANDONED) { // which has to come again, and all after it
          T last = null;
          for (long mark = watermark.settled(index); first < mark; first++) {
            last = open.remove();
          }
          if (last != null) {
            commit.accept(last);
          }
        }
      } finally {
        lock.unlock();
      }
      cursor.settled(index, item, outcome);
    }

    @Override
    public void close() throws Exception {
      cursor.close();
    }
  }
}
