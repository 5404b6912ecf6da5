package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotatedNamesTest {
  private static final Path LOG = Path.of("/var/log/app.log");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.log.1",
        "app.log.12.gz",
        "app.log-20261121",
        "app.log-20261121.zst",
        "app.log.2026-11-21_13",
        "app.log.2026-11-21T13:00:00.xz",
        "app-2026-11-21.log",
        "app.1.log",
        "app-2026-11-21.3.log.gz",
        "app.log.old",
        "app.log.bak",
        "app.log.gz"
      })
  void rotation_gives_such_names(String name) {
    assertThat(RotatedNames.isOf(Path.of("/elsewhere", name), LOG)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.log",
        "app.log.lock",
        "app.log.swp",
        "app.log.json",
        "app-error.log",
        "app2x.log",
        "application.log",
        "other.log.1",
        "app.lo",
        ".app.log.1"
      })
  void other_files_are_none_of_its_business(String name) {
    assertThat(RotatedNames.isOf(Path.of("/var/log", name), LOG)).isFalse();
  }
}
