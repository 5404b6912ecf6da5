package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.Screen.Size;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static final Map<String, String> XTERM = Map.of("TERM", "xterm");

  @AfterEach
  void forget() {
    System.clearProperty("sluice.tty");
  }

  @Test
  void only_what_the_launcher_named_is_a_terminal() {
    assertThat(Screen.isTerminal(2)).isFalse();

    System.setProperty("sluice.tty", "02");

    assertThat(Screen.isTerminal(0)).isTrue();
    assertThat(Screen.isTerminal(1)).isFalse();
    assertThat(Screen.isTerminal(2)).isTrue();
  }

  @Test
  void colours_need_a_terminal_that_has_them_and_a_user_who_wants_them() {
    assertThat(Screen.colours(1, XTERM)).isFalse();

    System.setProperty("sluice.tty", "1");

    assertThat(Screen.colours(1, XTERM)).isTrue();
    assertThat(Screen.colours(1, Map.of("TERM", "xterm", "NO_COLOR", ""))).isTrue();
    assertThat(Screen.colours(1, Map.of("TERM", "xterm", "NO_COLOR", "1"))).isFalse();
    assertThat(Screen.colours(1, Map.of("TERM", "dumb"))).isFalse();
    assertThat(Screen.colours(1, Map.of())).isFalse();
  }

  @Test
  void a_dumb_terminal_or_none_is_not_drawn_on() {
    assertThat(Screen.standardError(XTERM).redraws()).isFalse();

    System.setProperty("sluice.tty", "2");

    assertThat(Screen.standardError(Map.of("TERM", "dumb")).redraws()).isFalse();
    assertThat(Screen.standardError(XTERM).redraws()).isTrue();
  }

  @Test
  void without_a_terminal_it_is_80_columns_wide() {
    assertThat(Screen.standardError(XTERM).columns()).isEqualTo(80);
  }

  @Test
  void a_terminal_that_does_not_tell_its_size_has_24_rows_of_80_columns() {
    assertThat(new Screen.Measured(() -> 0, () -> null).get()).isEqualTo(new Size(24, 80));
    assertThat(new Screen.Measured(() -> 0, () -> new Size(0, 0)).get())
        .isEqualTo(new Size(24, 80));
  }

  @Test
  void the_size_is_asked_again_only_after_a_change_and_once_a_second() {
    var clock = new AtomicLong();
    var asked = new AtomicInteger(100);
    var size = new Screen.Measured(clock::get, () -> new Size(30, asked.incrementAndGet()));
    assertThat(size.get()).isEqualTo(new Size(30, 101));

    clock.addAndGet(TimeUnit.SECONDS.toNanos(5));
    assertThat(size.get().columns()).isEqualTo(101);

    size.changed();
    assertThat(size.get().columns()).isEqualTo(102);

    size.changed();
    assertThat(size.get().columns()).isEqualTo(102);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(size.get().columns()).isEqualTo(103);
  }

  @Test
  void what_is_cut_off_leaves_no_colour_behind() {
    assertThat(Screen.cut("abcdef", 6)).isEqualTo("abcdef");
    assertThat(Screen.cut("abcdef", 4)).isEqualTo("abcd");
    assertThat(Screen.cut("\u001B[33mabcdef\u001B[0m", 6)).isEqualTo("\u001B[33mabcdef\u001B[0m");
    assertThat(Screen.cut("\u001B[33mabcdef\u001B[0m", 4)).isEqualTo("\u001B[33mabcd\u001B[0m");
  }

  @Test
  void control_characters_are_made_harmless_but_letters_and_tabs_stay() {
    assertThat(Screen.printable("a\tü \u001B[2J\r\u0000\u009B"))
        .isEqualTo("a\tü \uFFFD[2J\uFFFD\uFFFD\uFFFD");
  }
}
