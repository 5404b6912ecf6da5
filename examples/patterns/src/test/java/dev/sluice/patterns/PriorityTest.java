package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.patterns.Priority.Task;
import dev.sluice.testkit.Actor;
import dev.sluice.testkit.VirtualClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.PriorityBlockingQueue;
import org.junit.jupiter.api.Test;

class PriorityTest {
  private static final List<Task> EQUALS =
      List.of(new Task(1, "a"), new Task(1, "b"), new Task(1, "c"), new Task(1, "d"));

  @Test
  void the_lowest_comes_first_and_equals_as_they_came() throws Exception {
    var tasks = Priority.tasks(10);
    tasks.send(new Task(2, "later"));
    tasks.sendAll(EQUALS);

    assertThat(tasks.cancel())
        .startsWith(EQUALS.toArray(Task[]::new))
        .endsWith(new Task(2, "later"));
  }

  @Test
  void it_is_bounded() throws Exception {
    var tasks = Priority.tasks(1);
    tasks.send(new Task(2, "first"));
    try (var sender = Actor.playing(() -> tasks.send(new Task(1, "urgent")))) {
      sender.awaitWaiting();
      assertThat(tasks.receive().what()).isEqualTo("first");
      sender.awaitDone();
    }
  }

  @Test
  void what_has_waited_long_enough_comes_before_what_is_more_urgent() throws Exception {
    var clock = new VirtualClock();
    var tasks = Priority.ageing(10, Duration.ofSeconds(1), clock);
    tasks.send(new Task(3, "sweep"));
    clock.advance(Duration.ofMillis(1_900));
    tasks.send(new Task(1, "urgent"));
    assertThat(tasks.receive().what()).isEqualTo("urgent");
    clock.advance(Duration.ofMillis(200));
    tasks.send(new Task(1, "urgent"));
    assertThat(tasks.receive().what()).isEqualTo("sweep");
  }

  @Test
  void usually_equals_leave_in_any_order() {
    var queue = new PriorityBlockingQueue<Task>(4, Comparator.comparingInt(Task::level));
    queue.addAll(EQUALS);

    assertThat(List.of(queue.remove(), queue.remove(), queue.remove(), queue.remove()))
        .containsExactlyInAnyOrderElementsOf(EQUALS)
        .isNotEqualTo(EQUALS);
  }

  @Test
  void usually_what_is_queued_must_be_comparable() {
    var queue = new PriorityBlockingQueue<Task>();

    assertThatThrownBy(() -> queue.addAll(EQUALS)).isInstanceOf(ClassCastException.class);
  }
}
