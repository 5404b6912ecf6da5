package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What [dev.sluice.channels.Receiver#asPublisher] and [dev.sluice.channels.Sender#asSubscriber]
/// promise beyond Reactive Streams: what becomes of the items.
class FlowTest extends ChannelScene {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return Channel.bounded(capacity);
  }

  /// Asks for what the test tells it to, and keeps what comes.
  private static class Recorder implements Flow.Subscriber<Integer> {
    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    final List<Integer> items = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    volatile Consumer<Integer> then = item -> {};

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription.complete(subscription);
    }

    @Override
    public void onNext(Integer item) {
      items.add(item);
      then.accept(item);
    }

    @Override
    public void onError(Throwable cause) {
      end.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
      end.complete(null);
    }

    Recorder request(long count) throws Exception {
      subscription.get(10, TimeUnit.SECONDS).request(count);
      return this;
    }

    void cancel() throws Exception {
      subscription.get(10, TimeUnit.SECONDS).cancel();
    }

    Recorder awaitItems(int count) {
      await(() -> items.size() >= count);
      return this;
    }

    @Nullable Throwable awaitEnd() throws Exception {
      return end.<@Nullable Throwable>handle((nothing, cause) -> cause).get(10, TimeUnit.SECONDS);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // a courtesy
  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
      Thread.yield();
    }
  }

  private static Recorder subscribe(Channel<Integer> channel) {
    var recorder = new Recorder();
    channel.asPublisher().subscribe(recorder);
    return recorder;
  }

  // Publishing

  @Test
  void a_publisher_takes_nothing_that_was_not_asked_for() throws Exception {
    Channel<Integer> channel = open(10);
    channel.sendAll(List.of(0, 1, 2, 3, 4));
    var thread = new CompletableFuture<Thread>();
    var recorder = subscribe(channel);
    recorder.then = item -> thread.complete(Thread.currentThread());
    assertThat(channel.size()).isEqualTo(5);

    recorder.request(2).awaitItems(2);
    await(() -> thread.join().getState() == Thread.State.WAITING);

    assertThat(channel.size()).isEqualTo(3);
    assertThat(channel.receive()).isEqualTo(2);
    recorder.request(1).awaitItems(3);
    assertThat(recorder.items).containsExactly(0, 1, 3);
    recorder.cancel();
    assertThat(thread.join().join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void a_subscription_that_waits_for_an_item_takes_none_after_a_cancel() throws Exception {
    for (var channel :
        List.of(this.<Integer>open(1), Channel.<Integer>builder().fair().bounded(1))) {
      var recorder = subscribe(channel).request(5);
      await(() -> channel.stats().waitingReceivers() == 1);

      recorder.cancel();
      await(() -> channel.stats().waitingReceivers() == 0);
      channel.send(1);

      assertThat(channel.receive()).isEqualTo(1);
      assertThat(recorder.items).isEmpty();
      assertThat(recorder.end).isNotDone();
    }
  }

  @Test
  void what_meets_a_cancel_is_delivered_or_left_in_the_channel() throws Exception {
    for (int round = 0; round < 1_000; round++) {
      Channel<Integer> channel = open(4);
      var recorder = subscribe(channel).request(Long.MAX_VALUE);
      int spins = round % 100;
      var sender = play(() -> channel.sendAll(List.of(0, 1, 2, 3)));
      for (int i = 0; i < spins; i++) {
        Thread.onSpinWait();
      }
      recorder.cancel();
      sender.awaitDone();
      var left = new ArrayList<Integer>();
      await(() -> {
        channel.drainTo(left, 4);
        return recorder.items.size() + left.size() >= 4;
      });

      var all = new ArrayList<>(recorder.items);
      all.addAll(left);
      assertThat(all).containsExactly(0, 1, 2, 3);
    }
  }

  @Test
  void subscribers_and_receivers_compete() throws Exception {
    Channel<Integer> channel = open(4);
    int count = 10_000;
    var recorders = IntStream.range(0, 3).mapToObj(i -> subscribe(channel)).toList();
    for (var recorder : recorders) {
      recorder.request(Long.MAX_VALUE);
    }
    var received = new ConcurrentLinkedQueue<Integer>();
    var receiver =
        play(() -> {
          for (var item : channel) {
            received.add(item);
          }
        });
    for (int i = 0; i < count; i++) {
      channel.send(i);
    }
    channel.close();

    receiver.awaitDone();
    for (var recorder : recorders) {
      assertThat(recorder.awaitEnd()).isNull();
      assertThat(List.copyOf(recorder.items)).isSorted();
      received.addAll(recorder.items);
    }
    assertThat(received.stream().sorted().toList())
        .isEqualTo(IntStream.range(0, count).boxed().toList());
  }

  @Test
  void the_end_comes_after_the_last_item_with_its_cause() throws Exception {
    var cause = new IOException("of the close");
    Channel<Integer> channel = open(2);
    channel.sendAll(List.of(1, 2));
    channel.close(cause);

    var recorder = subscribe(channel).request(2);

    assertThat(recorder.awaitEnd()).isSameAs(cause);
    assertThat(recorder.items).containsExactly(1, 2);
    assertThat(subscribe(channel).awaitEnd()).as("nothing was asked for").isSameAs(cause);
  }

  @Test
  void a_close_ends_a_subscription_that_waits() throws Exception {
    Channel<Integer> channel = open(2);
    var recorder = subscribe(channel).request(2);
    await(() -> channel.stats().waitingReceivers() == 1);

    channel.close();

    assertThat(recorder.awaitEnd()).isNull();
    assertThat(recorder.items).isEmpty();
  }

  @Test
  void what_a_subscriber_throws_ends_its_subscription_and_loses_nothing_more() throws Exception {
    Channel<Integer> channel = open(2);
    channel.sendAll(List.of(1, 2));
    var thread = new CompletableFuture<Thread>();
    var uncaught = new CompletableFuture<Throwable>();
    var recorder = subscribe(channel);
    recorder.then =
        item -> {
          Thread.currentThread().setUncaughtExceptionHandler((t, e) -> uncaught.complete(e));
          thread.complete(Thread.currentThread());
          throw new IllegalStateException("of the subscriber");
        };
    recorder.request(2);

    assertThat(uncaught.get(10, TimeUnit.SECONDS)).hasMessage("of the subscriber");
    assertThat(thread.join().join(Duration.ofSeconds(10))).isTrue();
    assertThat(channel.receive()).isEqualTo(2);
  }

  @Test
  void an_interrupt_set_in_a_callback_does_not_stop_a_subscription() throws Exception {
    Channel<Integer> channel = open(2);
    var recorder = subscribe(channel);
    recorder.then = item -> Thread.currentThread().interrupt();
    recorder.request(1);
    channel.send(1);
    recorder.awaitItems(1).request(2);
    channel.send(2);
    recorder.awaitItems(2);
    channel.send(3);
    recorder.awaitItems(3);
    recorder.cancel();
  }

  // Subscribing

  /// A publisher that counts what it was asked for.
  private static final class Asked implements Flow.Subscription {
    final AtomicLong requested = new AtomicLong();
    final CountDownLatch cancelled = new CountDownLatch(1);

    @Override
    public void request(long count) {
      requested.addAndGet(count);
    }

    @Override
    public void cancel() {
      cancelled.countDown();
    }

    void awaitCancelled() throws InterruptedException {
      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_subscriber_asks_for_as_many_as_it_prefetches_and_one_more_for_each_accepted()
      throws Exception {
    Channel<Integer> channel = open(2);
    var subscriber = channel.asSubscriber(3);
    var asked = new Asked();
    subscriber.onSubscribe(asked);
    assertThat(asked.requested).hasValue(3);

    for (int i = 0; i < 3; i++) {
      subscriber.onNext(i);
    }

    await(() -> channel.stats().waitingSenders() == 1);
    assertThat(asked.requested).as("2 were accepted").hasValue(5);
    assertThat(channel.receive()).isZero();
    await(() -> asked.requested.get() == 6);
    subscriber.onComplete();
    assertThat(channel).containsExactly(1, 2);
  }

  @Test
  void the_end_of_a_stream_closes_the_sender_after_its_items() throws Exception {
    Channel<Integer> channel = open(1);
    var senders = channel.senders(2);
    var first = senders.get(0).asSubscriber(5);
    first.onSubscribe(new Asked());
    first.onNext(1);
    first.onNext(2);
    first.onComplete();
    assertThat(channel.receive()).isEqualTo(1);
    assertThat(channel.receive()).isEqualTo(2);
    await(() -> senders.get(0).isClosed());
    assertThat(channel.isClosed()).isFalse();

    var cause = new IOException("of the stream");
    var second = senders.get(1).asSubscriber(5);
    second.onSubscribe(new Asked());
    second.onNext(3);
    second.onError(cause);

    assertThat(channel.receive()).isEqualTo(3);
    assertThatThrownBy(channel::receive).isInstanceOf(ClosedException.class).hasCause(cause);
  }

  @Test
  void a_closed_channel_cancels_the_subscription() throws Exception {
    Channel<Integer> channel = open(1);
    channel.send(0);
    var subscriber = channel.asSubscriber(2);
    var asked = new Asked();
    subscriber.onSubscribe(asked);
    subscriber.onNext(1);
    await(() -> channel.stats().waitingSenders() == 1);

    channel.close();

    asked.awaitCancelled();
    subscriber.onNext(2); // was on its way
    assertThat(channel).containsExactly(0);
  }

  @Test
  void a_publisher_that_sends_more_than_asked_for_is_cancelled_and_named() throws Exception {
    Channel<Integer> channel = open(1);
    channel.send(0);
    var subscriber = channel.asSubscriber(1);
    var asked = new Asked();
    subscriber.onSubscribe(asked);
    subscriber.onNext(1);
    await(() -> channel.stats().waitingSenders() == 1);

    subscriber.onNext(2);
    subscriber.onNext(3);

    assertThat(channel.receive()).isZero();
    assertThat(channel.receive()).isEqualTo(1);
    await(channel::isClosed);
    var items = new ArrayList<Integer>();
    assertThatThrownBy(() -> channel.iterator().forEachRemaining(items::add))
        .hasRootCauseInstanceOf(IllegalStateException.class);
    asked.awaitCancelled();
  }

  @Test
  void a_second_subscription_is_cancelled() throws Exception {
    Channel<Integer> channel = open(1);
    var subscriber = channel.asSubscriber(1);
    var first = new Asked();
    var second = new Asked();
    subscriber.onSubscribe(first);
    subscriber.onSubscribe(second);

    second.awaitCancelled();
    assertThat(second.requested).hasValue(0);
    assertThat(first.cancelled.getCount()).isEqualTo(1);
    subscriber.onComplete();
    assertThatThrownBy(() -> channel.asSubscriber(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void it_works_with_the_publisher_of_the_platform_and_back() throws Exception {
    Channel<Integer> there = open(3);
    Channel<Integer> back = open(2);
    var recorder = subscribe(back).request(Long.MAX_VALUE);
    there.asPublisher().subscribe(back.asSubscriber(4));
    try (var publisher = new SubmissionPublisher<Integer>()) {
      publisher.subscribe(there.asSubscriber(2));
      for (int i = 0; i < 1_000; i++) {
        publisher.submit(i);
      }
    }

    assertThat(recorder.awaitEnd()).isNull();
    assertThat(recorder.items).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
  }
}
