package dev.sluice.testkit;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.RefusedItemsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What [Channel#asBlockingQueue] promises: the contract of [BlockingQueue], method by method, and
/// what a close does to it.
abstract class QueueContract extends ChannelScene {

  private BlockingQueue<String> queueOf(Channel<String> channel, String... items) {
    var queue = channel.asBlockingQueue();
    Collections.addAll(queue, items);
    return queue;
  }

  private BlockingQueue<String> queue(int capacity, String... items) {
    return queueOf(open(capacity), items);
  }

  // Putting

  @Test
  void what_puts_takes_items_in_until_it_is_full() throws Exception {
    var queue = queue(4);

    queue.put("a");
    assertThat(queue.offer("b")).isTrue();
    assertThat(queue.add("c")).isTrue();
    assertThat(queue.offer("d", 1, DAYS)).isTrue();

    assertThat(queue.offer("e")).isFalse();
    assertThat(queue.offer("e", 0, DAYS)).isFalse();
    assertThat(queue.offer("e", -1, DAYS)).isFalse();
    assertThat(queue.offer("e", 1, MILLISECONDS)).isFalse();
    assertThatThrownBy(() -> queue.add("e"))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("full");
    assertThat(queue).containsExactly("a", "b", "c", "d");
  }

  @Test
  void put_waits_for_room() throws Exception {
    var queue = queue(1, "first");
    var putter = play(() -> queue.put("second"));
    putter.awaitWaiting();

    assertThat(queue.poll()).isEqualTo("first");

    putter.awaitDone();
    assertThat(queue).containsExactly("second");
  }

  @Test
  void a_timed_offer_waits_for_room() throws Exception {
    var queue = queue(1, "first");
    var putter = play(() -> queue.offer("second", Long.MAX_VALUE, DAYS));
    putter.awaitWaiting();

    assertThat(queue.take()).isEqualTo("first");

    assertThat(putter.awaitDone()).isTrue();
    assertThat(queue).containsExactly("second");
  }

  @Test
  void an_interrupt_ends_what_waits_for_room() throws Exception {
    var queue = queue(1, "first");
    for (Actor.Action waiting :
        List.<Actor.Action>of(() -> queue.put("x"), () -> queue.offer("x", 1, DAYS))) {
      var putter = play(waiting);
      putter.awaitWaiting();

      putter.interrupt();

      assertThat(putter.awaitFailure()).isInstanceOf(InterruptedException.class);
      assertThat(queue).containsExactly("first");
    }
  }

  @Test
  void what_may_wait_throws_at_once_when_interrupted_before() throws Exception {
    var queue = queue(2, "first");
    for (Actor.Action call :
        List.<Actor.Action>of(
            () -> queue.put("x"),
            () -> queue.offer("x", 1, DAYS),
            queue::take,
            () -> queue.poll(1, DAYS))) {
      var caller =
          play(() -> {
            Thread.currentThread().interrupt();
            call.play();
          });

      assertThat(caller.awaitFailure()).isInstanceOf(InterruptedException.class);
      assertThat(queue).containsExactly("first");
    }
  }

  @Test
  void what_never_waits_leaves_the_interrupt_flag_alone() throws Exception {
    var queue = queue(2, "first");
    var caller =
        play(() -> {
          Thread.currentThread().interrupt();
          queue.offer("second");
          queue.add(queue.remove());
          queue.poll();
          queue.peek();
          queue.drainTo(new ArrayList<>());
          return Thread.interrupted();
        });

    assertThat(caller.awaitDone()).isTrue();
  }

  @Test
  @SuppressWarnings("NullAway") // that's what is tested
  void null_is_no_item() {
    var queue = queue(2, "first");

    assertThatThrownBy(() -> queue.put(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.add(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.offer(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.offer(null, 1, DAYS)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.offer("x", 1, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.poll(1, null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.addAll(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.addAll(Arrays.asList("a", null)))
        .isInstanceOf(NullPointerException.class);
    assertThat(queue.contains(null)).isFalse();
    assertThat(queue.remove(null)).isFalse();
    assertThat(queue).containsExactly("first", "a");
  }

  @Test
  @SuppressWarnings("ModifyingCollectionWithItself") // that's what is tested
  void addAll_keeps_what_fits_and_refuses_the_queue_itself() {
    var queue = queue(2);

    assertThatThrownBy(() -> queue.addAll(List.of("a", "b", "c")))
        .isExactlyInstanceOf(IllegalStateException.class);
    assertThat(queue).containsExactly("a", "b");
    assertThatThrownBy(() -> queue.addAll(queue)).isInstanceOf(IllegalArgumentException.class);
    assertThat(queue.addAll(List.of())).isFalse();
  }

  // Taking

  @Test
  void what_takes_hands_out_in_order_until_it_is_empty() throws Exception {
    var queue = queue(5, "a", "b", "c", "d", "e");

    assertThat(queue.take()).isEqualTo("a");
    assertThat(queue.poll()).isEqualTo("b");
    assertThat(queue.remove()).isEqualTo("c");
    assertThat(queue.poll(1, DAYS)).isEqualTo("d");
    assertThat(queue.element()).isEqualTo("e");
    assertThat(queue.peek()).isEqualTo("e");
    assertThat(queue.poll(0, DAYS)).isEqualTo("e");

    assertThat(queue.poll()).isNull();
    assertThat(queue.peek()).isNull();
    assertThat(queue.poll(0, DAYS)).isNull();
    assertThat(queue.poll(-1, DAYS)).isNull();
    assertThat(queue.poll(1, MILLISECONDS)).isNull();
    assertThatThrownBy(queue::remove).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(queue::element).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void a_timed_call_waits_at_least_its_time() throws Exception {
    var queue = queue(1);
    long start = System.nanoTime();
    assertThat(queue.poll(5, MILLISECONDS)).isNull();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);

    queue.add("first");
    start = System.nanoTime();
    assertThat(queue.offer("x", 5_000_000, NANOSECONDS)).isFalse();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
  }

  @Test
  void take_waits_for_an_item() throws Exception {
    var queue = queue(1);
    var taker = play(queue::take);
    taker.awaitWaiting();

    queue.put("item");

    assertThat(taker.awaitDone()).isEqualTo("item");
  }

  @Test
  void a_timed_poll_waits_for_an_item() throws Exception {
    var queue = queue(1);
    var taker = play(() -> queue.poll(Long.MAX_VALUE, DAYS));
    taker.awaitWaiting();

    assertThat(queue.offer("item")).isTrue();

    assertThat(taker.awaitDone()).isEqualTo("item");
  }

  @Test
  void an_interrupt_ends_what_waits_for_an_item() throws Exception {
    var queue = queue(1);
    for (Actor.Action waiting : List.<Actor.Action>of(queue::take, () -> queue.poll(1, DAYS))) {
      var taker = play(waiting);
      taker.awaitWaiting();

      taker.interrupt();

      assertThat(taker.awaitFailure()).isInstanceOf(InterruptedException.class);
    }
    queue.put("item");
    assertThat(queue.take()).isEqualTo("item");
  }

  // Draining

  @Test
  @SuppressWarnings("NullAway") // that's what is tested
  void drainTo_takes_what_is_there_up_to_its_limit() {
    var queue = queue(4, "a", "b", "c", "d");
    var items = new ArrayList<String>();

    assertThat(queue.drainTo(items, 0)).isZero();
    assertThat(queue.drainTo(items, -1)).isZero();
    assertThat(queue.drainTo(items, 3)).isEqualTo(3);
    assertThat(queue.drainTo(items)).isEqualTo(1);
    assertThat(queue.drainTo(items)).isZero();

    assertThat(items).containsExactly("a", "b", "c", "d");
    assertThatThrownBy(() -> queue.drainTo(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> queue.drainTo(null, 1)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void drainTo_refuses_the_queue_itself() {
    Channel<String> channel = open(2);
    var queue = queueOf(channel, "a");

    assertThatThrownBy(() -> queue.drainTo(queue)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> queue.drainTo(queue, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> queue.drainTo(channel.asBlockingQueue(), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(queue).containsExactly("a");
  }

  @Test
  void drainTo_hands_over_what_a_collection_refuses() {
    var queue = queue(3, "a", "b", "c");
    var small = new ArrayBlockingQueue<String>(1);

    assertThatThrownBy(() -> queue.drainTo(small))
        .isInstanceOfSatisfying(
            RefusedItemsException.class,
            e -> {
              assertThat(e.items()).isEqualTo(List.of("b", "c"));
              assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
            });
    assertThat(small).containsExactly("a");
    assertThat(queue).isEmpty();
  }

  @Test
  void drainTo_makes_room_for_who_waits() throws Exception {
    var queue = queue(2, "a", "b");
    var putter = play(() -> queue.put("c"));
    putter.awaitWaiting();

    assertThat(queue.drainTo(new ArrayList<>())).isBetween(2, 3);

    putter.awaitDone();
  }

  // Looking

  @Test
  void size_and_remaining_capacity_add_up() {
    var queue = queue(3);
    for (int size = 0; size <= 3; size++) {
      assertThat(queue).hasSize(size);
      assertThat(queue.isEmpty()).isEqualTo(size == 0);
      assertThat(queue.remainingCapacity()).isEqualTo(3 - size);
      queue.offer("item");
    }
    queue.clear();
    assertThat(queue).isEmpty();
    assertThat(queue.remainingCapacity()).isEqualTo(3);
  }

  @Test
  @SuppressWarnings({"CollectionToArraySafeParameter", "SelfAssertion"}) // what is tested
  void it_shows_what_is_in_the_channel() {
    Channel<String> channel = open(3);
    var queue = queueOf(channel, "a", "b");

    assertThat(channel.asBlockingQueue()).containsExactly("a", "b");
    assertThat(queue.contains("b")).isTrue();
    assertThat(queue.contains("c")).isFalse();
    assertThat(queue.containsAll(List.of("b", "a"))).isTrue();
    assertThat(queue.containsAll(List.of("b", "c"))).isFalse();
    assertThat(queue.toArray()).containsExactly("a", "b").isExactlyInstanceOf(Object[].class);
    assertThat(queue.toArray(new String[0])).containsExactly("a", "b");
    assertThat(queue.toArray(new @Nullable String[] {"x", "y", "z"}))
        .containsExactly("a", "b", null);
    assertThatThrownBy(() -> queue.toArray(new Integer[0])).isInstanceOf(ArrayStoreException.class);
    assertThat(queue.toString()).isEqualTo("[a, b]");
    assertThat(queue.stream().toList()).containsExactly("a", "b");
    assertThat(queue).isEqualTo(queue).isNotEqualTo(queue(3, "a", "b"));
    assertThat(queue.hashCode()).isEqualTo(System.identityHashCode(queue));
    assertThat(channel.tryReceive()).isEqualTo("a");
    assertThat(queue).containsExactly("b");
  }

  @Test
  void an_iterator_shows_what_was_there_when_it_began() {
    var queue = queue(3, "a", "b");
    var items = queue.iterator();
    queue.remove();
    queue.add("c");

    assertThat(items).toIterable().containsExactly("a", "b");
    assertThatThrownBy(items::next).isInstanceOf(NoSuchElementException.class);
    assertThat(queue).containsExactly("b", "c");
  }

  @Test
  void whoever_looks_while_others_put_and_take_sees_a_part_in_order() throws Exception {
    BlockingQueue<Integer> queue = this.<Integer>open(64).asBlockingQueue();
    int count = 20_000;
    var putter =
        play(() -> {
          for (int i = 0; i < count; i++) {
            queue.put(i);
          }
        });
    var taker =
        play(() -> {
          for (int i = 0; i < count; i++) {
            assertThat(queue.take()).isEqualTo(i);
          }
        });
    var looker =
        play(() -> {
          while (!taker.isDone()) {
            assertThat(List.copyOf(queue)).isSorted().doesNotHaveDuplicates().hasSizeLessThan(65);
            assertThat(queue.stream().toList()).isSorted().doesNotHaveDuplicates();
            assertThat(queue.size()).isBetween(0, 64);
            assertThat(queue.remainingCapacity()).isBetween(0, 64);
            LockSupport.parkNanos(1); // lets the others have the carrier
          }
        });

    putter.awaitDone();
    taker.awaitDone();
    looker.awaitDone();
  }

  @Test
  void many_put_and_take_in_every_way_and_nothing_is_lost_or_twice() throws Exception {
    BlockingQueue<Integer> queue = this.<Integer>open(3).asBlockingQueue();
    int each = 3_000;
    var taken = new ConcurrentLinkedQueue<Integer>();
    var putters =
        IntStream.range(0, 3)
            .mapToObj(p ->
                play(() -> {
                  for (int i = p * each; i < (p + 1) * each; i++) {
                    put(queue, i);
                  }
                }))
            .toList();
    var takers =
        IntStream.range(0, 3)
            .mapToObj(t ->
                play(() -> {
                  for (int i = 0; taken.size() < 3 * each; i++) {
                    switch (i % 3) {
                      case 0 -> add(taken, queue.poll(1, MILLISECONDS));
                      case 1 -> add(taken, queue.poll());
                      default -> queue.drainTo(taken, 2);
                    }
                  }
                }))
            .toList();

    for (var actor : putters) {
      actor.awaitDone();
    }
    for (var actor : takers) {
      actor.awaitDone();
    }
    assertThat(taken.stream().sorted().toList())
        .isEqualTo(IntStream.range(0, 3 * each).boxed().toList());
  }

  /// Puts in one of several ways, each of which waits: a loop of tries would keep a carrier.
  private static void put(BlockingQueue<Integer> queue, int i) throws InterruptedException {
    boolean there =
        switch (i % 3) {
          case 0 -> false;
          case 1 -> queue.offer(i);
          default -> queue.offer(i, 1, MILLISECONDS);
        };
    if (!there) {
      queue.put(i);
    }
  }

  private static void add(ConcurrentLinkedQueue<Integer> taken, @Nullable Integer item) {
    if (item != null) {
      taken.add(item);
    }
  }

  // Closed

  @Test
  void a_closed_queue_takes_no_more_and_hands_out_the_rest() throws Exception {
    Channel<String> channel = open(5);
    var queue = queueOf(channel, "a", "b", "c", "d");
    var cause = new IOException("of the close");
    channel.close(cause);

    assertThatThrownBy(() -> queue.put("x")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> queue.add("x")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> queue.offer("x")).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> queue.offer("x", 1, DAYS)).isInstanceOf(ClosedException.class);
    assertThat(queue.take()).isEqualTo("a");
    assertThat(queue.poll()).isEqualTo("b");
    assertThat(queue.poll(1, DAYS)).isEqualTo("c");
    assertThat(queue.remove()).isEqualTo("d");
    assertThat(queue.poll()).isNull();
    assertThat(queue.poll(1, DAYS)).isNull();
    assertThat(queue.peek()).isNull();
    assertThatThrownBy(queue::take).isInstanceOf(ClosedException.class).hasCause(cause);
  }

  @Test
  void a_close_ends_what_waits() throws Exception {
    Channel<String> full = open(1);
    var putter = play(() -> queueOf(full, "first").put("second"));
    putter.awaitWaiting();
    Channel<String> empty = open(1);
    var taker = play(() -> empty.asBlockingQueue().take());
    taker.awaitWaiting();

    full.close();
    empty.close();

    assertThat(putter.awaitFailure()).isInstanceOf(ClosedException.class);
    assertThat(taker.awaitFailure()).isInstanceOf(ClosedException.class);
  }

  // Under an executor

  @Test
  void an_executor_works_from_it() throws Exception {
    Channel<Runnable> channel = open(1);
    var done = new AtomicInteger();
    Channel<String> gate = open(1);
    try (var pool =
        new ThreadPoolExecutor(
            1, 2, 1, DAYS, channel.asBlockingQueue(), task -> threads().unstarted(task))) {
      pool.prestartCoreThread();
      Runnable task =
          () -> {
            assertThat(gate.iterator().hasNext()).isFalse(); // waits until it is closed
            done.getAndIncrement();
          };
      var waiting = play(() -> pool.execute(task));
      waiting.awaitDone();
      while (channel.size() > 0) {
        Thread.onSpinWait(); // until the core thread has the first
      }

      pool.execute(task); // into the queue
      pool.execute(task); // for the second thread

      assertThat(pool.getPoolSize()).isEqualTo(2);
      assertThat(pool.getQueue()).hasSize(1);
      assertThatThrownBy(() -> pool.execute(task)).isInstanceOf(RejectedExecutionException.class);
      gate.close();
    }
    assertThat(done).hasValue(3);
    assertThat(channel.size()).isZero();
  }

  @Test
  void an_executor_that_is_stopped_hands_back_what_is_in_the_queue() throws Exception {
    Channel<Runnable> channel = open(5);
    var pool =
        new ThreadPoolExecutor(
            1, 2, 1, DAYS, channel.asBlockingQueue(), task -> threads().unstarted(task));
    Channel<String> never = open(1);
    Runnable first = () -> assertThatThrownBy(never::receive).isInstanceOf(Exception.class);
    Runnable second = () -> {};
    Runnable third = () -> {};
    pool.execute(first);
    pool.execute(second);
    pool.execute(third);

    assertThat(pool.shutdownNow()).containsExactly(second, third);

    assertThat(pool.awaitTermination(10, SECONDS)).isTrue();
  }
}
