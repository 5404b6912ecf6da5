package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSourceTest {
  private static final String TEXT = "one\n\ntwo is longer\nthree\nfour\n";

  @TempDir Path dir;

  @Test
  void a_reading_may_begin_in_the_middle_of_a_file() throws Exception {
    var file = Files.writeString(dir.resolve("app.log"), TEXT);

    assertThat(readFrom(file, 5, 3))
        .containsExactly("3:two is longer@5", "4:three@19", "5:four@25");
    assertThat(readFrom(file, 25, 5)).containsExactly("5:four@25");
    assertThat(readFrom(file, TEXT.length(), 6)).isEmpty();
  }

  @Test
  void in_a_compressed_file_the_place_is_the_one_after_decompression() throws Exception {
    var file = dir.resolve("app.log.gz");
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(TEXT.getBytes(UTF_8));
    }

    assertThat(readFrom(file, 19, 4)).containsExactly("4:three@19", "5:four@25");
  }

  @Test
  void a_file_that_is_shorter_than_where_the_reading_is_to_begin_has_an_error() throws Exception {
    var file = Files.writeString(dir.resolve("app.log"), TEXT);
    var source = source(file);
    source.resumeAt(new Position(1_000, 100, false), false);

    try (var cursor = Closing.of(source.open())) {
      assertThat(cursor.next()).isNull();
    }
    assertThat(source.accounts().getFirst().error())
        .contains("cannot be read any more up to byte 1,000");
  }

  private static List<String> readFrom(Path file, long offset, long line) throws Exception {
    var source = source(file);
    source.resumeAt(new Position(offset, line, false), false);
    var lines = new ArrayList<String>();
    try (var cursor = Closing.of(source.open())) {
      for (var work = cursor.next(); work != null; work = cursor.next()) {
        var block = work.block();
        for (int i = 0; i < block.count(); i++) {
          int from = block.starts()[i];
          lines.add(
              "%d:%s@%d"
                  .formatted(
                      block.firstLine() + i,
                      Bytes.text(block.bytes(), from, block.ends()[i]),
                      block.offset() + from));
        }
      }
    }
    return lines;
  }

  private static LogSource source(Path file) throws Exception {
    var source =
        new LogSource(
            new Inputs.Input("app.log", file, null), Blocks.of(1_024, true, 1), null, false);
    source.detect(Dialect.of(LogFormat.PLAIN), Lines.UTC);
    return source;
  }
}
