package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPositionsTest {
  private static final String TEXT = "{\"n\":1}\nbad\n\n{\"n\":4}\n\0\0{\"n\":5}\r\nbad\n{\"n\":7}";

  /// What there is in TEXT: `line` of a record, `-line` of a rejected one.
  private static final List<Long> UNITS = List.of(1L, -2L, 4L, 5L, -6L, 7L);

  private static List<ParsedBlock> blocks(Position from, int linesOfABlock) throws Exception {
    var bytes = TEXT.getBytes(UTF_8);
    int offset = (int) from.offset();
    var framer =
        new LineFramer(
            "a",
            new ByteArrayInputStream(bytes, offset, bytes.length - offset),
            linesOfABlock,
            LineFramer.BLOCK_BYTES);
    framer.format(LogFormat.JSON);
    framer.startAt(from, false);
    var parser = new BlockParser(Lines.UTC, _ -> true);
    var blocks = new ArrayList<ParsedBlock>();
    for (var block = framer.next(); block != null; block = framer.next()) {
      blocks.add(parser.parse(block));
    }
    return blocks;
  }

  private static List<Long> units(List<ParsedBlock> blocks) {
    var units = new ArrayList<Long>();
    for (var block : blocks) {
      block.records().forEach(logRecord -> units.add(logRecord.line()));
      block.rejected().forEach(rejected -> units.add(-rejected.line()));
    }
    return units;
  }

  /// The ends of all blocks of one line: all places where a run may have ended.
  private static List<Position> ends() throws Exception {
    var ends = new ArrayList<>(List.of(Position.START));
    for (var block : blocks(Position.START, 1)) {
      ends.add(ends.getLast().after(block));
    }
    return ends;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void wherever_reading_begins_a_target_gets_exactly_what_it_lacks(int linesOfABlock)
      throws Exception {
    for (var has : ends()) {
      for (var begun : ends()) {
        if (begun.compareTo(has) > 0) {
          continue;
        }
        var positions = new TargetPositions(Map.of("a", has), Map.of("a", begun));

        var batch = positions.next(blocks(begun, linesOfABlock));

        assertThat(units(batch.blocks()))
            .as("has %s, begun %s", has, begun)
            .containsExactlyInAnyOrderElementsOf(
                UNITS.stream().filter(unit -> Math.abs(unit) >= has.line()).toList());
        assertThat(batch.positions())
            .isEqualTo(has.equals(ends().getLast()) ? Map.of() : Map.of("a", ends().getLast()));
      }
    }
  }

  @Test
  void the_end_is_where_all_bytes_and_lines_lie_behind() throws Exception {
    assertThat(ends().getLast()).isEqualTo(new Position(TEXT.getBytes(UTF_8).length, 8, false));
  }
}
