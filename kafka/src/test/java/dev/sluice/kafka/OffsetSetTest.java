package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetSetTest {
  @Test
  void what_was_noted_is_read_again() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      long base = random.nextLong(1L << 40);
      var offsets = new TreeSet<Long>();
      for (int i = random.nextInt(300); i > 0; i--) {
        offsets.add(base + 1 + random.nextInt(2_000));
      }
      var note = new OffsetSet.Note(base);
      offsets.forEach(note::add);
      var text = note.text();

      var read = OffsetSet.read(base, text);

      assertThat(note.isComplete()).isTrue();
      assertThat(read.size()).as("seed %d", seed).isEqualTo(offsets.size());
      assertThat(offsets).allMatch(read::contains);
      assertThat(read.contains(base)).isFalse();
    }
  }

  @Test
  void a_note_has_room_for_a_broker_to_take_it_and_keeps_the_lowest() {
    var note = new OffsetSet.Note(10);
    for (long i = 0; i < 10_000; i++) {
      note.add(12 + 2 * i);
    }
    var text = note.text();

    var read = OffsetSet.read(10, text);

    assertThat(text.length()).isLessThanOrEqualTo(3_000);
    assertThat(note.isComplete()).isFalse();
    assertThat(read.size()).isGreaterThan(1_000);
    for (long i = 0; i < read.size(); i++) {
      assertThat(read.contains(12 + 2 * i)).isTrue();
      assertThat(read.contains(13 + 2 * i)).isFalse();
    }
  }

  @Test
  void a_long_run_costs_little() {
    var note = new OffsetSet.Note(0);
    for (long i = 1; i < 500_000; i++) {
      note.add(i);
    }

    assertThat(note.text().length()).isLessThan(20);
    assertThat(note.isComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "somebody else's", "sluice1:", "sluice1:!", "sluice1:_____w", "sluice1:AAAA"})
  void a_note_of_somebody_else_stands_for_nothing(String text) {
    assertThat(OffsetSet.read(5, text).size()).isZero();
  }

  @Test
  void whatever_stands_in_a_note_does_no_harm() {
    var random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      var bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      var text =
          "sluice1:" + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);

      assertThat(OffsetSet.read(0, text).size()).isBetween(0, OffsetSet.MOST);
    }
  }
}
