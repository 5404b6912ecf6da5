package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConservationTest {

  @Test
  void what_came_out_once_and_in_order_balances() {
    new Conservation<String>()
        .accepted(List.of("a1", "a2", "a3"))
        .accepted(List.of("b1", "b2"))
        .delivered(List.of("a1", "b1", "a3"))
        .delivered(List.of("a2"))
        .leftover(List.of("b2"))
        .check();
  }

  @Test
  void nothing_in_and_nothing_out_balances() {
    new Conservation<String>().check();
  }

  @Test
  void a_lost_item_is_named() {
    expect(
        new Conservation<String>().accepted(List.of("a", "b")).delivered(List.of("a")),
        "1 of 2 items were lost: [b]");
  }

  @Test
  void an_item_delivered_twice_is_named() {
    expect(
        new Conservation<String>()
            .accepted(List.of("a"))
            .delivered(List.of("a"))
            .delivered(List.of("a")),
        "a was delivered twice: see receiver 1");
  }

  @Test
  void an_item_both_delivered_and_left_is_named() {
    expect(
        new Conservation<String>()
            .accepted(List.of("a"))
            .delivered(List.of("a"))
            .leftover(List.of("a")),
        "a was delivered twice: see the leftovers");
  }

  @Test
  void an_item_that_nobody_sent_is_named() {
    expect(
        new Conservation<String>().accepted(List.of("a")).delivered(List.of("a", "x")),
        "x was never accepted: see receiver 0");
  }

  @Test
  void items_out_of_order_are_named() {
    expect(
        new Conservation<String>()
            .accepted(List.of("other"))
            .accepted(List.of("a", "b"))
            .delivered(List.of("b", "other", "a")),
        "a came after b, which sender 1 sent later: see receiver 0");
  }

  @Test
  void leftovers_come_after_what_was_delivered() {
    expect(
        new Conservation<String>()
            .accepted(List.of("a", "b"))
            .delivered(List.of("b"))
            .leftover(List.of("a")),
        "a came after b, which sender 0 sent later: see the leftovers");
  }

  @Test
  void items_may_come_in_any_order_if_so_said() {
    new Conservation<String>()
        .inAnyOrder()
        .accepted(List.of("a", "b", "c"))
        .delivered(List.of("b", "a"))
        .leftover(List.of("c"))
        .check();
  }

  @Test
  void items_that_cannot_be_told_apart_are_refused() {
    expect(
        new Conservation<String>().accepted(List.of("a")).accepted(List.of("a")),
        "a was accepted twice: items must differ");
  }

  private static void expect(Conservation<String> account, String message) {
    assertThatThrownBy(account::check).isInstanceOf(AssertionError.class).hasMessage(message);
  }
}
