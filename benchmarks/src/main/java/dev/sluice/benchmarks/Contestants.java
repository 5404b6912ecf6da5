package dev.sluice.benchmarks;

import static dev.sluice.benchmarks.Contestant.Kind.BOUNDLESS;
import static dev.sluice.benchmarks.Contestant.Kind.OURS;
import static dev.sluice.benchmarks.Contestant.Kind.REFERENCE;
import static dev.sluice.benchmarks.Contestant.Kind.SELF_BLOCKING;
import static dev.sluice.benchmarks.Contestant.Kind.SPINNING;
import static dev.sluice.benchmarks.Contestant.Kind.WRAPPED;
import static dev.sluice.benchmarks.Contestant.coroutine;
import static dev.sluice.benchmarks.Contestant.ours;
import static dev.sluice.benchmarks.Contestant.peer;

import com.conversantmedia.util.concurrent.DisruptorBlockingQueue;
import com.conversantmedia.util.concurrent.SpinPolicy;
import com.softwaremill.jox.SelectClause;
import dev.sluice.channels.Channel;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Select;
import dev.sluice.channels.Sender;
import dev.sluice.channels.StealingChannel;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.ManyToManyConcurrentArrayQueue;
import org.jctools.queues.MpmcArrayQueue;

/// Who takes part in what: all adapters are here. The first of ours is the one that is compared.
final class Contestants {

  private static final String AT_LEAST_TWO = "holds 2 where the capacity is 1";

  private static final Contestant ABQ =
      peer("abq", SELF_BLOCKING, cell -> queue(new ArrayBlockingQueue<>(cell.capacity())));
  private static final Contestant LBQ =
      peer("lbq", SELF_BLOCKING, cell -> queue(new LinkedBlockingQueue<>(cell.capacity())));
  private static final Contestant LTQ =
      peer("ltq", SELF_BLOCKING, _ -> queue(new LinkedTransferQueue<>()));
  private static final Contestant LTQ_BOUNDLESS =
      peer("ltq", BOUNDLESS, _ -> queue(new LinkedTransferQueue<>())).noting("has no bound");
  private static final Contestant LTQ_TRANSFER =
      peer("ltq-transfer", SELF_BLOCKING, _ -> transfer());
  private static final Contestant SQ =
      peer("sq", SELF_BLOCKING, _ -> queue(new SynchronousQueue<>()));
  private static final Contestant SQ_FAIR =
      peer("sq-fair", SELF_BLOCKING, _ -> queue(new SynchronousQueue<>(true)));
  private static final Contestant DISRUPTOR =
      peer("disruptor-block", SELF_BLOCKING, DisruptorRing::new);
  private static final Contestant CONVERSANT_BLOCKING =
      peer("conv-block", SELF_BLOCKING, cell -> conversant(cell, SpinPolicy.BLOCKING));
  private static final Contestant CONVERSANT_WAITING =
      peer("conv-wait", SELF_BLOCKING, cell -> conversant(cell, SpinPolicy.WAITING));
  private static final Contestant JOX =
      peer(
          "jox",
          SELF_BLOCKING,
          cell ->
              jox(
                  cell.isUnbounded()
                      ? com.softwaremill.jox.Channel.newUnlimitedChannel()
                      : com.softwaremill.jox.Channel.newBufferedChannel(cell.capacity())));
  private static final Contestant JOX_RENDEZVOUS =
      peer("jox", SELF_BLOCKING, _ -> jox(com.softwaremill.jox.Channel.newRendezvousChannel()));
  private static final Contestant KOTLIN = coroutine("kotlin");
  private static final Contestant JCTOOLS_PARK =
      peer("jctools-park", WRAPPED, cell -> new ParkingRing(cell.capacity())).noting(AT_LEAST_TWO);
  private static final Contestant AGRONA_BACKOFF =
      peer("agrona-backoff", WRAPPED, cell -> agrona(cell, true)).noting(AT_LEAST_TWO);
  private static final Contestant JCTOOLS_SPIN =
      peer("jctools-spin", SPINNING, cell -> polled(new MpmcArrayQueue<>(atLeastTwo(cell)), false))
          .noting(AT_LEAST_TWO);
  private static final Contestant AGRONA_SPIN =
      peer("agrona-spin", SPINNING, cell -> agrona(cell, false)).noting(AT_LEAST_TWO);

