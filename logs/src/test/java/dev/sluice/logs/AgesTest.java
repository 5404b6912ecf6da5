package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgesTest {
  private static Path file(Path dir, String name, long modified) throws IOException {
    var file = Files.createFile(dir.resolve(name));
    return Files.setLastModifiedTime(file, FileTime.fromMillis(modified));
  }

  @Test
  void the_oldest_is_first_and_what_is_gone_last(@TempDir Path dir) throws IOException {
    var young = file(dir, "young", 3_000);
    var old = file(dir, "old", 1_000);
    var middle = file(dir, "middle", 2_000);
    var gone = dir.resolve("gone");
    var all = List.of(young, gone, old, middle);

    assertThat(Ages.oldestFirst(all, Function.identity()))
        .containsExactly(old, middle, young, gone);
  }

  /// Found by a minute of rotations: "Comparison method violates its general contract!".
  @Test
  void files_that_are_renamed_while_they_are_sorted_fail_nothing(@TempDir Path dir)
      throws IOException {
    var some = new ArrayList<Path>();
    for (int i = 0; i < 10; i++) {
      some.add(file(dir, "file" + i, 1_000L * i));
    }
    var random = new Random(20_261_122);
    var numbers = new ArrayList<Integer>();
    for (int i = 0; i < 500; i++) {
      numbers.add(i);
    }

    assertThat(Ages.oldestFirst(numbers, number -> some.get(random.nextInt(some.size()))))
        .containsExactlyInAnyOrderElementsOf(numbers);
  }
}
