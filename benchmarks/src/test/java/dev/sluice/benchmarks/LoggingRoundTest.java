package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Log4j with each of its queues counts every event exactly once.
@Timeout(120)
class LoggingRoundTest {

  static Stream<Scenario.Entry> entries() {
    return Scenario.named("log4j").entries().stream();
  }

  @ParameterizedTest
  @MethodSource("entries")
  void every_event_is_counted_once(Scenario.Entry entry) {
    var scenario = Scenario.named("log4j");
    var round = scenario.round(entry.contestant(), entry.cell(), 20_000);

    assertThatCode(
            () -> {
              round.prepare();
              round.play(30);
              round.check();
            })
        .doesNotThrowAnyException();
  }
}
