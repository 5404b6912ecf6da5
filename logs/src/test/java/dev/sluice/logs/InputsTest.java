package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputsTest {
  @TempDir Path dir;

  @BeforeEach
  void make_files() throws IOException {
    Files.createDirectories(dir.resolve("sub/.git"));
    for (var name :
        List.of("b.log", "a.log", "c.txt", ".hidden", "sub/d.log", "sub/.git/e.log", "[x].log")) {
      Files.writeString(dir.resolve(name), "x");
    }
    Files.createSymbolicLink(dir.resolve("link.log"), dir.resolve("a.log"));
    Files.createSymbolicLink(dir.resolve("sub/loop"), dir);
  }

  @Test
  void arguments_keep_their_order() {
    assertThat(names(dir + "/c.txt", "-", dir + "/a.log"))
        .containsExactly(dir + "/c.txt", "-", dir + "/a.log");
  }

  @Test
  void a_directory_is_all_files_below_it_that_are_not_hidden() {
    assertThat(names(dir.toString()))
        .containsExactly(
            dir + "/[x].log",
            dir + "/a.log",
            dir + "/b.log",
            dir + "/c.txt",
            dir + "/link.log",
            dir + "/sub/d.log");
  }

  @Test
  void a_hidden_directory_may_be_named() {
    assertThat(names(dir + "/sub/.git")).containsExactly(dir + "/sub/.git/e.log");
  }

  @Test
  void a_glob_is_the_files_that_match_sorted() {
    assertThat(names(dir + "/?.log")).containsExactly(dir + "/a.log", dir + "/b.log");
    assertThat(names(dir + "/**/*.log"))
        .containsExactly(dir + "/sub/.git/e.log", dir + "/sub/d.log");
    assertThat(names(dir + "/{a,c}.*")).containsExactly(dir + "/a.log", dir + "/c.txt");
  }

  @Test
  void a_file_that_exists_is_meant_itself_though_it_looks_like_a_glob() {
    assertThat(names(dir + "/[x].log")).containsExactly(dir + "/[x].log");
  }

  @Test
  void what_is_not_there_is_told() {
    var found = Inputs.find(List.of(dir + "/gone.log", dir + "/no*.log"), _ -> false);

    assertThat(found)
        .extracting(Inputs.Input::error)
        .containsExactly("no such file", "no file matches this pattern");
  }

  @Test
  void what_is_excluded_is_left_out_of_a_directory() {
    var found = Inputs.find(List.of(dir + "/*.log"), file -> file.endsWith("a.log"));

    assertThat(found).extracting(Inputs.Input::name).doesNotContain(dir + "/a.log").hasSize(3);
  }

  @Test
  void a_glob_that_is_none_is_wrong_usage() {
    assertThatThrownBy(() -> names(dir + "/[a.log"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is not a pattern");
    assertThatThrownBy(() -> names("")).isInstanceOf(UsageException.class);
  }

  private static List<String> names(String... arguments) {
    return Inputs.find(List.of(arguments), _ -> false).stream().map(Inputs.Input::name).toList();
  }
}
