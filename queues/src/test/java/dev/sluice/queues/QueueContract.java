package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fixtures.Until;
import dev.sluice.pipelines.Retry;
import dev.sluice.testkit.Actor;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every queue promises, wherever it is. Time passes in the tables when a test says so.
@Timeout(300)
abstract class QueueContract {
  /// How many items must come in order: 100,000 with the build's profile `soak`.
  private static final int ORDERED = Integer.getInteger("sluice.soak.ordered", 2_000);

  private static final AtomicLong NAMES = new AtomicLong();
  static final Duration LEASE = Duration.ofSeconds(30);
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /// Three attempts and a lease that nobody extends.
  static final QueueOptions OPTIONS =
      QueueOptions.standard()
          .lease(LEASE)
          .extending(false)
          .retry(Retry.attempts(3).delay(Duration.ofSeconds(10)).jitter(0));

  final AtomicLong shift = new AtomicLong();
  final Time time = new Time(Time.system().steady(), this::wall, shift::get);
  final AtomicLong wallShift = new AtomicLong();
  QueueStore store;
  private final List<QueueStore> opened = new ArrayList<>();

  /// Where the queues of this test are.
  abstract QueueAddress address();

  /// A connection to there, of the caller's own, in a transaction that may write.
  abstract Connection connection() throws SQLException;

  @BeforeEach
  void openStore() throws Exception {
    store = another();
  }

  @AfterEach
  void closeStores() {
    opened.forEach(QueueStore::close);
  }

  private long wall() {
    return System.currentTimeMillis() + wallShift.get();
  }

  /// As another process would open it.
  QueueStore another() throws QueueException {
    var another = QueueStore.open(address(), StoreOptions.standard(), time, Schema.current());
    opened.add(another);
    return another;
  }

  /// Threads that work beside each other; the end waits for them, and fails if one has failed.
  static final class Together implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> started = new ArrayList<>();

    void start(Callable<?> work) {
      started.add(threads.submit(work));
    }

    @Override
    public void close() throws ExecutionException {
      try (threads) {
        for (var it : started) {
          it.get();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while others worked", e);
      }
    }
  }

  DurableQueue<String> queue() throws Exception {
    return queue(OPTIONS);
  }

  DurableQueue<String> queue(QueueOptions options) throws Exception {
    return store.queue("q" + NAMES.incrementAndGet(), Codec.text(), options);
  }

  void pass(Duration duration) {
    shift.addAndGet(duration.toMillis());
  }

  static List<String> drain(DurableQueue<String> queue) throws Exception {
    var values = new ArrayList<String>();
    for (var item = queue.tryReceive(); item != null; item = queue.tryReceive()) {
      values.add(item.value());
      assertThat(item.ack()).isTrue();
    }
    return values;
  }

  static <T> Leased<T> taken(DurableQueue<T> queue) throws Exception {
    var item = queue.tryReceive();
    assertThat(item).isNotNull();
    return requireNonNull(item);
  }

