package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.examples.PipelinesFailures.Event;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.SkippedKeyException;
import dev.sluice.pipelines.Source;
import dev.sluice.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PipelinesFailuresTest {
  private final List<Order> shipped = Collections.synchronizedList(new ArrayList<>());
  private final List<DeadLetter> rejects = new ArrayList<>();
  private final VirtualClock clock = new VirtualClock();

  @Test
  void an_order_is_rejected_after_five_attempts_and_four_delays() throws Exception {
    var attempts = new AtomicInteger();
    var pipe =
        PipelinesFailures.onError(
            Pipeline.from(Source.of(new Order("1", "ann", 300))),
            order -> {
              attempts.incrementAndGet();
              throw new IOException("busy");
            },
            rejects::add);

    try (var running = pipe.to(shipped::add).clock(clock).start()) {
      for (int delay = 0; delay < 4; delay++) {
        clock.awaitWaiting(1);
        clock.advance(Duration.ofSeconds(10));
      }
      running.await();
    }

    assertThat(attempts).hasValue(5);
    assertThat(rejects).extracting(DeadLetter::attempts).containsExactly(5);
  }

  @Test
  void only_what_may_pass_is_tried_again() throws Exception {
    var tea = new AtomicInteger();
    var priced =
        PipelinesFailures.priced(
            order -> {
              switch (order.id()) {
                case "tea" -> {
                  if (tea.incrementAndGet() == 1) {
                    throw new IOException("busy");
                  }
                }
                case "air" -> throw new IllegalArgumentException("has no price");
                default -> {}
              }
              return order;
            },
            rejects::add);
    var source = Source.of("tea,ann,300", "no order", "air,bob,0");

    try (var running = Pipeline.from(source).via(priced).to(shipped::add).clock(clock).start()) {
      clock.awaitWaiting(1); // the tea, before its second attempt
      clock.advance(Duration.ofSeconds(1));
      assertThat(running.await().account()).isEqualTo(new Account(3, 1, 0, 0, 2, 0, 0));
    }

    assertThat(shipped).extracting(Order::id).containsExactly("tea");
    assertThat(rejects)
        .extracting(DeadLetter::original, DeadLetter::stage, DeadLetter::attempts)
        .containsExactlyInAnyOrder(tuple("no order", "map", 1), tuple("air,bob,0", "price", 1));
  }

  @Test
  void mended_dead_letters_go_the_whole_way_again() throws Exception {
    var priced = PipelinesFailures.priced(order -> order, rejects::add);
    Pipeline.from(Source.of("1;ann;300", "2,bob,20")).via(priced).to(shipped::add).run();
    var letters = List.copyOf(rejects);
    rejects.clear();

    PipelinesFailures.replay(letters, line -> line.replace(';', ','), priced, shipped::add).run();

    assertThat(shipped).containsExactly(new Order("2", "bob", 20), new Order("1", "ann", 300));
    assertThat(rejects).isEmpty();
  }

  @Test
  void no_order_overtakes_one_of_its_customer_that_failed() throws Exception {
    var booked = new ArrayList<String>();

    PipelinesFailures.keyed(
            Source.of(
                new Order("1", "ann", -1), new Order("2", "bob", 20), new Order("3", "ann", 30)),
            order -> {
              if (order.cents() < 0) {
                throw new IllegalArgumentException("negative");
              }
              booked.add(order.id());
              return order;
            },
            rejects::add)
        .run();

    assertThat(booked).containsExactly("2");
    assertThat(rejects)
        .extracting(letter -> ((Order) letter.value()).id())
        .containsExactly("1", "3");
    assertThat(rejects.getLast().cause()).isInstanceOf(SkippedKeyException.class);
  }

  private static final class ListInbox implements PipelinesFailures.Inbox {
    private final Queue<String> waiting = new ConcurrentLinkedQueue<>();
    private final Queue<String> done = new ConcurrentLinkedQueue<>();

    ListInbox(String... messages) {
      waiting.addAll(List.of(messages));
    }

    @Override
    public @Nullable String take() {
      return waiting.poll();
    }

    @Override
    public void done(String message) {
      done.add(message);
    }

    @Override
    public void giveBack(String message) {
      waiting.add(message);
    }
  }

  @Test
  void an_inbox_is_told_of_each_message_and_has_again_what_a_stop_abandoned() {
    var inbox = new ListInbox("good", "bad");
    Sink<String> sink =
        message -> {
          if (message.equals("bad")) {
            throw new IOException("refused");
          }
        };

    assertThatThrownBy(() -> Pipeline.from(PipelinesFailures.acknowledged(inbox)).to(sink).run())
        .hasMessage("refused");

    assertThat(inbox.done).containsExactly("good");
    assertThat(inbox.waiting).containsExactly("bad");
  }

  @Test
  void a_position_is_committed_only_when_all_before_it_are_dealt_with() {
    var events = LongStream.range(0, 100).mapToObj(i -> new Event(i, i + ",ann,1")).toList();
    var positions = new ArrayList<Long>();

    assertThatThrownBy(() ->
            PipelinesFailures.committing(
                    Source.of(events),
                    positions::add,
                    order -> {
                      if (order.id().equals("50")) {
                        throw new IOException("disk full");
                      }
                      shipped.add(order);
                    })
                .run())
        .hasMessage("disk full");

    assertThat(positions).isSorted().allSatisfy(p -> assertThat(p).isLessThanOrEqualTo(50));
    long last = positions.isEmpty() ? 0 : positions.getLast();
    assertThat(shipped)
        .extracting(Order::id)
        .containsAll(LongStream.range(0, last).mapToObj(Long::toString).toList());
  }

  @Test
  void in_the_end_the_position_is_that_after_the_last() throws Exception {
    var events = LongStream.range(0, 5_000).mapToObj(i -> new Event(i, i + ",ann,1")).toList();
    var positions = new ArrayList<Long>();

    PipelinesFailures.committing(Source.of(events), positions::add, shipped::add).run();

    assertThat(positions.getLast()).isEqualTo(5_000);
  }
}
