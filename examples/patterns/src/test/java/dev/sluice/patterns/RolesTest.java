package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.patterns.Roles.Made;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RolesTest {
  static Stream<Thread.Builder> threads() {
    return Stream.of(Thread.ofVirtual(), Thread.ofPlatform());
  }

  @ParameterizedTest
  @MethodSource("threads")
  void every_item_arrives_once_and_says_who_made_it(Thread.Builder threads) throws Exception {
    var got = Roles.run(3, 2, 4, threads);

    assertThat(got.values().stream().flatMap(List::stream))
        .hasSize(12)
        .doesNotHaveDuplicates()
        .filteredOn(item -> item.producer().equals("producer 2"))
        .containsExactlyInAnyOrder(made(0), made(1), made(2), made(3));
  }

  private static Made made(int number) {
    return new Made("producer 2", number);
  }

  @Test
  void usually_nobody_can_tell_behind_the_queue_who_made_what() throws Exception {
    var queue = new LinkedBlockingQueue<Integer>();
    for (int producer = 1; producer <= 3; producer++) {
      for (int i = 0; i < 4; i++) {
        queue.put(i);
      }
    }

    assertThat(queue).hasSize(12);
    assertThat(queue.stream().distinct()).hasSize(4);
  }
}
