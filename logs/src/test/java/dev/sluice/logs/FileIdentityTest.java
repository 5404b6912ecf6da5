package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileIdentityTest {
  @TempDir Path dir;

  @Test
  void a_file_stays_itself_when_it_grows_and_gets_another_name() throws Exception {
    var file = Files.writeString(dir.resolve("a"), "the beginning");
    var before = FileIdentity.of(file);
    Files.writeString(file, "x".repeat(5_000), StandardOpenOption.APPEND);
    var moved = Files.move(file, dir.resolve("b"));

    assertThat(is(before, moved)).isTrue();
    assertThat(before.length()).isEqualTo(13);
    assertThat(FileIdentity.of(moved).length()).isEqualTo(FileIdentity.HEAD);
  }

  @Test
  void a_copy_begins_as_it_does_and_is_another() throws Exception {
    var file = Files.writeString(dir.resolve("a"), "the beginning");
    var copy = Files.copy(file, dir.resolve("b"));
    var identity = FileIdentity.of(file);

    assertThat(is(identity, copy)).isFalse();
    assertThat(identity.begins(Files.readAllBytes(copy))).isTrue();
  }

  @Test
  void a_file_that_was_written_anew_is_another() throws Exception {
    var file = Files.writeString(dir.resolve("a"), "the beginning");
    var identity = FileIdentity.of(file);
    Files.writeString(file, "another beginning");

    assertThat(is(identity, file)).isFalse();
  }

  @Test
  void an_empty_file_is_nobody() throws Exception {
    var file = Files.createFile(dir.resolve("a"));

    assertThat(is(FileIdentity.of(file), file)).isFalse();
  }

  private static boolean is(FileIdentity identity, Path file) throws IOException {
    return identity.is(FileIdentity.Place.of(file), Files.readAllBytes(file));
  }
}
