package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class LedgerTest {
  /// One run in a thousand, which began with a second, seemed to have ended before it began.
  @Test
  void times_sort_as_texts_also_at_a_whole_second() {
    var started = Instant.parse("2026-11-21T10:00:00Z");

    assertThat(Ledger.text(started)).isEqualTo("2026-11-21T10:00:00.000Z");
    assertThat(Ledger.text(started.plusNanos(12_345_678))).isEqualTo("2026-11-21T10:00:00.012Z");
  }
}
