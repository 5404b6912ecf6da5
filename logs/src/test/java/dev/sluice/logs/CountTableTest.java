package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CountTableTest {
  private static Map<String, Long> content(CountTable table) {
    var content = new HashMap<String, Long>();
    for (int entry = 0; entry < table.size(); entry++) {
      content.put(key(table, entry), table.count(entry));
    }
    return content;
  }

  private static String key(CountTable table, int entry) {
    return new String(table.chunk(entry), table.offset(entry), table.length(entry), UTF_8);
  }

  private static void add(CountTable table, String key, long count) {
    byte[] bytes = ("?" + key + "?").getBytes(UTF_8);
    table.add(bytes, 1, bytes.length - 1, count);
  }

  /// Keys of any length from none to some thousand bytes.
  private static String randomKey(Random random) {
    int number = random.nextInt(3_000);
    return "%d".formatted(number).repeat(number % 50 == 0 ? 500 : number % 5);
  }

  @Test
  void counts_as_a_map_does_also_after_it_was_cleared_and_by_way_of_another() {
    var random = new Random(1);
    var part = new CountTable();
    var sum = new CountTable();
    var expected = new HashMap<String, Long>();
    for (int round = 0; round < 20; round++) {
      var expectedPart = new HashMap<String, Long>();
      for (int i = 0; i < 500 * round; i++) {
        var key = randomKey(random);
        add(part, key, 1 + i % 3);
        expectedPart.merge(key, 1L + i % 3, Long::sum);
        expected.merge(key, 1L + i % 3, Long::sum);
      }
      assertThat(content(part)).isEqualTo(expectedPart);
      assertThat(part.keyBytes())
          .isEqualTo(expectedPart.keySet().stream().mapToLong(String::length).sum());
      sum.addAll(part, 0);
      part.clear();
      assertThat(part.size()).isZero();
    }
    assertThat(content(sum)).isEqualTo(expected);
  }

  @Test
  void puts_the_highest_counts_first_and_equal_ones_in_the_order_of_their_keys() {
    var table = new CountTable();
    add(table, "b", 2);
    add(table, "c", 7);
    add(table, "aa", 2);
    add(table, "a", 2);

    assertThat(Arrays.stream(table.byCount()).mapToObj(entry -> key(table, entry)))
        .containsExactly("c", "a", "aa", "b");
  }

  @Test
  void keeps_as_many_of_the_highest_as_asked_for() {
    var table = new CountTable();
    for (int i = 0; i < 100; i++) {
      add(table, "key" + i, 1 + i / 10);
    }

    var highest = table.highest(15);

    assertThat(highest.size()).isEqualTo(15);
    assertThat(content(highest).values()).allMatch(count -> count >= 9);
    assertThat(content(highest).values().stream().filter(count -> count == 10)).hasSize(10);
    assertThat(content(table)).containsAllEntriesOf(content(highest));
    for (int entry = 0; entry < table.size(); entry++) {
      assertThat(highest.has(table, entry))
          .isEqualTo(content(highest).containsKey(key(table, entry)));
    }
    assertThat(content(table.highest(1_000))).isEqualTo(content(table));
  }
}
