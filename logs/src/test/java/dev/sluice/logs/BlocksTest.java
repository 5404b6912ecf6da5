package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlocksTest {
  @ParameterizedTest
  @CsvSource({
    "16384, true,  2, 1024, false",
    "16384, false, 2, 2048, true",
    "16384, false, 8, 2048, true",
    "16384, false, 9, 1024, true",
    "2047,  false, 2, 2047, false",
    "100,   true,  2, 100,  false",
    "100,   false, 9, 100,  false"
  })
  void blocks_are_large_and_uncut_where_nobody_keeps_their_records(
      int room, boolean kept, int parsers, int lines, boolean uncut) {
    assertThat(Blocks.of(room, kept, parsers)).isEqualTo(new Blocks(lines, uncut));
  }
}
