package dev.sluice.benchmarks;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.dsl.ProducerType;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The Disruptor. Each of its handlers sees each event, so of several receivers each takes those
/// whose sequence is its own, modulo their number; like the Disruptor's own event processor it
/// tells the senders only at the end of a run of events.
final class DisruptorRing implements Handoff {

  private static final class Slot {
    @Nullable Item item;
  }

  private final RingBuffer<Slot> ring;
  private final Sequence[] positions;
  private final SequenceBarrier barrier;

  DisruptorRing(Cell cell) {
    ring =
        RingBuffer.create(
            cell.senders() == 1 ? ProducerType.SINGLE : ProducerType.MULTI,
            Slot::new,
            cell.capacity(),
            new BlockingWaitStrategy());
    positions = new Sequence[cell.receivers()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = new Sequence();
    }
    ring.addGatingSequences(positions);
    barrier = ring.newBarrier();
  }

  @Override
  public void send(Item item) {
    long at = ring.next();
    ring.get(at).item = item;
    ring.publish(at);
  }

  @Override
  public void sendAll(List<Item> items) {
    for (int from = 0; from < items.size(); ) {
      int n = Math.min(items.size() - from, ring.getBufferSize());
      long last = ring.next(n);
      long first = last - n + 1;
      for (int i = 0; i < n; i++) {
        ring.get(first + i).item = items.get(from + i);
      }
      ring.publish(first, last);
      from += n;
    }
  }

  @Override
  public Item receive() {
    throw new UnsupportedOperationException("receive through receiver(index)");
  }

  @Override
  public Handoff receiver(int index) {
    return new Port(index);
  }

  private final class Port implements Handoff {

    private final int index;
    private final Sequence position;
    private long next;
    private long available = -1;

    Port(int index) {
      this.index = index;
      this.position = positions[index];
    }

    @Override
    public void send(Item item) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Item receive() throws Exception {
      while (true) {
        if (next > available) {
          position.set(available);
          available = barrier.waitFor(next);
          if (available < next) {
            // Claimed, but not published: a sender claims first and then waits for room.
            pause();
          }
        }
        while (next <= available) {
          long at = next++;
          if (at % positions.length == index) {
            return taken(at);
          }
        }
      }
    }

    /// A sender that waits for room parks for a nanosecond at a time. A virtual one comes back
    /// through the scheduler's outer queue, which a carrier does not look at as long as its own has
    /// something: receivers that yield to each other would keep it out for ever. So they park too.
    private static void pause() {
      if (Thread.currentThread().isVirtual()) {
        LockSupport.parkNanos(1);
      } else {
        Thread.yield();
      }
    }

    @Override
    public int receiveMany(Item[] into, int max) throws Exception {
      into[0] = receive();
      int n = 1;
      while (n < max && next <= available) {
        long at = next++;
        if (at % positions.length == index) {
          into[n++] = taken(at);
        }
      }
      return n;
    }

    /// As when the Disruptor halts an event processor: the senders wait for it no more.
    @Override
    public void finish() {
      position.set(Long.MAX_VALUE);
    }

    private Item taken(long at) {
      Item item = ring.get(at).item;
      if (item == null) {
        throw new IllegalStateException("nothing at sequence " + at);
      }
      return item;
    }
  }
}
