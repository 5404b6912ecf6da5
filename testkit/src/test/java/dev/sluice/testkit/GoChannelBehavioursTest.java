package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Receiver;
import dev.sluice.channels.Sender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the tests of Go's channels look for (runtime/chan_test.go and test/chan), asked of ours, on
/// platform threads. Each test names the one whose behaviour it asks for; the code is our own.
///
/// Left out is what has no counterpart here: nil channels, directions (types check those), stacks
/// that grow and shrink, order of evaluation within a statement.
class GoChannelBehavioursTest extends ChannelScene {

  @Override
  protected <T> Channel<T> open(int capacity) {
    return capacity == 0 ? Channel.rendezvous() : Channel.bounded(capacity);
  }

  @Override
  protected Thread.Builder threads() {
    return Thread.ofPlatform().daemon();
  }

  /// How many threads a chain may have.
  protected int many() {
    return 100;
  }

  // chan_test.go

  /// TestChan: "receive from empty chan blocks", and so does a send to a full one.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 100})
  void an_empty_channel_blocks_its_receivers_and_a_full_one_its_senders(int capacity)
      throws Exception {
    Channel<Integer> channel = open(capacity);
    var receivers = List.of(play(() -> channel.receive()), play(() -> channel.receive()));
    for (var receiver : receivers) {
      receiver.awaitWaiting();
    }
    assertThat(channel.tryReceive()).isNull();
    channel.send(0);
    channel.send(0);
    for (var receiver : receivers) {
      assertThat(receiver.awaitDone()).isZero();
    }

    for (int i = 0; i < capacity; i++) {
      channel.send(i);
    }
    var sender = play(() -> channel.send(capacity));
    sender.awaitWaiting();
    assertThat(channel.trySend(-1)).isFalse();
    for (int i = 0; i <= capacity; i++) {
      assertThat(channel.receive()).isEqualTo(i);
    }
    sender.awaitDone();
  }

  /// TestChan: "ensure that we receive 0..n-1 from a closed chan", then nothing for ever.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 100})
  void a_closed_channel_gives_all_that_is_in_it_and_then_nothing_for_ever(int capacity)
      throws Exception {
    Channel<Integer> channel = open(capacity);
    for (int i = 0; i < capacity; i++) {
      channel.send(i);
    }
    channel.close();
    for (int i = 0; i < capacity; i++) {
      assertThat(channel.receive()).isEqualTo(i);
    }
    for (int again = 0; again < 2; again++) {
      assertThatThrownBy(channel::receive).isInstanceOf(ClosedException.class);
      assertThat(channel.tryReceive()).isNull();
      assertThat(channel.isEnded()).isTrue();
    }
  }

