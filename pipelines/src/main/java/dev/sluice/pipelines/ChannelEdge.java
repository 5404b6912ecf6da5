package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// An edge with a channel's ways: by priority, or where something is dropped rather than waited
/// for.
final class ChannelEdge extends Edge {

  /// A value between two workers, with where it came from.
  record Item(Object value, Lineage lineage) {}

  private final Run run;
  private final Channel<Item> channel;
  private final int capacity;
  private final Slow slow;
  private final AtomicInteger open = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private Lineage lineage = Untracked.LINEAGE;

  /// @param slow what becomes of a value that there is no room for
  ChannelEdge(Run run, Channel<Item> channel, int capacity, Slow slow) {
    this.run = run;
    this.channel = channel;
    this.capacity = capacity;
    this.slow = slow;
  }

  @Override
  Step entry(Tally tally) {
    open.incrementAndGet();
    return new Entry(tally);
  }

  private final class Entry extends Step {
    private boolean ended;

    Entry(Tally tally) {
      super(tally, NO_STAGE);
    }

    @Override
    void accept(Object value, Lineage of) throws InterruptedException {
      var item = new Item(value, of);
      while (!channel.trySend(item)) {
        switch (slow) {
          case WAIT -> {
            send(item);
            return;
          }
          case DROP_NEWEST -> {
            drop(item);
            return;
          }
          case DROP_OLDEST -> {
            var oldest = channel.tryReceive();
            if (oldest != null) {
              drop(oldest);
            }
          }
        }
      }
    }

    private void send(Item item) throws InterruptedException {
      long start = System.nanoTime();
      tally.blocks();
      try {
        run.throwIfStopping();
        channel.send(item);
      } catch (InterruptedException | Stopped e) {
        item.lineage.settle(Outcome.ABANDONED, tally);
        throw e;
      } finally {
        tally.blocked(System.nanoTime() - start);
      }
    }

    private void drop(Item item) {
      dropped.increment();
      item.lineage.settle(Outcome.DROPPED, tally);
    }

    @Override
    void complete() {
      end();
    }

    @Override
    void release() {
      end();
    }

    private void end() {
      if (!ended) {
        ended = true;
        if (open.decrementAndGet() == 0) {
          channel.close();
        }
      }
    }
  }

  @Override
  @Nullable Object poll() {
    return unpacked(channel.tryReceive());
  }

  @Override
  @Nullable Object take(long deadline, Tally tally) throws InterruptedException {
    var item = channel.tryReceive();
    long patience = deadline == Step.NEVER ? deadline : deadline - run.clock().nanoTime();
    if (item == null && patience > 0 && !isDone()) {
      run.throwIfStopping();
      long start = System.nanoTime();
      tally.starves();
      try {
        item =
            patience == Step.NEVER
                ? channel.receive()
                : channel.receive(Duration.ofNanos(patience));
      } catch (ClosedException e) {
        return null;
      } finally {
        tally.starved(System.nanoTime() - start);
      }
    }
    return unpacked(item);
  }

  private @Nullable Object unpacked(@Nullable Item item) {
    if (item == null) {
      return null;
    }
    lineage = item.lineage;
    return item.value;
  }

  @Override
  Lineage lineage() {
    return lineage;
  }

  @Override
  boolean isDone() {
    return open.get() == 0 && channel.size() == 0;
  }

  @Override
  int size() {
    return channel.size();
  }

  @Override
  int capacity() {
    return capacity;
  }

  @Override
  long dropped() {
    return dropped.sum();
  }
}
