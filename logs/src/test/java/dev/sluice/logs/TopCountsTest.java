package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopCountsTest {
  private static String text(int number) {
    return "text " + number; // a new instance each time
  }

  @Test
  void few_texts_are_counted_exactly() {
    var random = new Random(1);
    var counts = new TopCounts(1_000);
    var truth = new HashMap<String, Long>();
    for (int i = 0; i < 100_000; i++) {
      var one = text(random.nextInt(1_000));
      counts.add(one);
      truth.merge(one, 1L, Long::sum);
    }

    assertThat(counts.error()).isZero();
    assertThat(counts.top(1_000))
        .hasSize(1_000)
        .allSatisfy(entry -> assertThat(entry.count()).isEqualTo(truth.get(entry.text())));
  }

  @Test
  void of_many_texts_a_count_is_too_low_by_the_error_at_most() {
    var random = new Random(2);
    var counts = new TopCounts(100);
    var truth = new HashMap<String, Long>();
    for (int i = 0; i < 100_000; i++) {
      int number = (int) Math.min(5_000, Math.exp(9 * random.nextDouble()));
      counts.add(text(number));
      truth.merge(text(number), 1L, Long::sum);
    }

    assertThat(counts.error()).isBetween(1L, 100_000L / 50);
    assertThat(counts.top(100))
        .allSatisfy(entry -> {
          long real = truth.getOrDefault(entry.text(), 0L);
          assertThat(entry.count()).isBetween(real - counts.error(), real);
        });
  }

  @Test
  void texts_that_differ_late_count_as_one() {
    var counts = new TopCounts();
    counts.add("x".repeat(TopCounts.LONGEST) + "a");
    counts.add("x".repeat(TopCounts.LONGEST) + "b");

    assertThat(counts.top(2))
        .containsExactly(new TopCounts.Entry("x".repeat(TopCounts.LONGEST), 2));
  }

  @Test
  void counts_stay_within_their_error_and_the_frequent_ones_are_found_whatever_comes() {
    var counts = new TopCounts();
    var random = new Random(42);
    int frequent = 0;
    for (int i = 0; i < 300_000; i++) {
      if (random.nextInt(20) == 0) {
        frequent++;
        counts.add("frequent");
      } else {
        counts.add("rare " + i);
      }
    }

    var first = counts.top(1).getFirst();
    assertThat(first.text()).isEqualTo("frequent");
    assertThat(counts.error()).isPositive();
    assertThat(first.count()).isBetween(frequent - counts.error(), (long) frequent);
  }

  /// Counts texts block by block, and all of them together.
  private static TopCounts byBlocks(int room, int places, List<List<String>> blocks) {
    var whole = new TopCounts(room);
    var table = new TextTable(places);
    for (var texts : blocks) {
      table = table.orNext();
      var counts = TopCounts.ofBlock(table);
      texts.forEach(counts::add);
      whole.addAll(counts);
    }
    return whole;
  }

  private static List<List<String>> blocks(int count, IntFunction<String> text) {
    return IntStream.range(0, count)
        .mapToObj(
            block -> IntStream.range(0, 200).mapToObj(i -> text.apply(200 * block + i)).toList())
        .toList();
  }

  private static Map<String, Long> truth(List<List<String>> blocks) {
    return blocks.stream()
        .flatMap(List::stream)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static Map<String, Long> counted(TopCounts counts) {
    return counts.top(Integer.MAX_VALUE).stream()
        .collect(Collectors.toMap(TopCounts.Entry::text, TopCounts.Entry::count));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 256, 1 << 12})
  void blocks_add_up_to_the_same_however_many_texts_have_places(int places) {
    var random = new Random(3);
    var blocks =
        blocks(
            300,
            _ -> {
              int number = (int) Math.exp(8 * random.nextDouble());
              return number % 7 == 0 ? "\u00fc".repeat(number % 100) : text(number);
            });

    var counts = byBlocks(5_000, places, blocks);

    assertThat(counts.error()).isZero();
    assertThat(counted(counts)).isEqualTo(truth(blocks));
  }

  @Test
  void of_the_many_texts_of_blocks_a_count_is_too_low_by_the_error_at_most() {
    var random = new Random(4);
    var blocks = blocks(500, _ -> text((int) Math.min(5_000, Math.exp(9 * random.nextDouble()))));

    var counts = byBlocks(100, 1 << 12, blocks);

    var truth = truth(blocks);
    assertThat(counts.error()).isBetween(1L, 100_000L / 50);
    assertThat(counted(counts))
        .allSatisfy((text, count) -> {
          long real = truth.getOrDefault(text, 0L);
          assertThat(count).isBetween(real - counts.error(), real);
        });
  }

  @Test
  void bytes_and_texts_count_together() {
    var counts = TopCounts.ofBlock(new TextTable(1 << 12));
    byte[] bytes = "GET /\u00fcber HTTP".getBytes(UTF_8);
    byte[] bad = {'x', (byte) 0xff};
    byte[] worse = {'x', (byte) 0xfe};
    byte[] last = ("\u00fc".repeat(TopCounts.LONGEST) + "a").getBytes(UTF_8);

    counts.add(bytes, 4, bytes.length - 5);
    counts.add("/\u00fcber");
    counts.add(bytes, 3, 3);
    counts.add("");
    counts.add(bad, 0, 2);
    counts.add(worse, 0, 2);
    counts.add(last, 0, last.length);
    counts.add("\u00fc".repeat(TopCounts.LONGEST) + "b");
    var whole = new TopCounts();
    whole.addAll(counts);

    assertThat(counted(whole))
        .isEqualTo(
            Map.of(
                "/\u00fcber", 2L, "", 2L, "x\ufffd", 2L, "\u00fc".repeat(TopCounts.LONGEST), 2L));
  }

  @Test
  void long_texts_need_no_more_memory_than_many_short_ones() {
    var counts = new TopCounts();
    for (int i = 0; i < 30_000; i++) {
      counts.add(i + "x".repeat(TopCounts.LONGEST));
    }

    assertThat(counts.error()).isPositive();
    assertThat(counts.top(Integer.MAX_VALUE).stream().mapToLong(one -> one.text().length()).sum())
        .isLessThan(1_100_000);
  }
}