  /// TestChan: "ensure that close unblocks receive".
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 100})
  void a_close_ends_the_wait_of_a_receiver(int capacity) throws Exception {
    Channel<Integer> channel = open(capacity);
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    channel.close();
    assertThat(receiver.awaitFailure()).isInstanceOf(ClosedException.class);
  }

  /// TestChan: "send 100 integers, ensure that we receive them non-corrupted in FIFO order".
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 100})
  void a_hundred_items_arrive_in_order(int capacity) throws Exception {
    Channel<Integer> channel = open(capacity);
    var sender =
        play(() -> {
          for (int i = 0; i < 100; i++) {
            channel.send(i);
          }
        });
    for (int i = 0; i < 100; i++) {
      assertThat(channel.receive()).isEqualTo(i);
    }
    sender.awaitDone();
  }

  /// TestChan: "send 1000 integers in 4 goroutines, ensure that we receive what we send".
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 100})
  void four_send_the_same_numbers_and_four_receive_each_four_times(int capacity) throws Exception {
    int count = 1_000;
    Channel<Integer> channel = open(capacity);
    var senders =
        IntStream.range(0, 4)
            .mapToObj(id ->
                play(() -> {
                  for (int i = 0; i < count; i++) {
                    channel.send(i);
                  }
                }))
            .toList();
    var receivers =
        IntStream.range(0, 4)
            .mapToObj(id ->
                play(() -> {
                  var got = new ArrayList<Integer>();
                  for (int i = 0; i < count; i++) {
                    got.add(channel.receive());
                  }
                  return got;
                }))
            .toList();
    var times = new HashMap<Integer, Integer>();
    for (var receiver : receivers) {
      receiver.awaitDone().forEach(item -> times.merge(item, 1, Integer::sum));
    }
    for (var sender : senders) {
      sender.awaitDone();
    }
    assertThat(times).hasSize(count);
    assertThat(times.values()).containsOnly(4);
  }

  /// TestChan: "test len/cap".
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 10, 100})
  void size_and_capacity_tell_what_is_in_and_what_fits(int capacity) throws Exception {
    Channel<Integer> channel = open(capacity);
    assertThat(channel.size()).isZero();
    assertThat(channel.capacity()).isEqualTo(capacity);
    for (int i = 0; i < capacity; i++) {
      channel.send(i);
    }
    assertThat(channel.size()).isEqualTo(capacity);
    assertThat(channel.capacity()).isEqualTo(capacity);
  }

  /// TestNonblockRecvRace: an item that is there, or a close after it, is never taken for nothing.
  @Test
  void one_that_does_not_wait_finds_the_item_whatever_a_close_does() throws Exception {
    for (int round = 0; round < 1_000; round++) {
      Channel<Integer> channel = open(1);
      channel.send(1);
      var receiver = play(channel::tryReceive);
      channel.close();
      var taken = receiver.awaitDone();
      assertThat(taken).isEqualTo(1);
      assertThat(channel.isEnded()).isTrue();
    }
  }

  /// TestMultiConsumer: what one feeds to 23 workers and they hand on is all there, once.
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // yielding only makes some slower, nothing relies on it
  void many_workers_between_two_channels_pass_everything_on_once() throws Exception {
    int[] primes = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31};
    int items = 10_000;
    Channel<Integer> work = open(23);
    Channel<Integer> results = open(23 * 2);
    var ends = results.senders(23);
    for (var end : ends) {
      play(() -> {
        try (end) {
          for (int item : work) {
            if (primes[item % primes.length] == item) {
              Thread.yield(); // so that some are slower than others
            }
            end.send(item);
          }
        }
      });
    }
    var feeder =
        play(() -> {
          long expected = 0;
          for (int i = 0; i < items; i++) {
            int item = primes[i % primes.length];
            expected += item;
            work.send(item);
          }
          work.close();
          return expected;
        });
    long sum = 0;
    int count = 0;
    for (int result : results) {
      sum += result;
      count++;
    }
    assertThat(count).isEqualTo(items);
    assertThat(sum).isEqualTo(feeder.awaitDone());
  }

  /// TestChanSendBarrier: one that asks with a channel of its own gets its own answer.
  @Test
  void each_request_gets_its_own_answer() throws Exception {
    record Request(int number, Sender<Integer> answer) {}
    Channel<Request> requests = open(1);
    var servers = new ArrayList<Actor<?>>();
    for (int i = 0; i < 4; i++) {
      servers.add(
          play(() -> {
            for (var request : requests) {
              request.answer.send(-request.number);
            }
          }));
    }
    var clients =
        IntStream.range(0, 10)
            .mapToObj(client ->
                play(() -> {
                  for (int i = 0; i < 200; i++) {
                    Channel<Integer> answer = open(1);
                    requests.send(new Request(1_000 * client + i, answer));
                    assertThat(answer.receive()).isEqualTo(-(1_000 * client + i));
                  }
                }))
            .toList();
    for (var client : clients) {
      client.awaitDone();
    }
    requests.close();
    for (var server : servers) {
      server.awaitDone();
    }
  }

  // test/chan

  /// fifo.go, AsynchFifo: what was put in without waiting comes out in order.
  @Test
  void what_fits_comes_out_in_order() throws Exception {
    Channel<Integer> channel = open(10);
    for (int i = 0; i < 10; i++) {
      channel.send(i);
    }
    for (int i = 0; i < 10; i++) {
      assertThat(channel.receive()).isEqualTo(i);
    }
  }

  /// fifo.go, SynchFifo: a chain in which each waits for the one before it.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_chain_of_threads_goes_off_in_order(int capacity) throws Exception {
    Channel<Integer> channel = open(capacity);
    Channel<Boolean> before = open(capacity);
    var first = before;
    for (int i = 0; i < many(); i++) {
      int number = i;
      Channel<Boolean> after = open(capacity);
      Receiver<Boolean> awaited = before;
      play(() -> {
        awaited.receive();
        channel.send(number);
        after.send(true);
      });
      before = after;
    }
    first.send(true);
    for (int i = 0; i < many(); i++) {
      assertThat(channel.receive()).isEqualTo(i);
    }
    assertThat(before.receive()).isTrue();
  }

  /// goroutines.go: an item goes through a chain of as many threads as there may be.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void an_item_goes_through_a_chain_of_many_threads(int capacity) throws Exception {
    Channel<Integer> leftmost = open(capacity);
    Channel<Integer> right = leftmost;
    for (int i = 0; i < many(); i++) {
      Channel<Integer> left = right;
      Channel<Integer> next = open(capacity);
      play(() -> next.send(left.receive() + 1));
      right = next;
    }
    leftmost.send(0);
    assertThat(right.receive()).isEqualTo(many());
  }

  /// nonblock.go: a call that does not wait fails while its partner is not there, and succeeds once
  /// the partner waits.
  @Test
  void one_that_does_not_wait_succeeds_once_there_is_room_or_an_item() throws Exception {
    Channel<String> channel = open(1);
    assertThat(channel.tryReceive()).isNull();
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    assertThat(channel.trySend("one")).isTrue();
    assertThat(receiver.awaitDone()).isEqualTo("one");

    assertThat(channel.trySend("two")).isTrue();
    assertThat(channel.trySend("three")).isFalse();
    var sender = play(() -> channel.send("three"));
    sender.awaitWaiting();
    assertThat(channel.tryReceive()).isEqualTo("two");
    sender.awaitDone();
    assertThat(channel.tryReceive()).isEqualTo("three");
  }

  /// nonblock.go, without a buffer.
  @Test
  void one_that_does_not_wait_succeeds_once_the_other_side_waits() throws Exception {
    Channel<String> channel = open(0);
    assertThat(channel.tryReceive()).isNull();
    assertThat(channel.trySend("zero")).isFalse();
    var receiver = play(() -> channel.receive());
    receiver.awaitWaiting();
    assertThat(channel.trySend("one")).isTrue();
    assertThat(receiver.awaitDone()).isEqualTo("one");

    assertThat(channel.trySend("two")).isFalse();
    var sender = play(() -> channel.send("three"));
    sender.awaitWaiting();
    assertThat(channel.tryReceive()).isEqualTo("three");
    sender.awaitDone();
    assertThat(channel.tryReceive()).isNull();
  }

  /// sieve1.go and sieve2.go: the primes, with a thread and a channel for each.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10})
  void a_sieve_with_a_thread_for_each_prime_finds_the_primes(int capacity) throws Exception {
    Channel<Integer> numbers = open(capacity);
    var opened = new ArrayList<Channel<Integer>>();
    opened.add(numbers);
    var threads = new ArrayList<Actor<?>>();
    threads.add(play(() -> sendUntilClosed(numbers)));
    var found = new ArrayList<Integer>();
    for (Channel<Integer> source = numbers; found.size() < 25; ) {
      int prime = source.receive();
      found.add(prime);
      Channel<Integer> in = source;
      Channel<Integer> out = open(capacity);
      opened.add(out);
      threads.add(play(() -> sift(in, out, prime)));
      source = out;
    }
    opened.forEach(Channel::close);
    for (var thread : threads) {
      thread.awaitDone();
    }
    assertThat(found)
        .containsExactly(
            2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
            89, 97);
  }

  private static void sendUntilClosed(Sender<Integer> numbers) throws InterruptedException {
    try {
      for (int i = 2; ; i++) {
        numbers.send(i);
      }
    } catch (ClosedException e) {
      assertThat(numbers.isClosed()).isTrue();
    }
  }

  private static void sift(Receiver<Integer> in, Sender<Integer> out, int prime)
      throws InterruptedException {
    try {
      for (int number : in) {
        if (number % prime != 0) {
          out.send(number);
        }
      }
    } catch (ClosedException e) {
      assertThat(out.isClosed()).isTrue();
    }
  }

  /// powser1.go: power series as channels of coefficients; here (1/(1-x))² = 1 + 2x + 3x² + ...
  @Test
  void power_series_multiply_as_threads_that_ask_each_other() throws Exception {
    int terms = 12;
    Channel<Integer> left = open(1);
    Channel<Integer> right = open(1);
    Channel<Integer> product = open(1);
    for (var ones : List.of(left, right)) {
      play(() -> {
        for (int i = 0; i < terms; i++) {
          ones.send(1);
        }
        ones.close();
      });
    }
    play(() -> {
      var a = new ArrayList<Integer>();
      var b = new ArrayList<Integer>();
      for (int n = 0; n < terms; n++) {
        a.add(left.receive());
        b.add(right.receive());
        int sum = 0;
        for (int i = 0; i <= n; i++) {
          sum += a.get(i) * b.get(n - i);
        }
        product.send(sum);
      }
      product.close();
    });
    var got = new ArrayList<Integer>();
    product.forEach(got::add);
    assertThat(got).isEqualTo(IntStream.rangeClosed(1, terms).boxed().toList());
  }

  /// select3.go, as far as single channels go: what waits, what does not, and what is refused.
  @Test
  void each_operation_waits_or_not_as_the_state_says() throws Exception {
    Channel<Integer> closed = open(1);
    closed.close();
    assertThatThrownBy(() -> closed.send(1)).isInstanceOf(ClosedException.class);
    assertThatThrownBy(closed::receive).isInstanceOf(ClosedException.class);

    Channel<Integer> empty = open(10);
    assertThat(empty.trySend(1)).isTrue();
    assertThat(empty.receive()).isEqualTo(1);
    var receiver = play(() -> empty.receive());
    receiver.awaitWaiting();
    empty.send(2);
    assertThat(receiver.awaitDone()).isEqualTo(2);

    Channel<Integer> full = open(2);
    full.send(1);
    full.send(2);
    var sender = play(() -> full.send(3));
    sender.awaitWaiting();
    assertThat(full.receive()).isEqualTo(1);
    sender.awaitDone();
  }

  /// select6.go: those who wait are served in the order in which they came, whoever left before.
  @Test
  void who_left_is_not_served_and_who_stayed_is() throws Exception {
    Channel<Integer> channel = open(1);
    var left = play(() -> channel.receive());
    left.awaitWaiting();
    var stayed = play(() -> channel.receive());
    stayed.awaitWaiting();
    left.interrupt();
    assertThat(left.awaitFailure()).isInstanceOf(InterruptedException.class);
    channel.send(1);
    assertThat(stayed.awaitDone()).isEqualTo(1);
  }

  /// zerosize.go: a channel whose items all are the same object, with much room, works as any
  /// other.
  @Test
  void one_object_can_fill_a_large_channel() throws Exception {
    int room = 100_000;
    Channel<Object> channel = open(room);
    var signal = new Object();
    for (int i = 0; i < room; i++) {
      assertThat(channel.trySend(signal)).isTrue();
    }
    assertThat(channel.trySend(signal)).isFalse();
    for (int i = 0; i < room; i++) {
      assertThat(channel.tryReceive()).isSameAs(signal);
    }
  }

  /// TestSelfSelect's core: two that both send and receive on one channel never hang.
  @ParameterizedTest
  @ValueSource(ints = {1, 10})
  void two_that_both_send_and_receive_without_waiting_lose_nothing(int capacity) throws Exception {
    Channel<Integer> channel = open(capacity);
    var done = new AtomicBoolean();
    var players = new ArrayList<Actor<Integer>>();
    for (int player = 0; player < 2; player++) {
      int mine = player;
      players.add(
          play(() -> {
            int balance = 0;
            for (int i = 0; i < 1_000; i++) {
              if (channel.trySend(mine)) {
                balance++;
              }
              if (channel.tryReceive() != null) {
                balance--;
              }
            }
            done.set(true);
            return balance;
          }));
    }
    int balance = 0;
    for (var player : players) {
      balance += player.awaitDone();
    }
    assertThat(channel.size()).isEqualTo(balance);
    assertThat(done).isTrue();
  }
}
