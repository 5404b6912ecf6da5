package dev.sluice.races.memory;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.races.Kind;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// What the memory model lets threads see of a channel: few calls, met millions of times by real
/// cores and all compilers. 0 stands for "none" and for "no", -1 for "turned away".
///
/// The kind of channel is the property `races.kind`.
public final class ChannelMemory {
  private static final Kind KIND = Kind.valueOf(System.getProperty("races.kind", "BOUNDED"));

  private ChannelMemory() {}

  private static Channel<Integer> holding(int capacity, Integer... items) {
    Channel<Integer> channel = KIND.open(capacity);
    for (var item : items) {
      channel.trySend(item);
    }
    return channel;
  }

  private static int sent(Channel<Integer> channel, int item) {
    try {
      return channel.trySend(item) ? 1 : 0;
    } catch (ClosedException e) {
      return -1;
    }
  }

  private static int received(Channel<Integer> channel) {
    var item = channel.tryReceive();
    return item == null ? 0 : item;
  }

  // jcstress interrupts nobody

  private static <T> void send(Channel<T> channel, T item) {
    try {
      channel.send(item);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T receive(Channel<T> channel) {
    try {
      return channel.receive();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> void sendBoth(Channel<T> channel, T one, T other) {
    try {
      channel.sendAll(List.of(one, other));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static final class Parcel {
    int content; // plain: only the channel orders its write before its read
  }

  @JCStressTest
  @Outcome(
      id = {"-1", "42"},
      expect = ACCEPTABLE,
      desc = "nothing yet, or all of it")
  @Outcome(
      id = "0",
      expect = FORBIDDEN,
      desc = "the item without what was written before it was sent")
  @State
  public static class Publication {
    private final Channel<Parcel> channel = KIND.open(2);

    @Actor
    public void sender() {
      var parcel = new Parcel();
      parcel.content = 42;
      channel.trySend(parcel);
    }

    @Actor
    public void receiver(I_Result r) {
      var parcel = channel.tryReceive();
      r.r1 = parcel == null ? -1 : parcel.content;
    }
  }

  @JCStressTest
  @Outcome(id = "42", expect = ACCEPTABLE, desc = "all of it")
  @Outcome(expect = FORBIDDEN, desc = "the item without what was written before it was sent")
  @State
  public static class PublicationToWhoWaits {
    private final Channel<Parcel> channel = KIND.open(1);

    @Actor
    public void sender() {
      var parcel = new Parcel();
      parcel.content = 42;
      send(channel, parcel);
    }

    @Actor
    public void receiver(I_Result r) {
      r.r1 = receive(channel).content;
    }
  }

  @JCStressTest
  @Outcome(
      id = "1, 2, 3",
      expect = ACCEPTABLE,
      desc = "all in order; one that hangs lost a wake-up")
  @State
  public static class ThreeThroughRoomForOne {
    private final Channel<Integer> channel = KIND.open(1);

    @Actor
    public void sender() {
      send(channel, 1);
      send(channel, 2);
      send(channel, 3);
    }

    @Actor
    public void receiver(III_Result r) {
      r.r1 = receive(channel);
      r.r2 = receive(channel);
      r.r3 = receive(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "one of them")
  @Outcome(expect = FORBIDDEN, desc = "both, or none")
  @State
  public static class TwoSendersForOnePlace {
    private final Channel<Integer> channel = KIND.open(1);

    @Actor
    public void one(II_Result r) {
      r.r1 = sent(channel, 1);
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = sent(channel, 2);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"7, 0", "0, 7"},
      expect = ACCEPTABLE,
      desc = "one of them")
  @Outcome(expect = FORBIDDEN, desc = "both, or none")
  @State
  public static class TwoReceiversForOneItem {
    private final Channel<Integer> channel = holding(1, 7);

    @Actor
    public void one(II_Result r) {
      r.r1 = received(channel);
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 0", "1, 7"},
      expect = ACCEPTABLE,
      desc = "there is room")
  @Outcome(expect = FORBIDDEN, desc = "full though it was empty, or another's item")
  @State
  public static class NeverFullWhenEmpty {
    private final Channel<Integer> channel = KIND.open(1);

    @Actor
    public void sender(II_Result r) {
      r.r1 = sent(channel, 7);
    }

    @Actor
    public void receiver(II_Result r) {
      r.r2 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 7", "1, 7"},
      expect = ACCEPTABLE,
      desc = "there is an item")
  @Outcome(expect = FORBIDDEN, desc = "empty though it was full")
  @State
  public static class NeverEmptyWhenFull {
    private final Channel<Integer> channel = holding(1, 7);

    @Actor
    public void sender(II_Result r) {
      r.r1 = sent(channel, 8);
    }

    @Actor
    public void receiver(II_Result r) {
      r.r2 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 7", "-1, 0"},
      expect = ACCEPTABLE,
      desc = "accepted and delivered, or refused")
  @Outcome(expect = FORBIDDEN, desc = "accepted and lost, or refused and delivered")
  @State
  public static class SendOrClose {
    private final Channel<Integer> channel = KIND.open(1);

    @Actor
    public void sender(II_Result r) {
      r.r1 = sent(channel, 7);
    }

    @Actor
    public void closer() {
      channel.close();
    }

    @Arbiter
    public void leftovers(II_Result r) {
      r.r2 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(id = "7, 0", expect = ACCEPTABLE, desc = "a close takes nothing away")
  @Outcome(expect = FORBIDDEN, desc = "an item lost to a close")
  @State
  public static class ReceiveAndClose {
    private final Channel<Integer> channel = holding(1, 7);

    @Actor
    public void receiver(II_Result r) {
      r.r1 = received(channel);
    }

    @Actor
    public void closer() {
      channel.close();
    }

    @Arbiter
    public void leftovers(II_Result r) {
      r.r2 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 15, 0", "-1, 7, 0"},
      expect = ACCEPTABLE,
      desc = "the canceller got what was accepted")
  @Outcome(expect = FORBIDDEN, desc = "an item lost or delivered twice")
  @State
  public static class CancelOrSend {
    private final Channel<Integer> channel = holding(2, 7);

    @Actor
    public void sender(III_Result r) {
      r.r1 = sent(channel, 8);
    }

    @Actor
    public void canceller(III_Result r) {
      for (int item : channel.cancel()) {
        r.r2 += item;
      }
    }

    @Arbiter
    public void leftovers(III_Result r) {
      r.r3 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 0", "1, 2"},
      expect = ACCEPTABLE,
      desc = "in order")
  @Outcome(expect = FORBIDDEN, desc = "out of order")
  @State
  public static class OrderInABatch {
    private final Channel<Integer> channel = KIND.open(2);

    @Actor
    public void sender() {
      sendBoth(channel, 1, 2);
    }

    @Actor
    public void receiver(II_Result r) {
      r.r1 = received(channel);
      r.r2 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"2, 1", "12, 0"},
      expect = ACCEPTABLE,
      desc = "in order, each once")
  @Outcome(expect = FORBIDDEN, desc = "lost, twice, or out of order")
  @State
  public static class DrainOrReceive {
    private final Channel<Integer> channel = holding(2, 1, 2);

    @Actor
    public void drainer(II_Result r) {
      var items = new ArrayList<Integer>();
      channel.drainTo(items, 2);
      for (int item : items) {
        r.r1 = 10 * r.r1 + item;
      }
    }

    @Actor
    public void receiver(II_Result r) {
      r.r2 = received(channel);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "from 0 to the capacity")
  @Outcome(expect = FORBIDDEN, desc = "negative, or more than fit")
  @State
  public static class SizeWithinCapacity {
    private final Channel<Integer> channel = KIND.open(1);

    @Actor
    public void user() {
      channel.trySend(1);
      channel.tryReceive();
      channel.trySend(2);
      channel.tryReceive();
    }

    @Actor
    public void reader(II_Result r) {
      r.r1 = channel.size();
      r.r2 = channel.size();
    }
  }
}
