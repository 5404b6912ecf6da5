package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {
  @Test
  void a_scheme_chooses_the_kind_of_target() {
    assertThat(Targets.parse("sqlite:logs.db")).isInstanceOf(SqliteTarget.class);
    assertThat(Targets.parse("csv:logs.csv")).isInstanceOf(CsvTarget.class);
    assertThat(Targets.parse("ndjson:logs.ndjson")).isInstanceOf(NdjsonTarget.class);
  }

  @Test
  void a_target_knows_its_name_and_its_file() {
    var target = Targets.parse("sqlite:out/logs.db?table=web");

    assertThat(target.name()).isEqualTo("sqlite:out/logs.db");
    assertThat(target.file()).isEqualTo(Path.of("out/logs.db"));
    assertThat(Targets.parse("csv:-").file()).isNull();
    assertThat(Targets.parse("ndjson:-").file()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sqlit:x.db               | target 'sqlit:x.db' has the unknown scheme 'sqlit'; did you mean 'sqlite'?
          zebra:x                  | possible: sqlite:FILE[?table=NAME], postgresql://[USER@]HOST[:PORT]/DATABASE[?table=NAME], csv:FILE
          logs.db                  | target 'logs.db' has no scheme; did you mean sqlite:logs.db?
          out.jsonl                | did you mean ndjson:out.jsonl?
          out.CSV                  | did you mean csv:out.CSV?
          something                | target 'something' has no scheme; possible: sqlite:
          csv:                     | target 'csv:' names no file; use csv:FILE
          sqlite:?table=x          | names no file; use sqlite:FILE[?table=NAME]
          sqlite:a.db?tabel=x      | has the unknown parameter 'tabel'; did you mean 'table'?
          csv:a.csv?table=x        | has the unknown parameter 'table'; use csv:FILE
          csv:-?rotate=1GB         | standard output cannot be rotated
          csv:a.csv?rotate=much    | csv:a.csv: 'much' is not a size (expected 500MB, 1GB or 1GiB)
          csv:a.csv?rotate=0       | a file of 0 holds nothing
          postgresql:logs          | names no server; use postgresql://
          postgresql://host        | names no database
          postgresql://host:x/db   | has a port that is no number
          postgresql://host/%zz    | has a % that no two hexadecimal digits follow
          postgresql://h/d?table=sluice_x | names that begin with sluice_ are reserved
          postgresql://h/d?tabel=x | has the unknown parameter 'tabel'; did you mean 'table'?
          sqlite:a.db?table=       | parameter table has no value
          sqlite:a.db?table        | parameter table has no value
          sqlite:a.db?table=a&table=b | parameter table is given twice
          sqlite:-                 | cannot be written to standard output
          sqlite:a.db?table=sqlite_x | names that begin with sqlite_ or sluice_ are reserved
          sqlite:a.db?table=Sluice_meta | names that begin with sqlite_ or sluice_ are reserved
          """)
  void a_target_that_cannot_be_is_refused_with_what_is_possible(String spec, String message) {
    assertThatThrownBy(() -> Targets.parse(spec))
        .isInstanceOf(BadTargetException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://me:s3cret@host",
        "postgresql://me:s3cret@host/db?tabel=x",
        "postgresql://me:s3cret@host:x/db",
        "postgresql://me:a/s3cret@host/db?tabel=x",
        "postgresql://me:a?s3cret@host/db",
        "postgresql://me:s3cret@@host/",
        "postgresq://me:s3cret@host/db",
        "postgresql://host/db?password=s3cret",
        "postgresql://host/db?pass=s3cret&table=x"
      })
  void a_password_is_in_no_message(String spec) {
    assertThatThrownBy(() -> Targets.parse(spec))
        .isInstanceOf(BadTargetException.class)
        .message()
        .contains("***")
        .doesNotContain("s3cret");
  }

  @Test
  void a_password_is_in_no_name() {
    var target = Targets.parse("postgresql://me:s3cret@host/db?table=x");

    assertThat(target.name()).isEqualTo("postgresql://me:***@host/db");
    assertThat(target.key()).isEqualTo("postgresql://host:5432/db?table=x");
    assertThat(Targets.parse("postgresql://host:7777/db").name())
        .isEqualTo("postgresql://host:7777/db");
    assertThat(Targets.parse("postgresql://me@host:7777/d@b").name())
        .isEqualTo("postgresql://me@host:7777/d@b");
  }

  @Test
  void a_file_name_that_no_file_can_have_is_refused() {
    assertThatThrownBy(() -> Targets.parse("csv:a\0b"))
        .isInstanceOf(BadTargetException.class)
        .hasMessageContaining("names no possible file");
  }
}
