package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ActorTest {

  @Test
  void an_actor_returns_what_its_block_returns() throws Exception {
    try (var actor = Actor.playing(() -> "result")) {
      assertThat(actor.awaitDone()).isEqualTo("result");
      assertThat(actor.isDone()).isTrue();
    }
  }

  @Test
  void an_actor_plays_on_the_kind_of_thread_it_is_given() throws Exception {
    try (var virtual = Actor.playing(() -> Thread.currentThread().isVirtual());
        var platform =
            Actor.playing(Thread.ofPlatform(), () -> Thread.currentThread().isVirtual())) {
      assertThat(virtual.awaitDone()).isTrue();
      assertThat(platform.awaitDone()).isFalse();
    }
  }

  @Test
  void an_actor_is_seen_waiting_and_then_done() throws Exception {
    for (var threads : new Thread.Builder[] {Thread.ofVirtual(), Thread.ofPlatform()}) {
      var gate = new CountDownLatch(1);
      try (var actor = Actor.playing(threads, () -> gate.await())) {
        actor.awaitWaiting();
        assertThat(actor.isDone()).isFalse();
        gate.countDown();
        actor.awaitDone();
      }
    }
  }

  @Test
  void an_actor_that_ends_instead_of_waiting_fails_the_test() {
    try (var actor = Actor.playing(() -> "early")) {
      assertThatThrownBy(actor::awaitWaiting)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("to wait, but it returned early");
    }
  }

  @Test
  void what_a_block_throws_is_the_cause_of_the_failed_test() {
    var thrown = new IOException("broken");
    try (var actor =
        Actor.playing(() -> {
          throw thrown;
        })) {
      assertThatThrownBy(actor::awaitDone)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("to return, but it threw java.io.IOException: broken")
          .hasCause(thrown);
    }
  }

  @Test
  void what_a_block_throws_can_be_asked_for() throws Exception {
    var thrown = new IOException("broken");
    try (var actor =
        Actor.playing(() -> {
          throw thrown;
        })) {
      assertThat(actor.awaitFailure()).isSameAs(thrown);
    }
  }

  @Test
  void a_block_that_returns_is_no_failure() {
    try (var actor = Actor.playing(() -> "fine")) {
      assertThatThrownBy(actor::awaitFailure)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("to throw, but it returned fine");
    }
  }

  @Test
  void a_failure_that_nobody_looked_at_fails_the_test_at_the_end() throws Exception {
    var ended = new CountDownLatch(1);
    var actor =
        Actor.playing(() -> {
          ended.countDown();
          throw new IOException("unseen");
        });
    ended.await();
    while (!actor.isDone()) {
      Thread.onSpinWait();
    }

    assertThatThrownBy(actor::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nobody saw that")
        .hasRootCauseMessage("unseen");
  }

  @Test
  void closing_interrupts_an_actor_that_waits() {
    var forever = new CountDownLatch(1);
    var actor = Actor.playing(() -> forever.await());
    actor.awaitWaiting();

    actor.close();

    assertThat(actor.isDone()).isTrue();
  }

  @Test
  void an_interrupt_reaches_the_block() throws Exception {
    var forever = new CountDownLatch(1);
    try (var actor = Actor.playing(() -> forever.await())) {
      actor.awaitWaiting();

      actor.interrupt();

      assertThat(actor.awaitFailure()).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void an_actor_that_is_stuck_shows_where() throws Exception {
    var over = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    var actor = new Actor<>(Thread.ofVirtual(), () -> stuck(begun, over), Duration.ofMillis(20));
    try {
      begun.await();

      assertThatThrownBy(actor::awaitDone)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("has not ended within")
          .hasStackTraceContaining("ActorTest.stuck");
    } finally {
      over.countDown();
    }
  }

  @Test
  void an_actor_that_never_waits_shows_where() throws Exception {
    var over = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    var actor = new Actor<>(Thread.ofPlatform(), () -> busy(begun, over), Duration.ofMillis(20));
    try {
      begun.await();

      assertThatThrownBy(actor::awaitWaiting)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("to wait, but it runs")
          .hasStackTraceContaining("ActorTest.busy");
    } finally {
      over.countDown();
    }
  }

  private static boolean stuck(CountDownLatch begun, CountDownLatch over) {
    begun.countDown();
    while (over.getCount() > 0) {
      LockSupport.park(over);
    }
    return true;
  }

  private static boolean busy(CountDownLatch begun, CountDownLatch over) {
    begun.countDown();
    while (over.getCount() > 0) {
      Thread.onSpinWait();
    }
    return true;
  }
}