  private static final Contestant BOUNDED =
      ours("sluice", cell -> channel(Channel.bounded(cell.capacity())));
  private static final Contestant UNLIMITED = ours("sluice", _ -> channel(Channel.unbounded()));
  private static final Contestant MEETING = ours("sluice", _ -> channel(Channel.rendezvous()));
  private static final Contestant PING_PONG_MEETING =
      ours("sluice-rendezvous", _ -> channel(Channel.rendezvous())).noting("without room");

  /// Hand-offs that have, or are given, a bound.
  private static final List<Contestant> LIMITED =
      List.of(
          BOUNDED,
          JCTOOLS_PARK,
          AGRONA_BACKOFF,
          ABQ,
          LBQ,
          DISRUPTOR,
          CONVERSANT_BLOCKING,
          CONVERSANT_WAITING,
          JOX,
          KOTLIN,
          JCTOOLS_SPIN,
          AGRONA_SPIN);

  static final List<Contestant> HANDOFFS = with(LIMITED, LTQ_BOUNDLESS);

  /// Where no more than one item is there at a time, what holds any number is comparable too.
  static final List<Contestant> HANDOFFS_AND_UNBOUNDED = with(LIMITED, LTQ);

  static final List<Contestant> UNBOUNDED = List.of(UNLIMITED, LTQ, LBQ, JOX, KOTLIN);

  static final List<Contestant> PING_PONG = with(LIMITED, PING_PONG_MEETING, LTQ_TRANSFER, SQ);

  static final List<Contestant> RENDEZVOUS =
      List.of(MEETING, SQ, SQ_FAIR, LTQ_TRANSFER, JOX_RENDEZVOUS, KOTLIN);

  static final List<Contestant> BATCH =
      List.of(
          BOUNDED,
          JCTOOLS_PARK,
          AGRONA_BACKOFF,
          ABQ,
          LBQ,
          DISRUPTOR,
          CONVERSANT_BLOCKING,
          JOX,
          KOTLIN,
          LTQ_BOUNDLESS,
          JCTOOLS_SPIN,
          AGRONA_SPIN);

  /// One receiver takes from whichever of several channels has something.
  static final List<Contestant> SELECT =
      List.of(
          ours("sluice", Contestants::select),
          peer("jox", SELF_BLOCKING, Contestants::joxSelect),
          KOTLIN,
          peer("abq-merged", REFERENCE, cell -> queue(new ArrayBlockingQueue<>(cell.capacity())))
              .noting("one queue for all senders instead of a channel for each"));

  static final List<Contestant> PRIORITY =
      List.of(
          ours(
              "sluice",
              cell -> channel(Channel.priority(cell.capacity(), Comparator.naturalOrder()))),
          peer("pbq-semaphore", SELF_BLOCKING, cell -> priority(cell.capacity())));

  /// A queue for each worker, beside those who share one.
  static final List<Contestant> STEALING =
      List.of(
          ours("sluice", Contestants::stealing), ABQ, LBQ, CONVERSANT_BLOCKING, JOX, JCTOOLS_PARK);

  /// Queues for Log4j's asynchronous appender.
  static final List<Contestant> LOGGING =
      List.of(
          logging("sluice", OURS),
          logging("jctools", WRAPPED).noting("polls, with the shortest park between"),
          logging("abq", SELF_BLOCKING),
          logging("jctools-spin", SPINNING));

  private static Contestant logging(String name, Contestant.Kind kind) {
    return new Contestant(name, kind, null, null, "");
  }

  /// The element of Log4j's configuration that makes the queue.
  static String logQueue(String contestant) {
    return switch (contestant) {
      case "sluice" -> "<SluiceBlockingQueue/>";
      case "jctools" -> "<JCToolsBlockingQueue/>";
      case "jctools-spin" -> "<JCToolsBlockingQueue waitStrategy='SPIN'/>";
      case "abq" -> "<ArrayBlockingQueue/>";
      default -> throw new IllegalArgumentException(contestant);
    };
  }

