package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextTableTest {
  private static int place(TextTable table, String text) {
    byte[] bytes = ("-" + text + "-").getBytes(UTF_8);
    return table.place(bytes, 1, bytes.length - 1);
  }

  @Test
  void a_text_keeps_its_place_and_no_other_text_gets_it() {
    var table = new TextTable(1 << 10);
    Map<Integer, String> texts = new HashMap<>();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 100; i++) {
        var text = i == 0 ? "" : "text " + i;
        int place = place(table, text);
        if (place >= 0) {
          assertThat(texts.computeIfAbsent(place, _ -> text)).isEqualTo(text);
        }
      }
    }

    assertThat(texts).hasSizeGreaterThan(90);
    assertThat(table.orNext()).isSameAs(table);
  }

  @Test
  void texts_with_the_same_hash_have_different_places() {
    var table = new TextTable(1 << 10);
    var seen = new HashMap<Integer, String>();
    var text = "";
    String other = null;
    for (int i = 0; other == null; i++) { // some 80,000 texts, whatever the seed is
      text = "text " + i;
      byte[] bytes = text.getBytes(UTF_8);
      other = seen.put(CountTable.hash(bytes, 0, bytes.length), text);
    }

    assertThat(place(table, text)).isNotEqualTo(place(table, other)).isNotNegative();
  }

  @Test
  void one_that_is_full_of_texts_or_of_their_bytes_is_followed_by_a_larger_one() {
    var many = new TextTable(1 << 12);
    for (int i = 0; i < 2_000; i++) {
      place(many, "text " + i);
    }
    var longs = new TextTable(1 << 12);
    int i = 0;
    while (place(longs, i + "x".repeat(200)) >= 0) {
      i++;
    }

    assertThat(i).isLessThan(1_000);
    assertThat(many.orNext()).isNotSameAs(many);
    assertThat(longs.orNext()).isNotSameAs(longs);
    assertThat(place(many.orNext(), "text 1")).isNotNegative();
    assertThat(place(longs.orNext(), "x".repeat(200))).isNotNegative();
  }

  @Test
  void the_home_of_a_place_is_the_counter_of_its_text() {
    var table = new TextTable(1 << 10);
    var whole = new TopCounts();
    int place = place(table, "one");

    var home = table.home(place, whole);

    assertThat(home).isSameAs(whole.counter("one")).isSameAs(table.home(place, whole));
    home.gone = true;
    assertThat(table.home(place, whole)).isSameAs(whole.counter("one"));
  }
}
