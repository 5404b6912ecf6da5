package dev.sluice.testkit;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.FullException;
import dev.sluice.channels.Overflow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What [dev.sluice.channels.Sender#sendAsync] and [dev.sluice.channels.Receiver#receiveAsync]
/// promise, on platform threads.
class FutureTest extends ChannelScene {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(10, SECONDS);
  }

  private static Throwable failureOf(CompletableFuture<?> future) throws Exception {
    return get(future.handle((result, failure) -> failure));
  }

  /// Until the thread that waits for what is pending is among the channel's waiters.
  private static void awaitWaitingReceivers(Channel<?> channel, int count) {
    await(() -> channel.stats().waitingReceivers() == count);
  }

  private static void awaitWaitingSenders(Channel<?> channel, int count) {
    await(() -> channel.stats().waitingSenders() == count);
  }

  @SuppressWarnings("ThreadPriorityCheck") // a courtesy
  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
      Thread.yield();
    }
  }

  @Test
  void what_can_be_done_at_once_is() {
    Channel<String> channel = open(1);

    assertThat(channel.sendAsync("item")).isCompleted();
    assertThat(channel.size()).isEqualTo(1);
    assertThat(channel.receiveAsync()).isCompletedWithValue("item");
    assertThat(channel.size()).isZero();
    assertThatThrownBy(() -> channel.sendAsync(nothing())).isInstanceOf(NullPointerException.class);
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what nobody may send
  private static <T> T nothing() {
    return null;
  }

  @Test
  void receives_get_their_items_in_the_order_of_the_calls() throws Exception {
    Channel<Integer> channel = open(2);
    var futures = IntStream.range(0, 100).mapToObj(i -> channel.receiveAsync()).toList();
    assertThat(futures).noneMatch(CompletableFuture::isDone);

    for (int i = 0; i < 100; i++) {
      channel.send(i);
    }

    for (int i = 0; i < 100; i++) {
      assertThat(get(futures.get(i))).isEqualTo(i);
    }
  }

  @Test
  void sends_get_in_in_the_order_of_the_calls() throws Exception {
    Channel<Integer> channel = open(2);
    var futures = IntStream.range(0, 100).mapToObj(channel::sendAsync).toList();
    assertThat(futures.stream().filter(CompletableFuture::isDone)).hasSize(2);

    for (int i = 0; i < 100; i++) {
      assertThat(channel.receive()).isEqualTo(i);
    }

    for (var future : futures) {
      get(future);
    }
  }

  @Test
  void one_thread_waits_for_all_that_pends_and_none_when_nothing_does() {
    Channel<String> channel = open(1);
    channel.trySend("first");
    assertThat(channel.stats().waitingSenders()).isZero();
    var sends = IntStream.range(0, 50).mapToObj(i -> channel.sendAsync("more")).toList();
    awaitWaitingSenders(channel, 1);
    sends.forEach(send -> assertThat(send.cancel(false)).isTrue());
    awaitWaitingSenders(channel, 0);

    assertThat(channel.tryReceive()).isEqualTo("first");
    var receives = IntStream.range(0, 50).mapToObj(i -> channel.receiveAsync()).toList();
    awaitWaitingReceivers(channel, 1);
    receives.forEach(receive -> assertThat(receive.cancel(false)).isTrue());
    awaitWaitingReceivers(channel, 0);
  }

  @Test
  void a_cancelled_receive_takes_nothing() throws Exception {
    Channel<String> channel = open(1);
    var first = channel.receiveAsync();
    var second = channel.receiveAsync();
    assertThat(first.cancel(true)).isTrue();
    assertThat(first).isCancelled();

    channel.send("item");

    assertThat(get(second)).isEqualTo("item");
  }

  @Test
  void a_cancelled_send_sends_nothing() throws Exception {
    Channel<String> channel = open(1);
    channel.send("first");
    var second = channel.sendAsync("second");
    var third = channel.sendAsync("third");

    assertThat(second.cancel(true)).isTrue();

    assertThat(channel.receive()).isEqualTo("first");
    assertThat(channel.receive()).isEqualTo("third");
    get(third);
    assertThat(channel.size()).isZero();
  }

  @Test
  void whatever_completes_a_receive_from_outside_withdraws_it() throws Exception {
    Channel<String> channel = open(4);
    var cause = new IOException("from outside");
    var futures = new ArrayList<CompletableFuture<String>>();
    for (int i = 0; i < 7; i++) {
      futures.add(channel.receiveAsync());
    }
    futures.get(0).complete("given");
    futures.get(1).completeExceptionally(cause);
    futures.get(2).orTimeout(1, NANOSECONDS);
    futures.get(3).completeOnTimeout("late", 1, NANOSECONDS);
    futures.get(4).completeAsync(() -> "computed");
    futures.get(5).obtrudeValue("forced");
    futures.get(6).obtrudeException(cause);

    assertThat(get(futures.get(0))).isEqualTo("given");
    assertThat(failureOf(futures.get(1))).isSameAs(cause);
    assertThat(failureOf(futures.get(2))).isInstanceOf(TimeoutException.class);
    assertThat(get(futures.get(3))).isEqualTo("late");
    assertThat(get(futures.get(4))).isEqualTo("computed");
    assertThat(get(futures.get(5))).isEqualTo("forced");
    assertThat(failureOf(futures.get(6))).isSameAs(cause);
    channel.send("item");
    assertThat(channel.receive()).isEqualTo("item");
  }

  @Test
  void what_is_done_is_not_withdrawn() {
    Channel<String> channel = open(1);
    var sent = channel.sendAsync("item");
    assertThat(sent.cancel(true)).isFalse();
    assertThat(sent.orTimeout(1, DAYS)).isCompleted();

    var received = channel.receiveAsync();

    assertThat(received.cancel(true)).isFalse();
    assertThat(received.complete("other")).isFalse();
    assertThat(received.completeExceptionally(new IOException())).isFalse();
    assertThat(received).isCompletedWithValue("item");
  }

  @Test
  void a_close_ends_what_is_pending_with_its_cause() throws Exception {
    Channel<String> channel = open(1);
    var cause = new IOException("of the close");
    var receives = List.of(channel.receiveAsync(), channel.receiveAsync());
    channel.close(cause);
    for (var receive : receives) {
      assertThat(failureOf(receive)).isInstanceOf(ClosedException.class).hasCause(cause);
    }
    assertThat(channel.receiveAsync()).isCompletedExceptionally();
    assertThat(channel.sendAsync("late")).isCompletedExceptionally();
  }

  @Test
  void what_was_accepted_before_a_close_is_still_received() throws Exception {
    Channel<String> channel = open(1);
    channel.send("first");
    var second = channel.sendAsync("second");
    var third = channel.sendAsync("third");
    channel.close();

    assertThat(failureOf(second)).isInstanceOf(ClosedException.class);
    assertThat(failureOf(third)).isInstanceOf(ClosedException.class);
    assertThat(get(channel.receiveAsync())).isEqualTo("first");
    assertThat(failureOf(channel.receiveAsync())).isInstanceOf(ClosedException.class);
  }

  @Test
  void a_registered_sender_that_closes_ends_its_own_sends_only() throws Exception {
    Channel<String> channel = open(1);
    var senders = channel.senders(2);
    channel.send("first");
    var mine = senders.get(0).sendAsync("mine");
    var other = senders.get(1).sendAsync("other");

    senders.get(0).close();

    assertThat(failureOf(mine)).isInstanceOf(ClosedException.class);
    assertThat(channel.receive()).isEqualTo("first");
    get(other);
    assertThat(channel.receive()).isEqualTo("other");
    assertThat(failureOf(senders.get(0).sendAsync("late"))).isInstanceOf(ClosedException.class);
  }

  @Test
  void an_overflow_policy_holds_for_futures() throws Exception {
    Channel<String> failing = Channel.<String>builder().onOverflow(Overflow.fail()).bounded(1);
    get(failing.sendAsync("first"));
    assertThat(failureOf(failing.sendAsync("second"))).isInstanceOf(FullException.class);

    var dropped = new ArrayList<String>();
    Channel<String> dropping =
        Channel.<String>builder().onOverflow(Overflow.dropOldest(dropped::add)).bounded(1);
    assertThat(dropping.sendAsync("first")).isCompleted();
    assertThat(dropping.sendAsync("second")).isCompleted();
    assertThat(dropped).containsExactly("first");
    assertThat(failureOf(closed(dropping).sendAsync("late"))).isInstanceOf(ClosedException.class);
  }

  private static <T> Channel<T> closed(Channel<T> channel) {
    channel.close();
    return channel;
  }

  @Test
  void what_hangs_on_a_future_may_wait_for_the_next() throws Exception {
    Channel<Integer> channel = open(2);
    var second = new CompletableFuture<Integer>();
    var first = channel.receiveAsync().thenApply(item -> item + second.join());
    var passedOn = channel.receiveAsync().thenAccept(second::complete);

    channel.send(1);
    channel.send(2);

    assertThat(get(first)).isEqualTo(3);
    get(passedOn);
  }

  @Test
  void what_hangs_on_a_future_may_use_the_channel_and_throw() throws Exception {
    Channel<Integer> channel = open(1);
    var reply =
        channel
            .receiveAsync()
            .thenCompose(item -> channel.sendAsync(item + 1))
            .thenRun(() -> {
              throw new IllegalStateException("of the callback");
            });
    channel.send(1);

    assertThat(failureOf(reply)).hasRootCauseMessage("of the callback");
    assertThat(channel.receive()).isEqualTo(2);
    channel.send(3);
    assertThat(get(channel.receiveAsync())).isEqualTo(3);
  }

  @Test
  void in_a_fair_channel_a_future_does_not_overtake_who_waits() throws Exception {
    Channel<Integer> channel = Channel.<Integer>builder().fair().bounded(1);
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    var future = channel.receiveAsync();
    awaitWaitingReceivers(channel, 2);

    channel.send(1);
    channel.send(2);

    assertThat(receiver.awaitDone()).isEqualTo(1);
    assertThat(get(future)).isEqualTo(2);
    var cancelled = channel.receiveAsync();
    awaitWaitingReceivers(channel, 1);
    assertThat(cancelled.cancel(false)).isTrue();
    awaitWaitingReceivers(channel, 0);
  }

  @Test
  void an_item_that_meets_a_cancel_goes_to_one_of_the_two_and_is_never_lost() throws Exception {
    var start = new Phaser(2);
    Channel<Integer> channel = open(1);
    int rounds = 3_000;
    var pending = new ConcurrentLinkedQueue<CompletableFuture<Integer>>();
    var canceller =
        play(() -> {
          for (int i = 0; i < rounds; i++) {
            var future = channel.receiveAsync();
            pending.add(future);
            start.arriveAndAwaitAdvance();
            for (int spin = i % 200; spin > 0; spin--) {
              Thread.onSpinWait();
            }
            future.cancel(false);
            start.arriveAndAwaitAdvance();
            start.arriveAndAwaitAdvance();
          }
        });
    int cancelled = 0;
    for (int i = 0; i < rounds; i++) {
      start.arriveAndAwaitAdvance();
      channel.send(i);
      start.arriveAndAwaitAdvance();
      var future = pending.remove();
      if (future.isCancelled()) {
        cancelled++;
        assertThat(channel.receive()).isEqualTo(i);
      } else {
        assertThat(get(future)).isEqualTo(i);
      }
      assertThat(channel.size()).isZero();
      start.arriveAndAwaitAdvance();
    }
    canceller.awaitDone();
    assertThat(cancelled).as("cancels that came first").isBetween(1, rounds);
  }

  @Test
  void a_send_that_meets_a_cancel_is_sent_or_withdrawn() throws Exception {
    var start = new Phaser(2);
    Channel<Integer> channel = open(1);
    int rounds = 3_000;
    var pending = new ConcurrentLinkedQueue<CompletableFuture<Void>>();
    var canceller =
        play(() -> {
          for (int i = 0; i < rounds; i++) {
            channel.send(-1);
            var future = channel.sendAsync(i);
            pending.add(future);
            start.arriveAndAwaitAdvance();
            for (int spin = i % 200; spin > 0; spin--) {
              Thread.onSpinWait();
            }
            future.cancel(false);
            start.arriveAndAwaitAdvance();
            start.arriveAndAwaitAdvance();
          }
        });
    for (int i = 0; i < rounds; i++) {
      start.arriveAndAwaitAdvance();
      assertThat(channel.receive()).isEqualTo(-1);
      start.arriveAndAwaitAdvance();
      var future = pending.remove();
      if (future.isCancelled()) {
        assertThat(channel.tryReceive()).isNull();
      } else {
        get(future);
        assertThat(channel.receive()).isEqualTo(i);
      }
      start.arriveAndAwaitAdvance();
    }
    canceller.awaitDone();
  }

  @Test
  void futures_and_threads_share_a_channel_and_nothing_is_lost_or_twice() throws Exception {
    Channel<Integer> channel = open(3);
    int each = 2_000;
    var received = new ConcurrentLinkedQueue<Integer>();
    var sender =
        play(() -> {
          for (int i = 0; i < each; i++) {
            channel.send(i);
          }
        });
    var asyncSender =
        play(() -> {
          for (int i = each; i < 2 * each; i++) {
            get(channel.sendAsync(i));
          }
        });
    var receiver =
        play(() -> {
          for (var item : channel) {
            received.add(item);
          }
        });
    var asyncReceiver =
        play(() -> {
          var futures = new ArrayList<CompletableFuture<Integer>>();
          for (int i = 0; i < each; i++) {
            var future = channel.receiveAsync();
            if (i % 3 != 0 || !future.cancel(false)) {
              futures.add(future);
            }
          }
          for (var future : futures) {
            try {
              received.add(get(future));
            } catch (ExecutionException e) {
              assertThat(e).hasCauseInstanceOf(ClosedException.class);
            }
          }
        });

    sender.awaitDone();
    asyncSender.awaitDone();
    channel.close();
    receiver.awaitDone();
    asyncReceiver.awaitDone();
    assertThat(received.stream().sorted().toList())
        .isEqualTo(IntStream.range(0, 2 * each).boxed().toList());
  }
}