  private Contestants() {}

  // ---- Ours

  private static Handoff channel(Channel<Item> channel) {
    return new Ends(channel, channel);
  }

  private record Ends(Sender<Item> out, Receiver<Item> in) implements Handoff {

    @Override
    public void send(Item item) throws InterruptedException {
      out.send(item);
    }

    @Override
    public Item receive() throws InterruptedException {
      return in.receive();
    }

    @Override
    public void sendAll(List<Item> items) throws InterruptedException {
      out.sendAll(items);
    }

    @Override
    public int receiveMany(Item[] into, int max) throws InterruptedException {
      List<Item> items = in.receiveMany(1, max, Duration.ZERO);
      for (int i = 0; i < items.size(); i++) {
        into[i] = items.get(i);
      }
      return items.size();
    }
  }

  /// Senders send to the channel; each receiver is a worker, at its own end.
  private static Handoff stealing(Cell cell) {
    StealingChannel<Item> channel = Channel.stealing(cell.receivers(), cell.capacity());
    Handoff shared = channel(channel);
    return new Handoff() {
      @Override
      public void send(Item item) throws Exception {
        shared.send(item);
      }

      @Override
      public Item receive() throws Exception {
        return shared.receive();
      }

      @Override
      public Handoff receiver(int index) {
        return new Ends(channel, channel.worker(index));
      }
    };
  }

  private static Handoff select(Cell cell) {
    Select<Item> any = Select.fair();
    Handoff[] senders = new Handoff[cell.senders()];
    for (int i = 0; i < senders.length; i++) {
      Channel<Item> channel = Channel.bounded(cell.capacity());
      any.receive(channel, item -> item);
      senders[i] = channel(channel);
    }
    return selecting(senders, any::await);
  }

  // ---- Queues of the JDK, and what looks like them

  private static Handoff queue(BlockingQueue<Item> queue) {
    return new Handoff() {
      @Override
      public void send(Item item) throws InterruptedException {
        queue.put(item);
      }

      @Override
      public Item receive() throws InterruptedException {
        return queue.take();
      }

      @Override
      public Handoff receiver(int index) {
        Handoff shared = this;
        return new Drain(shared) {
          @Override
          int drain(Into into, int max) {
            return queue.drainTo(into, max);
          }
        };
      }
    };
  }

  private static Handoff transfer() {
    LinkedTransferQueue<Item> queue = new LinkedTransferQueue<>();
    return new Handoff() {
      @Override
      public void send(Item item) throws InterruptedException {
        queue.transfer(item);
      }

      @Override
      public Item receive() throws InterruptedException {
        return queue.take();
      }
    };
  }

  private static Handoff conversant(Cell cell, SpinPolicy policy) {
    return queue(new DisruptorBlockingQueue<>(cell.capacity(), policy));
  }

  private static Handoff priority(int capacity) {
    PriorityBlockingQueue<Item> queue = new PriorityBlockingQueue<>(capacity);
    Semaphore room = new Semaphore(capacity);
    return new Handoff() {
      @Override
      public void send(Item item) throws InterruptedException {
        room.acquire();
        queue.add(item);
      }

      @Override
      public Item receive() throws InterruptedException {
        Item item = queue.take();
        room.release();
        return item;
      }
    };
  }

  /// A receiver that waits for one item and drains those behind it into an array.
  private abstract static class Drain implements Handoff {

    private final Handoff shared;
    private final Into into = new Into();

    Drain(Handoff shared) {
      this.shared = shared;
    }

    abstract int drain(Into into, int max);

    @Override
    public void send(Item item) throws Exception {
      shared.send(item);
    }

    @Override
    public Item receive() throws Exception {
      return shared.receive();
    }

    @Override
    public int receiveMany(Item[] items, int max) throws Exception {
      into.items = items;
      into.size = 0;
      if (drain(into, max) == 0) {
        into.add(shared.receive());
        drain(into, max - 1);
      }
      return into.size;
    }