  private static List<Outgoing<String>> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> Outgoing.of("n" + i)).toList();
  }

  @Test
  void an_error_fails_who_asked_and_nobody_else() throws Exception {
    var queue = queue();
    Request.Action<Boolean> broken =
        new Request.Action<>(
            List.of(),
            tables -> {
              throw new AssertionError("broken");
            });
    try (var together = new Together()) {
      for (int i = 0; i < 20; i++) {
        together.start(() -> queue.send("sound"));
      }
      together.start(() ->
          assertThatThrownBy(() -> store.perform(broken))
              .isInstanceOf(QueueException.class)
              .hasMessageContaining("broken"));
    }

    assertThat(drain(queue)).hasSize(20).containsOnly("sound");
  }

  // ------------------------------------------------------------- sending and receiving

  @Test
  void an_item_is_received_until_it_is_acknowledged_and_then_gone() throws Exception {
    var queue = queue();
    long id = queue.send("first").id();

    var item = taken(queue);

    assertThat(item.value()).isEqualTo("first");
    assertThat(item.id()).isEqualTo(id);
    assertThat(item.attempt()).isEqualTo(1);
    assertThat(queue.tryReceive()).isNull();
    assertThat(item.ack()).isTrue();
    assertThat(item.ack()).isFalse();
    assertThat(queue.find(id)).isNull();
    assertThat(queue.stats().depth()).isZero();
    assertThat(queue.stats().settled()).isEqualTo(1);
  }

  @Test
  void items_of_one_priority_come_in_the_order_in_which_they_were_sent() throws Exception {
    var queue = queue();
    var sent = queue.sendAll(numbered(200));
    queue.send("last");

    assertThat(sent.stream().map(Sent::id)).isSorted().doesNotHaveDuplicates();
    var values = drain(queue);
    assertThat(values).hasSize(201).startsWith("n0", "n1", "n2").endsWith("n199", "last");
  }

  @Test
  void the_smaller_priority_comes_first() throws Exception {
    var queue = queue();
    queue.send(Outgoing.of("later").priority(5));
    queue.send(Outgoing.of("usual"));
    queue.send(Outgoing.of("urgent").priority(-5));
    queue.send(Outgoing.of("usual too"));

    assertThat(drain(queue)).containsExactly("urgent", "usual", "usual too", "later");
  }

  @Test
  void pitfall_7_27_with_aging_a_larger_priority_has_to_wait_only_so_long() throws Exception {
    var queue = queue(OPTIONS.aging(Duration.ofSeconds(10)));
    queue.send(Outgoing.of("old").priority(3));
    pass(Duration.ofSeconds(20));
    queue.send(Outgoing.of("urgent").priority(0));
    pass(Duration.ofSeconds(20));
    queue.send(Outgoing.of("too late to be before old").priority(0));

    assertThat(drain(queue)).containsExactly("urgent", "old", "too late to be before old");
  }

  @Test
  void an_item_is_kept_back_for_its_delay() throws Exception {
    var queue = queue();
    queue.send(Outgoing.of("late").after(Duration.ofSeconds(60)));
    queue.send(Outgoing.of("at").at(Instant.ofEpochMilli(wall() + 30_000)));
    queue.send("now");

    assertThat(drain(queue)).containsExactly("now");
    assertThat(queue.stats().delayed()).isEqualTo(2);
    pass(Duration.ofSeconds(31));
    assertThat(drain(queue)).containsExactly("at");
    pass(Duration.ofSeconds(31));
    assertThat(drain(queue)).containsExactly("late");
  }

  @Test
  void delayed_items_come_in_the_order_in_which_they_are_due() throws Exception {
    var queue = queue();
    var random = new Random(7);
    var delays = new ArrayList<Integer>();
    IntStream.range(1, 301).forEach(delays::add);
    Collections.shuffle(delays, random);
    var begin = Instant.now().plusSeconds(60);
    for (int delay : delays) {
      queue.send(Outgoing.of("d" + delay).at(begin.plusSeconds(delay)));
    }
    pass(Duration.ofSeconds(1000));

    assertThat(drain(queue)).isEqualTo(IntStream.range(1, 301).mapToObj(i -> "d" + i).toList());
  }

  @Test
  @Timeout(1200)
  void delayed_items_come_as_they_are_due_however_many_they_are() throws Exception {
    var queue = queue(OPTIONS.bounded(1_000_000, 1L << 30));
    var random = new Random(3);
    var begin = Instant.now().plusSeconds(600);
    var due = new ArrayList<String>();
    while (due.size() < ORDERED) {
      var seconds = random.ints(500, 1000, 10_000).boxed().toList();
      queue.sendAll(
          seconds.stream()
              .map(second -> Outgoing.of(second.toString()).at(begin.plusSeconds(second)))
              .toList());
      seconds.forEach(second -> due.add(second.toString()));
    }
    assertThat(queue.tryReceive()).isNull();

    pass(Duration.ofHours(4));

    Collections.sort(due);
    assertSame(inOrder(queue, Leased::value), due);
  }

  @Test
  @Timeout(1200)
  void prioritised_items_come_by_their_priority_however_many_they_are() throws Exception {
    var queue = queue(OPTIONS.bounded(1_000_000, 1L << 30));
    var random = new Random(4);
    record Ranked(long id, int priority) {}
    var sent = new ArrayList<Ranked>();
    while (sent.size() < ORDERED) {
      var priorities = random.ints(500, -100, 100).boxed().toList();
      var ids =
          queue.sendAll(
              priorities.stream().map(priority -> Outgoing.of("item").priority(priority)).toList());
      for (int i = 0; i < 500; i++) {
        sent.add(new Ranked(ids.get(i).id(), priorities.get(i)));
      }
    }

    var order = inOrder(queue, Leased::id);

    sent.sort(Comparator.comparingInt(Ranked::priority).thenComparingLong(Ranked::id));
    assertSame(order, sent.stream().map(Ranked::id).toList());
  }

  /// Tells where they differ first: all of them are too much to read.
  private static void assertSame(List<?> found, List<?> expected) {
    for (int i = 0; i < Math.min(found.size(), expected.size()); i++) {
      assertThat(found.get(i)).as("number %d of %d", i, expected.size()).isEqualTo(expected.get(i));
    }
    assertThat(found).hasSameSizeAs(expected);
  }

  /// Of all items what `what` says, in the order in which they come.
  private static <R> List<R> inOrder(DurableQueue<String> queue, Function<Leased<String>, R> what)
      throws Exception {
    var order = new ArrayList<R>();
    var batch = queue.receiveMany(500, Duration.ZERO);
    while (!batch.isEmpty()) {
      batch.forEach(item -> order.add(what.apply(item)));
      assertThat(queue.ackAll(batch)).isEmpty();
      batch = queue.receiveMany(500, Duration.ZERO);
    }
    return order;
  }

  @Test
  void pitfall_7_16_a_delay_longer_than_the_lease_is_one_delivery() throws Exception {
    var queue = queue();
    queue.send(Outgoing.of("late").after(LEASE.multipliedBy(10)));
    int deliveries = 0;
    for (int i = 0; i < 12; i++) {
      var item = queue.tryReceive();
      if (item != null) {
        deliveries++;
        item.ack();
      }
      pass(LEASE);
    }

    assertThat(deliveries).isEqualTo(1);
  }

  @Test
  void bytes_and_records_are_carried_too() throws Exception {
    record Order(int number, String item) {}
    var bytes = store.queue("bytes" + NAMES.incrementAndGet(), Codec.bytes(), OPTIONS);
    var orders = store.queue("json" + NAMES.incrementAndGet(), Codec.json(Order.class), OPTIONS);
    bytes.send(new byte[] {0, 1, -1});
    bytes.send(new byte[0]);
    orders.send(new Order(7, "tea \u0000 ü"));

    assertThat(taken(bytes).value()).containsExactly(0, 1, -1);
    assertThat(taken(bytes).value()).isEmpty();
    assertThat(taken(orders).value()).isEqualTo(new Order(7, "tea \u0000 ü"));
  }

  @Test
  void what_cannot_be_read_is_a_dead_letter_and_the_next_one_is_received() throws Exception {
    var texts = queue();
    var bytes = store.queue(texts.name(), Codec.bytes());
    bytes.send(new byte[] {(byte) 0xff});
    texts.send("fine");

    assertThat(taken(texts).value()).isEqualTo("fine");

    var dead = texts.list(ItemState.DEAD, 0, 10);
    assertThat(dead).hasSize(1);
    assertThat(dead.getFirst().cause()).startsWith("its bytes cannot be read");
    assertThat(dead.getFirst().payload()).containsExactly(0xff);
  }

  @Test
  void a_batch_is_received_and_acknowledged_at_once() throws Exception {
    var queue = queue();
    queue.sendAll(numbered(10));

    var batch = queue.receiveMany(7, Duration.ZERO);

    assertThat(batch)
        .extracting(Leased::value)
        .containsExactly("n0", "n1", "n2", "n3", "n4", "n5", "n6");
    assertThat(queue.stats().leased()).isEqualTo(7);
    assertThat(queue.ackAll(batch)).isEmpty();
    assertThat(queue.ackAll(batch)).isEqualTo(batch);
    assertThat(drain(queue)).containsExactly("n7", "n8", "n9");
  }

  @Test
  void a_receiver_waits_for_an_item_of_another_process() throws Exception {
    var queue = queue();
    var elsewhere = another().queue(queue.name(), Codec.text());
    try (var receiver = Actor.playing(() -> requireNonNull(queue.receive(PATIENCE)).value())) {
      receiver.awaitWaiting();

      elsewhere.send("from afar");

      assertThat(receiver.awaitDone()).isEqualTo("from afar");
    }
  }

  @Test
  void a_receiver_that_waits_gets_what_becomes_due() throws Exception {
    var queue = queue();
    queue.send(Outgoing.of("soon").after(Duration.ofMillis(300)));

    assertThat(requireNonNull(queue.receive(PATIENCE)).value()).isEqualTo("soon");
  }

  @Test
  void an_interrupted_receiver_takes_nothing() throws Exception {
    var queue = queue();
    try (var receiver = Actor.playing(() -> queue.receive())) {
      receiver.awaitWaiting();
      receiver.interrupt();
      assertThatThrownBy(receiver::awaitDone).hasRootCauseInstanceOf(InterruptedException.class);
    }
    queue.send("still here");

    assertThat(drain(queue)).containsExactly("still here");
  }

  @Test
  void pitfall_7_3_each_item_is_delivered_to_one_of_many_consumers() throws Exception {
    var queue = queue();
    int count = 3_000;
    queue.sendAll(numbered(count));
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    var twice = new AtomicLong();
    try (var threads = new Together()) {
      for (int i = 0; i < 16; i++) {
        threads.start(() -> {
          for (var item = queue.tryReceive(); item != null; item = queue.tryReceive()) {
            if (!seen.add(item.id())) {
              twice.incrementAndGet();
            }
          }
          return null;
        });
      }
    }

    assertThat(twice).hasValue(0);
    assertThat(seen).hasSize(count);
  }

  @Test
  void receivers_of_several_queues_take_by_weight() throws Exception {
    var often = queue();
    var rarely = queue();
    often.sendAll(numbered(30));
    rarely.sendAll(numbered(30));
    var weights = new LinkedHashMap<DurableQueue<String>, Integer>();
    weights.put(often, 3);
    weights.put(rarely, 1);
    var both = Receivers.of(weights);

    for (int i = 0; i < 40; i++) {
      requireNonNull(both.receive(Duration.ZERO)).ack();
    }

    assertThat(often.stats().settled()).isEqualTo(30);
    assertThat(rarely.stats().settled()).isEqualTo(10);
  }

  // ------------------------------------------------------------- leases

  @Test
  void pitfall_7_2_an_ended_lease_settles_nothing() throws Exception {
    var queue = queue();
    queue.send("slow");
    var first = taken(queue);
    pass(LEASE.multipliedBy(3).dividedBy(2));

    var second = taken(queue);

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.delivery()).isGreaterThan(first.delivery());
    assertThat(first.ack()).isFalse();
    assertThat(first.isLost()).isTrue();
    assertThat(first.retry(new IOException("late"))).isFalse();
    assertThat(first.release()).isFalse();
    assertThat(first.bury("late")).isFalse();
    assertThat(first.extend(LEASE)).isFalse();
    assertThat(second.ack()).isTrue();
    assertThat(queue.stats().settled()).isEqualTo(1);
  }

  @Test
  void pitfall_7_1_the_lease_of_a_settled_item_says_nothing_of_a_later_one() throws Exception {
    var queue = queue();
    var ids = new HashSet<Long>();
    Leased<String> before = null;
    for (int i = 0; i < 50; i++) {
      queue.send("n" + i);
      var item = taken(queue);
      assertThat(ids.add(item.id())).isTrue();
      if (before != null) {
        assertThat(before.ack()).isFalse();
        assertThat(before.id()).isLessThan(item.id());
      }
      assertThat(item.ack()).isTrue();
      before = item;
    }
  }

  @Test
  void a_lease_is_extended_while_its_holder_keeps_it() throws Exception {
    // Extended after a third of it, so that the machine may stop for four seconds.
    var queue = queue(OPTIONS.lease(Duration.ofSeconds(6)).extending(true));
    queue.send("long");
    var item = taken(queue);
    var first = dueOf(queue, item.id());

    // The first time adds two seconds; a second one has to follow.
    Until.holds(
        "extended twice",
        () -> {
          assertThat(queue.tryReceive()).isNull();
          return dueOf(queue, item.id()).isAfter(first.plusMillis(3_900));
        });

    assertThat(item.isLost()).isFalse();
    assertThat(item.ack()).isTrue();
  }

  private static Instant dueOf(DurableQueue<String> queue, long id) throws Exception {
    return requireNonNull(requireNonNull(queue.find(id)).due());
  }

  @Test
  void a_lease_can_be_extended_by_hand() throws Exception {
    var queue = queue();
    queue.send("long");
    var item = taken(queue);
    for (int i = 0; i < 5; i++) {
      pass(LEASE.dividedBy(2));
      assertThat(item.extend(LEASE)).isTrue();
      assertThat(queue.tryReceive()).isNull();
    }

    assertThat(item.ack()).isTrue();
  }

  @Test
  void pitfall_7_4_of_a_lost_batch_only_the_poison_is_charged() throws Exception {
    var queue = queue();
    queue.sendAll(numbered(20));
    queue.send(Outgoing.of("poison"));
    queue.sendAll(numbered(20));
    var acked = new ArrayList<String>();
    // A consumer that takes all it can get and dies at the poison, again and again.
    for (int life = 0; life < 10; life++) {
      alive:
      while (true) {
        var batch = queue.receiveMany(100, Duration.ZERO);
        if (batch.isEmpty()) {
          break;
        }
        for (var item : batch) {
          if (item.value().equals("poison")) {
            break alive;
          }
          acked.add(item.value());
          item.ack();
        }
      }
      pass(LEASE.plusSeconds(1));
    }

    assertThat(acked).hasSize(40);
    var dead = queue.list(ItemState.DEAD, 0, 100);
    assertThat(dead)
        .extracting(item -> new String(item.payload(), UTF_8))
        .containsExactly("poison");
    assertThat(dead.getFirst().attempts()).isEqualTo(3);
    assertThat(dead.getFirst().cause()).isEqualTo("its lease ended before it was settled");
    assertThat(queue.stats().depth()).isEqualTo(1);
  }

  @Test
  void pitfall_7_17_opening_and_closing_takes_nothing_from_anybody() throws Exception {
    var queue = queue();
    queue.send("mine");
    var item = taken(queue);
    for (int i = 0; i < 5; i++) {
      try (var other = another()) {
        assertThat(other.queue(queue.name(), Codec.text()).tryReceive()).isNull();
      }
    }

    assertThat(item.ack()).isTrue();
  }

  @Test
  void closing_gives_back_what_was_not_settled() throws Exception {
    var queue = queue();
    queue.send("unfinished");
    var other = another();
    var item = taken(other.queue(queue.name(), Codec.text()));

    other.close();

    var again = taken(queue);
    assertThat(again.id()).isEqualTo(item.id());
    assertThat(again.attempt()).isEqualTo(1);
    assertThatThrownBy(item::ack).isInstanceOf(QueueException.class).hasMessageContaining("closed");
  }

  // ------------------------------------------------------------- failures

  @Test
  void pitfall_7_5_what_always_fails_is_a_dead_letter_after_its_attempts() throws Exception {
    var queue = queue();
    long id = queue.send("bad").id();
    for (int attempt = 1; attempt <= 3; attempt++) {
      var item = taken(queue);
      assertThat(item.attempt()).isEqualTo(attempt);
      assertThat(item.retry(new IOException("number " + attempt))).isTrue();
      assertThat(queue.tryReceive()).isNull();
      pass(Duration.ofSeconds(11));
    }

    assertThat(queue.tryReceive()).isNull();
    var dead = requireNonNull(queue.find(id));
    assertThat(dead.state()).isEqualTo(ItemState.DEAD);
    assertThat(dead.attempts()).isEqualTo(3);
    assertThat(dead.cause()).contains("java.io.IOException: number 3", "\tat ");
    assertThat(queue.history(id))
        .extracting(ItemEvent::kind)
        .containsExactly(
            ItemEvent.Kind.SENT,
            ItemEvent.Kind.RETRIED,
            ItemEvent.Kind.RETRIED,
            ItemEvent.Kind.DIED);

    assertThat(queue.replayAll()).isEqualTo(1);
    var again = taken(queue);
    assertThat(again.id()).isEqualTo(id);
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(again.ack()).isTrue();
  }

  @Test
  void a_failure_that_no_attempt_would_mend_is_a_dead_letter_at_once() throws Exception {
    var queue = queue(OPTIONS.retry(OPTIONS.retry().unless(IllegalArgumentException.class)));
    queue.send("bad");

    assertThat(taken(queue).retry(new IllegalArgumentException("never"))).isTrue();

    assertThat(queue.stats().dead()).isEqualTo(1);
  }

  @Test
  void a_released_item_keeps_its_place_and_is_charged_nothing() throws Exception {
    var queue = queue();
    queue.sendAll(numbered(3));
    var first = taken(queue);

    assertThat(first.release()).isTrue();

    var again = taken(queue);
    assertThat(again.value()).isEqualTo("n0");
    assertThat(again.attempt()).isEqualTo(1);
    assertThat(first.ack()).isFalse();
  }

  @Test
  void pitfall_7_14_what_cannot_be_received_holds_up_nobody() throws Exception {
    var queue = queue();
    queue.send(Outgoing.of("delayed").after(Duration.ofHours(1)).priority(-9));
    queue.send("dead");
    taken(queue).bury("no");
    queue.send(Outgoing.of("head").key("k"));
    taken(queue);
    queue.send(Outgoing.of("blocked").key("k"));
    queue.send("free");

    assertThat(drain(queue)).containsExactly("free");
    assertThat(queue.stats())
        .extracting(
            QueueStats::ready,
            QueueStats::leased,
            QueueStats::delayed,
            QueueStats::blocked,
            QueueStats::dead)
        .containsExactly(0L, 1L, 1L, 1L, 1L);
  }

  // ------------------------------------------------------------- keys and deduplication

  @Test
  void items_of_a_key_come_one_at_a_time_and_in_order() throws Exception {
    var queue = queue();
    queue.sendAll(
        List.of(
            Outgoing.of("a1").key("a"),
            Outgoing.of("a2").key("a").priority(-1),
            Outgoing.of("b1").key("b"),
            Outgoing.of("a3").key("a")));
    var a1 = taken(queue);
    var b1 = taken(queue);

    assertThat(a1.value() + b1.value()).isEqualTo("a1b1");
    assertThat(queue.tryReceive()).isNull();
    a1.ack();
    var a2 = taken(queue);
    assertThat(a2.value()).isEqualTo("a2");
    a2.retry("not yet", Duration.ofSeconds(5)); // it holds its key while it waits
    assertThat(queue.tryReceive()).isNull();
    pass(Duration.ofSeconds(6));
    var again = taken(queue);
    assertThat(again.value()).isEqualTo("a2");
    again.bury("never"); // a dead letter does not
    assertThat(taken(queue).value()).isEqualTo("a3");
  }

  @Test
  void with_strict_keys_a_dead_letter_holds_up_its_key_until_it_is_replayed_or_purged()
      throws Exception {
    var queue = queue(OPTIONS.strictKeys(true));
    queue.send(Outgoing.of("1").key("k"));
    queue.send(Outgoing.of("2").key("k"));
    taken(queue).bury("no");
    assertThat(queue.tryReceive()).isNull();

    queue.replayAll();
    var first = taken(queue);
    assertThat(first.value()).isEqualTo("1");
    first.bury("no, really");
    assertThat(queue.tryReceive()).isNull();
    assertThat(queue.purge(ItemState.DEAD, Duration.ZERO)).isEqualTo(1);

    assertThat(drain(queue)).containsExactly("2");
  }

  @Test
  void items_of_a_key_never_overlap_with_many_senders_and_consumers() throws Exception {
    var queue = queue(OPTIONS.retry(Retry.attempts(1000).delay(Duration.ZERO)));
    int keys = 5;
    int each = 40;
    var holders = new ConcurrentHashMap<String, Long>();
    var order = new ConcurrentHashMap<String, List<Integer>>();
    var overlaps = new AtomicLong();
    var left = new AtomicLong((long) keys * each);
    try (var threads = new Together()) {
      for (int k = 0; k < keys; k++) {
        var key = "k" + k;
        threads.start(() -> {
          for (int i = 0; i < each; i++) {
            queue.send(Outgoing.of(Integer.toString(i)).key(key));
          }
          return null;
        });
      }
      for (int i = 0; i < 8; i++) {
        var random = new Random(i);
        threads.start(() -> {
          while (left.get() > 0) {
            var item = queue.receive(Duration.ofMillis(50));
            if (item == null) {
              continue;
            }
            var key = requireNonNull(item.key());
            if (holders.put(key, item.id()) != null) {
              overlaps.incrementAndGet();
            }
            if (random.nextInt(10) == 0) {
              holders.remove(key);
              item.release();
            } else {
              order
                  .computeIfAbsent(key, it -> new ArrayList<>())
                  .add(Integer.parseInt(item.value()));
              holders.remove(key);
              item.ack();
              left.decrementAndGet();
            }
          }
          return null;
        });
      }
    }

    assertThat(overlaps).hasValue(0);
    var expected = IntStream.range(0, each).boxed().toList();
    assertThat(order).hasSize(keys);
    assertThat(order.values()).allSatisfy(it -> assertThat(it).isEqualTo(expected));
  }

  @Test
  void a_second_item_of_a_deduplication_id_is_not_stored() throws Exception {
    var queue = queue(OPTIONS.dedupKept(Duration.ofHours(24)));
    var first = queue.send(Outgoing.of("once").dedup("d"));

    var second = queue.send(Outgoing.of("twice").dedup("d"));

    assertThat(first.duplicate()).isFalse();
    assertThat(second).isEqualTo(new Sent(first.id(), true));
    assertThat(drain(queue)).containsExactly("once");
    pass(Duration.ofHours(23));
    assertThat(queue.send(Outgoing.of("settled, remembered").dedup("d")).duplicate()).isTrue();
    pass(Duration.ofHours(2));
    assertThat(queue.send(Outgoing.of("anew").dedup("d")).duplicate()).isFalse();
    assertThat(drain(queue)).containsExactly("anew");
  }

  @Test
  void a_batch_says_of_each_item_what_became_of_it() throws Exception {
    var queue = queue();

    var sent =
        queue.sendAll(
            List.of(
                Outgoing.of("a"),
                Outgoing.of("b").dedup("d"),
                Outgoing.of("c").dedup("d"),
                Outgoing.of("d").key("k"),
                Outgoing.of("e")));

    assertThat(sent).extracting(Sent::duplicate).containsExactly(false, false, true, false, false);
    assertThat(sent.get(2).id()).isEqualTo(sent.get(1).id());
    assertThat(requireNonNull(queue.find(sent.get(0).id())).payload())
        .isEqualTo("a".getBytes(UTF_8));
    assertThat(requireNonNull(queue.find(sent.get(4).id())).payload())
        .isEqualTo("e".getBytes(UTF_8));
    assertThat(drain(queue)).containsExactly("a", "b", "d", "e");
  }

  // ------------------------------------------------------------- bounds

  @Test
  void a_full_queue_keeps_its_sender_waiting_until_there_is_room() throws Exception {
    var queue = queue(OPTIONS.bounded(2, 1000));
    queue.sendAll(numbered(2));
    assertThat(queue.trySend(Outgoing.of("no room"))).isNull();
    assertThat(queue.send(Outgoing.of("no room"), Duration.ofMillis(10))).isNull();

    try (var sender = Actor.playing(() -> queue.send("third"))) {
      sender.awaitWaiting();
      taken(queue).ack();
      sender.awaitDone();
    }

    assertThat(drain(queue)).containsExactly("n1", "third");
  }

  @Test
  void a_queue_is_bounded_by_bytes_too() throws Exception {
    var queue = queue(OPTIONS.bounded(100, 10));
    queue.send("1234567");

    assertThat(queue.trySend(Outgoing.of("1234"))).isNull();
    assertThat(queue.trySend(Outgoing.of("123"))).isNotNull();
    assertThatThrownBy(() -> queue.send("12345678901"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never fit");
    assertThat(queue.stats().bytes()).isEqualTo(10);
  }

  @Test
  void many_senders_do_not_overfill_it() throws Exception {
    var queue = queue(OPTIONS.bounded(20, 1000));
    var stored = new AtomicLong();
    try (var threads = new Together()) {
      for (int i = 0; i < 100; i++) {
        threads.start(() -> {
          if (queue.trySend(Outgoing.of("x")) != null) {
            stored.incrementAndGet();
          }
          return null;
        });
      }
    }

    assertThat(stored).hasValue(20);
    assertThat(queue.stats().ready()).isEqualTo(20);
  }

  // ------------------------------------------------------------- the caller's transaction

  @Test
  void an_item_is_sent_when_the_callers_transaction_is_committed() throws Exception {
    var queue = queue();
    try (var connection = connection()) {
      queue.send(connection, "taken back");
      rollback(connection);
    }
    assertThat(queue.tryReceive()).isNull();
    try (var connection = connection();
        var receiver = Actor.playing(() -> requireNonNull(queue.receive(PATIENCE)).value())) {
      queue.sendAll(connection, List.of(Outgoing.of("with it"), Outgoing.of("too").key("k")));
      receiver.awaitWaiting();
      commit(connection);
      assertThat(receiver.awaitDone()).isEqualTo("with it");
    }

    assertThat(queue.stats().sent()).isEqualTo(2);
    assertThat(drain(queue)).containsExactly("too");
  }

  @Test
  void in_a_transaction_a_full_queue_fails_at_once() throws Exception {
    var queue = queue(OPTIONS.bounded(1, 1000));
    queue.send("only");
    try (var connection = connection()) {
      assertThatThrownBy(() -> queue.send(connection, "more"))
          .isInstanceOf(QueueFullException.class)
          .hasMessageContaining("is full");
      commit(connection);
    }

    assertThat(drain(queue)).containsExactly("only");
  }

  void commit(Connection connection) throws SQLException {
    connection.commit();
  }

  void rollback(Connection connection) throws SQLException {
    connection.rollback();
  }

  // ------------------------------------------------------------- administration

  @Test
  void a_paused_queue_gives_nothing_to_anybody() throws Exception {
    var queue = queue();
    queue.send("waits");
    another().queue(queue.name(), Codec.text()).pause();

    assertThat(queue.tryReceive()).isNull();
    assertThat(queue.stats().paused()).isTrue();
    try (var receiver = Actor.playing(() -> requireNonNull(queue.receive(PATIENCE)).value())) {
      receiver.awaitWaiting();
      queue.resume();
      assertThat(receiver.awaitDone()).isEqualTo("waits");
    }
  }

  @Test
  void stats_tell_how_it_is() throws Exception {
    var queue = queue();
    var before = queue.stats();
    queue.sendAll(numbered(3));
    pass(Duration.ofSeconds(7));
    queue.send(Outgoing.of("later").after(Duration.ofHours(1)));
    taken(queue).ack();
    taken(queue);

    var stats = queue.stats();

    assertThat(stats.ready()).isEqualTo(1);
    assertThat(stats.leased()).isEqualTo(1);
    assertThat(stats.delayed()).isEqualTo(1);
    assertThat(stats.sent()).isEqualTo(4);
    assertThat(stats.settled()).isEqualTo(1);
    assertThat(stats.bytes()).isEqualTo(2 + 2 + 5);
    assertThat(requireNonNull(stats.oldest())).isBetween(Duration.ofSeconds(7), PATIENCE);
    assertThat(stats.sentPerSecond(before)).isBetween(0.1, 4 / 7.0);
    assertThat(before.oldest()).isNull();
  }

  @Test
  void items_can_be_looked_at_and_searched() throws Exception {
    var queue = queue();
    queue.sendAll(numbered(1200));
    var held = taken(queue);

    var leased = queue.list(ItemState.LEASED, 0, 10);
    assertThat(leased).hasSize(1);
    assertThat(leased.getFirst().id()).isEqualTo(held.id());
    assertThat(leased.getFirst().holder()).isEqualTo(store.holder());
    assertThat(leased.getFirst().deliveries()).isEqualTo(1);
    assertThat(queue.search(item -> new String(item.payload(), UTF_8).endsWith("99"), 100))
        .hasSize(12);
    assertThat(queue.list(null, leased.getFirst().id(), 5)).hasSize(5);
  }

  @Test
  void with_history_everything_that_happened_is_told() throws Exception {
    var queue = queue(OPTIONS.history(true));
    long id = queue.send("watched").id();
    taken(queue).release();
    taken(queue);
    pass(LEASE.plusSeconds(1));
    taken(queue).ack();

    assertThat(queue.history(id))
        .extracting(ItemEvent::kind)
        .containsExactly(
            ItemEvent.Kind.SENT,
            ItemEvent.Kind.RECEIVED,
            ItemEvent.Kind.RELEASED,
            ItemEvent.Kind.RECEIVED,
            ItemEvent.Kind.EXPIRED,
            ItemEvent.Kind.RECEIVED,
            ItemEvent.Kind.ACKNOWLEDGED);
  }

  @Test
  void items_can_be_moved_to_another_queue() throws Exception {
    var queue = queue();
    var target = queue();
    queue.sendAll(numbered(3));
    taken(queue).bury("no");

    assertThat(queue.move(ItemState.DEAD, target)).isEqualTo(1);
    assertThat(queue.move(ItemState.READY, target)).isEqualTo(2);

    assertThat(queue.stats().depth()).isZero();
    assertThat(queue.stats().bytes()).isZero();
    assertThat(target.stats().bytes()).isEqualTo(6);
    assertThat(drain(target)).containsExactlyInAnyOrder("n0", "n1", "n2");
  }

  @Test
  void what_is_old_can_be_purged() throws Exception {
    var queue = queue();
    queue.send("old");
    taken(queue).bury("no");
    pass(Duration.ofDays(2));
    queue.send("new");
    taken(queue).bury("no");

    assertThat(queue.purge(ItemState.DEAD, Duration.ofDays(1))).isEqualTo(1);

    assertThat(queue.list(ItemState.DEAD, 0, 10))
        .extracting(item -> new String(item.payload(), UTF_8))
        .containsExactly("new");
    assertThatThrownBy(() -> queue.purge(ItemState.LEASED, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ------------------------------------------------------------- models

  /// A model of one item: all that can be told from outside.
  private static final class Model {
    final Long id;
    @Nullable ItemState state = ItemState.READY;
    long due;
    int attempts;
    @Nullable Leased<String> lease;
    boolean alone;

    Model(Long id) {
      this.id = id;
    }
  }

  /// All sequences of six moves with one item and two leases of it: after each, who may settle it
  /// is as in the model.
  @Test
  void every_short_life_of_an_item_goes_as_in_the_model() throws Exception {
    int moves = 6;
    int length = lifeLength();
    int all = (int) Math.pow(moves, length);
    for (int life = 0; life < all; life++) {
      live(life, length, moves);
    }
  }

  /// How long the lives are: each step costs six times as many.
  int lifeLength() {
    return 4;
  }

  private void live(int life, int length, int moves) throws Exception {
    var queue = queue();
    var model = new Model(queue.send("it").id());
    var old = new ArrayList<Leased<String>>();
    var steps = new StringBuilder();
    int code = life;
    for (int step = 0; step < length; step++) {
      int move = code % moves;
      code /= moves;
      steps.append(move);
      var current = model.lease;
      switch (move) {
        case 0 -> {
          var item = queue.tryReceive();
          assertThat(item != null).as(steps.toString()).isEqualTo(model.state == ItemState.READY);
          if (item != null) {
            assertThat(item.attempt()).as(steps.toString()).isEqualTo(model.attempts + 1);
            model.state = ItemState.LEASED;
            model.lease = item;
            old.add(item);
          }
        }
        case 1 -> settle(old, current, steps, Leased::ack, () -> model.state = null);
        case 2 ->
            settle(
                old,
                current,
                steps,
                lease -> lease.retry("again", Duration.ZERO),
                () -> {
                  model.attempts++;
                  model.state = model.attempts == 3 ? ItemState.DEAD : ItemState.READY;
                });
        case 3 -> settle(old, current, steps, Leased::release, () -> model.state = ItemState.READY);
        case 4 -> {
          pass(LEASE.plusSeconds(1));
          if (model.state == ItemState.LEASED) {
            model.attempts++;
            model.state = model.attempts == 3 ? ItemState.DEAD : ItemState.READY;
          }
          queue.stats(); // ends leases
        }
        case 5 -> {
          assertThat(queue.replayAll()).isEqualTo(model.state == ItemState.DEAD ? 1 : 0);
          if (model.state == ItemState.DEAD) {
            model.state = ItemState.READY;
            model.attempts = 0;
          }
        }
        default -> throw new AssertionError();
      }
      if (model.state != ItemState.LEASED) {
        model.lease = null;
      }
      var found = queue.find(model.id);
      assertThat(found == null ? null : found.state()).as(steps.toString()).isEqualTo(model.state);
    }
  }

  private interface Settling {
    boolean of(Leased<String> lease) throws Exception;
  }

  /// Every lease that there ever was tries it; the current one alone may.
  private static void settle(
      List<Leased<String>> leases,
      @Nullable Leased<String> current,
      StringBuilder steps,
      Settling how,
      Runnable then)
      throws Exception {
    for (var lease : leases) {
      assertThat(how.of(lease)).as(steps.toString()).isEqualTo(lease == current);
    }
    if (current != null) {
      then.run();
    }
  }

  @Test
  void random_work_goes_as_in_the_model() throws Exception {
    var queue = queue();
    var random = new Random(11);
    var model = new HashMap<Long, Model>();
    long sent = 0;
    long settled = 0;
    for (int step = 0; step < randomSteps(); step++) {
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          var item = Outgoing.of("s" + step);
          boolean later = random.nextInt(3) == 0;
          long id = queue.send(later ? item.after(Duration.ofSeconds(45)) : item).id();
          var it = new Model(id);
          it.state = later ? ItemState.DELAYED : ItemState.READY;
          it.due = shift.get() + 45_000;
          model.put(id, it);
          sent++;
        }
        case 2, 3 -> {
          int most = 1 + random.nextInt(3);
          for (var item : queue.receiveMany(most, Duration.ZERO)) {
            var it = requireNonNull(model.get(item.id()));
            assertThat(it.state).isEqualTo(ItemState.READY);
            assertThat(item.attempt()).isEqualTo(it.attempts + 1);
            it.state = ItemState.LEASED;
            it.lease = item;
            it.due = shift.get() + LEASE.toMillis();
            it.alone = most == 1 || it.alone;
          }
        }
        case 4, 5 -> {
          var held = held(model, random);
          if (held != null) {
            assertThat(requireNonNull(held.lease).ack()).isTrue();
            model.remove(held.id);
            settled++;
          }
        }
        case 6 -> {
          var held = held(model, random);
          if (held != null) {
            assertThat(requireNonNull(held.lease).retry("again", Duration.ofSeconds(45))).isTrue();
            held.attempts++;
            held.alone = false;
            held.due = shift.get() + 45_000;
            held.state = held.attempts >= 3 ? ItemState.DEAD : ItemState.DELAYED;
          }
        }
        default -> {
          // Two of these end a lease of 30 s, three a delay of 45 s. What they do not end has 13 s
          // left at least: real time passes too.
          pass(Duration.ofSeconds(16));
          for (var it : model.values()) {
            boolean over = it.due <= shift.get();
            if (it.state == ItemState.DELAYED && over) {
              it.state = ItemState.READY;
            } else if (it.state == ItemState.LEASED && over) {
              it.attempts += it.alone ? 1 : 0;
              it.state = it.attempts >= 3 ? ItemState.DEAD : ItemState.READY;
              it.alone = true; // from now on
            }
          }
          queue.stats();
        }
      }
    }
    var found = new HashMap<Long, ItemState>();
    for (var item : queue.search(it -> true, Integer.MAX_VALUE)) {
      found.put(item.id(), item.state());
    }
    var expected = new HashMap<Long, @Nullable ItemState>();
    model.forEach((id, it) -> expected.put(id, it.state));
    assertThat(found).isEqualTo(expected);
    assertThat(queue.stats().sent()).isEqualTo(sent);
    assertThat(queue.stats().settled()).isEqualTo(settled);
  }

  int randomSteps() {
    return 1_500;
  }

  private static @Nullable Model held(Map<Long, Model> model, Random random) {
    var held = model.values().stream().filter(it -> it.state == ItemState.LEASED).toList();
    return held.isEmpty() ? null : held.get(random.nextInt(held.size()));
  }
}
