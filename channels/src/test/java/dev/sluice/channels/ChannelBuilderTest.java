package dev.sluice.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which settings go with which kind.
class ChannelBuilderTest {

  private interface Kind {
    Object make(ChannelBuilder<String> settings);
  }

  @Test
  void ageing_is_for_levels_of_priority_only() {
    for (var kind :
        List.<Kind>of(
            it -> it.bounded(1),
            it -> it.resizable(1),
            it -> it.weighed(1, String::length),
            it -> it.latest(),
            it -> it.unbounded(),
            it -> it.rendezvous(),
            it -> it.after(Duration.ZERO),
            it -> it.tick(Duration.ofSeconds(1)))) {
      assertThatThrownBy(() -> kind.make(Channel.<String>builder().ageing(Duration.ofSeconds(1))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith(
              " has no levels to rise by: leave out ageing, or use priority(capacity, level)");
    }
    assertThatThrownBy(() ->
            Channel.<String>builder()
                .ageing(Duration.ofSeconds(1))
                .priority(1, Comparator.naturalOrder()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("leave out ageing, or use priority(capacity, level)");
    assertThatThrownBy(() -> Channel.builder().ageing(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ageing must be above zero, but was PT0S");
  }

  @Test
  void what_is_never_full_has_no_overflow() {
    assertThatThrownBy(() -> Channel.builder().onOverflow(Overflow.fail()).unbounded())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("unbounded is never full: leave out onOverflow, or use bounded(capacity)");
    assertThatThrownBy(() -> Channel.builder().onOverflow(Overflow.dropNewest(item -> {})).latest())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Overflow.dropOldest(callback)");
    assertThatThrownBy(() -> Channel.builder().onOverflow(Overflow.fail()).latest())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void what_holds_nothing_drops_no_oldest() {
    assertThatThrownBy(
            () -> Channel.builder().onOverflow(Overflow.dropOldest(item -> {})).rendezvous())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "rendezvous holds nothing that could be dropped: use Overflow.dropNewest(callback), or"
                + " latest()");
  }

  @Test
  void what_nobody_sends_to_has_no_overflow() {
    for (var kind :
        List.<Kind>of(it -> it.after(Duration.ZERO), it -> it.tick(Duration.ofSeconds(1)))) {
      for (var policy :
          List.<Overflow<String>>of(
              Overflow.fail(), Overflow.dropOldest(item -> {}), Overflow.dropNewest(item -> {}))) {
        assertThatThrownBy(() -> kind.make(Channel.<String>builder().onOverflow(policy)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageEndingWith("leave out onOverflow");
      }
    }
  }

  @Test
  void what_has_no_middle_is_not_removable() {
    for (var kind :
        List.<Kind>of(
            it -> it.rendezvous(),
            it -> it.after(Duration.ZERO),
            it -> it.tick(Duration.ofSeconds(1)))) {
      assertThatThrownBy(() -> kind.make(Channel.<String>builder().removable()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageEndingWith(
              " can't take items out of its middle: leave out removable, or use"
                  + " bounded(capacity)");
    }
  }

  @Test
  void one_builder_may_make_several_channels() throws Exception {
    var settings = Channel.<String>builder().named("twice");

    settings.latest().send("a");
    var bounded = settings.bounded(1);

    bounded.send("a");
    assertThat(bounded.trySend("b")).as("a policy that is latest's own").isFalse();
    assertThat(bounded.name()).isEqualTo("twice");
  }

  @Test
  void a_removable_bounded_channel_has_a_lock_and_any_other_a_ring() {
    assertThat(Channel.builder().removable().bounded(1)).isInstanceOf(LockedChannel.class);
    assertThat(Channel.builder().bounded(1)).isInstanceOf(RingChannel.class);
  }
}