    static final class Into extends AbstractList<Item> {
      private Item[] items = {};
      private int size;

      @Override
      public boolean add(Item item) {
        items[size++] = item;
        return true;
      }

      @Override
      public Item get(int index) {
        return items[index];
      }

      @Override
      public int size() {
        return size;
      }
    }
  }

  // ---- Jox

  private static Handoff jox(com.softwaremill.jox.Channel<Item> channel) {
    return new Handoff() {
      @Override
      public void send(Item item) throws InterruptedException {
        channel.send(item);
      }

      @Override
      public Item receive() throws InterruptedException {
        return channel.receive();
      }
    };
  }

  private static Handoff joxSelect(Cell cell) {
    List<com.softwaremill.jox.Channel<Item>> channels =
        IntStream.range(0, cell.senders())
            .mapToObj(_ -> com.softwaremill.jox.Channel.<Item>newBufferedChannel(cell.capacity()))
            .toList();
    @SuppressWarnings({"unchecked", "rawtypes"})
    SelectClause<Item>[] clauses =
        channels.stream()
            .map(com.softwaremill.jox.Channel::receiveClause)
            .toArray(SelectClause[]::new);
    return selecting(
        channels.stream().map(Contestants::jox).toArray(Handoff[]::new),
        () -> com.softwaremill.jox.Select.select(clauses));
  }

  private interface Receive {
    Item receive() throws Exception;
  }

  /// Sender number i has channel number i.
  private static Handoff selecting(Handoff[] senders, Receive select) {
    return new Handoff() {
      @Override
      public void send(Item item) {
        throw new UnsupportedOperationException("send through sender(index)");
      }

      @Override
      public Handoff sender(int index) {
        return senders[index];
      }

      @Override
      public Item receive() throws Exception {
        return select.receive();
      }
    };
  }

  // ---- Rings that do not block

  private static int atLeastTwo(Cell cell) {
    return Math.max(2, cell.capacity());
  }

  private static Handoff agrona(Cell cell, boolean backoff) {
    return polled(new ManyToManyConcurrentArrayQueue<>(atLeastTwo(cell)), backoff);
  }

  /// A queue that is tried again and again, by each thread with an idle strategy of its own.
  private static Handoff polled(Queue<Item> queue, boolean backoff) {
    return new Handoff() {
      @Override
      public void send(Item item) {
        throw new UnsupportedOperationException("send through sender(index)");
      }

      @Override
      public Item receive() {
        throw new UnsupportedOperationException("receive through receiver(index)");
      }

      @Override
      public Handoff sender(int index) {
        return new Polling(queue, backoff ? new BackoffIdleStrategy() : new Spin());
      }

      @Override
      public Handoff receiver(int index) {
        return sender(index);
      }
    };
  }

  private record Polling(Queue<Item> queue, IdleStrategy idle) implements Handoff {

    @Override
    public void send(Item item) throws InterruptedException {
      if (!queue.offer(item)) {
        do {
          pause();
        } while (!queue.offer(item));
        idle.reset();
      }
    }

    @Override
    public Item receive() throws InterruptedException {
      Item item = queue.poll();
      if (item == null) {
        do {
          pause();
          item = queue.poll();
        } while (item == null);
        idle.reset();
      }
      return item;
    }

    private void pause() throws InterruptedException {
      idle.idle();
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
    }
  }

  /// Spins, and yields now and then: without that, virtual threads that wait keep the others from
  /// their carriers for ever.
  private static final class Spin implements IdleStrategy {

    private int turns;

    @Override
    public void idle() {
      if (++turns % 128 == 0) {
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
    }

    @Override
    public void idle(int workCount) {
      if (workCount > 0) {
        reset();
      } else {
        idle();
      }
    }

    @Override
    public void reset() {
      turns = 0;
    }
  }

  /// Those of `all` that wait, and leave a core to others meanwhile.
  static List<Contestant> blocking(List<Contestant> all) {
    return all.stream().filter(Contestant::blocking).toList();
  }

  private static List<Contestant> with(List<Contestant> some, Contestant... others) {
    return Stream.concat(some.stream(), Stream.of(others)).toList();
  }
}
