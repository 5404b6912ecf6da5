package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Lines of an end that another module provides: what it is told of them, and when.
class EndSourceTest {
  private final TestInlet inlet = new TestInlet();

  private record Text(String text) implements LogEnd.Line {
    @Override
    public byte[] bytes() {
      return text.getBytes(UTF_8);
    }
  }

  /// Gives ten lines, as many at a time as somebody has room for.
  private static final class TestInlet implements LogEnd.Inlet {
    private final List<String> done = new ArrayList<>();
    private final List<String> undone = new ArrayList<>();
    private boolean atOnce;
    private int together = Integer.MAX_VALUE;
    private int given;

    @Override
    public boolean settlesAtOnce() {
      return atOnce;
    }

    @Override
    public int mostTogether() {
      return together;
    }

    @Override
    public List<LogEnd.Line> receive(int most, Duration patience) {
      var lines = new ArrayList<LogEnd.Line>();
      while (lines.size() < most && given < 10) {
        lines.add(new Text("{\"n\":%d}".formatted(given++)));
      }
      return lines;
    }

    @Override
    public int done(Collection<LogEnd.Line> lines) {
      lines.forEach(line -> done.add(((Text) line).text()));
      return 0;
    }

    @Override
    public void undone(Collection<LogEnd.Line> lines) {
      lines.forEach(line -> undone.add(((Text) line).text()));
    }

    @Override
    public void close() {
      // what is open is given back
    }
  }

  private EndSource open() throws Exception {
    var end =
        new LogEnd() {
          @Override
          public String scheme() {
            return "end";
          }

          @Override
          public String usage() {
            return "end:";
          }

          @Override
          public String place(String rest) {
            return "end:" + rest;
          }

          @Override
          public Outlet outlet(String rest) {
            throw new UnsupportedOperationException();
          }

          @Override
          public TestInlet inlet(String rest, boolean endless) {
            return inlet;
          }
        };
    return EndSource.open(
        end, "x", false, null, null, new Assumptions(ZoneOffset.UTC, Instant.EPOCH), _ -> {});
  }

  @ParameterizedTest
  @EnumSource(Outcome.class)
  void what_was_dealt_with_is_done_whatever_came_of_it(Outcome outcome) throws Exception {
    try (var source = open()) {
      var reading = source.open();
      reading.settled(Objects.requireNonNull(reading.next()), outcome);
      assertThat(reading.next()).isNull();
    }

    assertThat(inlet.done).hasSize(outcome == Outcome.ABANDONED ? 0 : 10);
    assertThat(inlet.undone).hasSize(outcome == Outcome.ABANDONED ? 10 : 0);
  }

  @Test
  void an_end_that_can_is_told_at_once() throws Exception {
    inlet.atOnce = true;
    try (var source = open()) {
      var reading = source.open();
      reading.settled(Objects.requireNonNull(reading.next()), Outcome.OUT);

      assertThat(inlet.done).hasSize(10);
    }
  }

  @Test
  void lines_that_others_wait_for_are_settled_one_by_one() throws Exception {
    inlet.atOnce = true;
    inlet.together = 1;
    try (var source = open()) {
      var reading = source.open();
      var first = Objects.requireNonNull(reading.next());
      var second = Objects.requireNonNull(reading.next());

      reading.settled(second, Outcome.OUT);
      assertThat(inlet.done).containsExactly("{\"n\":1}");
      reading.settled(first, Outcome.OUT);
      assertThat(inlet.done).containsExactly("{\"n\":1}", "{\"n\":0}");
    }
  }
}
