package dev.sluice.logs;

import static dev.sluice.logs.TargetFixtures.access;
import static dev.sluice.logs.TargetFixtures.blocks;
import static dev.sluice.logs.TargetFixtures.json;
import static dev.sluice.logs.TargetFixtures.logRecord;
import static dev.sluice.logs.TargetFixtures.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTargetTest {
  @TempDir private Path dir;
  private Path file = Path.of("");

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("logs.db");
  }

  @Test
  void records_become_rows_with_typed_columns() throws Exception {
    write(
        List.of(LogFormat.COMBINED),
        access("a.log", 1, "/x", 200, 512L),
        access("a.log", 2, "/y", 404, null));

    assertThat(rows("SELECT source, line, time, path, status, bytes, ident FROM logs"))
        .containsExactly(
            "a.log|1|2026-11-21T10:00:01Z|/x|200|512|null",
            "a.log|2|2026-11-21T10:00:02Z|/y|404|null|null");
    assertThat(rows("SELECT name || ' ' || type FROM pragma_table_info('logs')"))
        .containsExactly(
            "source TEXT",
            "line INTEGER",
            "time TEXT",
            "host TEXT",
            "ident TEXT",
            "user TEXT",
            "method TEXT",
            "path TEXT",
            "protocol TEXT",
            "status INTEGER",
            "bytes INTEGER",
            "referer TEXT",
            "agent TEXT",
            "request TEXT");
  }

  @Test
  void many_rows_keep_their_order_and_number() throws Exception {
    try (var target = target(null)) {
      target.open(List.of(LogFormat.JSON));
      target.write(numbered(0, 1_234));
      target.write(numbered(1_234, 77));
    }

    assertThat(rows("SELECT count(*), min(n), max(n), sum(n = rowid - 1), typeof(n) FROM logs"))
        .containsExactly("1311|0|1310|1311|integer");
  }

  @Test
  void a_table_is_there_even_if_no_record_comes() throws Exception {
    write(List.of(LogFormat.COMBINED));

    assertThat(rows("SELECT count(status) FROM logs")).containsExactly("0");
  }

  @Test
  void several_formats_get_a_table_each() throws Exception {
    write(
        List.of(LogFormat.COMBINED, LogFormat.JSON),
        access("a.log", 1, "/", 200, 1L),
        json(1, "k", "v"));

    assertThat(tables()).containsExactly("logs_combined", "logs_json");
  }

  @Test
  void several_inputs_of_one_format_share_the_plain_table() throws Exception {
    write(List.of(LogFormat.JSON, LogFormat.JSON), json(1, "k", "v"));

    assertThat(tables()).containsExactly("logs");
  }

  @Test
  void a_format_first_seen_later_gets_a_table_named_after_it() throws Exception {
    write(List.of(LogFormat.COMBINED), access("a.log", 1, "/", 200, 1L), json(1, "k", "v"));

    assertThat(tables()).containsExactly("logs", "logs_json");
  }

  @Test
  void a_table_of_the_users_choice_follows_the_same_rule() throws Exception {
    write(
        "my \"web\" table",
        List.of(LogFormat.JSON),
        json(1, "k", "v"),
        access("a.log", 1, "/", 200, 1L));

    assertThat(tables()).containsExactly("my \"web\" table", "my \"web\" table_combined");
  }

  @Test
  void writing_again_appends_and_adds_new_columns() throws Exception {
    write(List.of(LogFormat.JSON), json(1, "a", 1L));
    write(List.of(LogFormat.JSON), json(2, "b", 2L), json(3, "a", 3L));

    assertThat(rows("SELECT line, a, b FROM logs"))
        .containsExactly("1|1|null", "2|null|2", "3|3|null");
  }

  @Test
  void a_table_keeps_its_format() throws Exception {
    write(List.of(LogFormat.JSON), json(1, "a", 1L));

    assertThatThrownBy(() -> write(List.of(LogFormat.COMBINED)))
        .isInstanceOf(BadTargetException.class)
        .hasMessageContaining("table logs holds json records and cannot take combined ones")
        .hasMessageContaining("?table=NAME");
    assertThatThrownBy(() -> write("LOGS", List.of(LogFormat.PLAIN)))
        .hasMessageContaining("table LOGS holds json records and cannot take plain ones");
    assertThat(rows("SELECT count(*) FROM logs")).containsExactly("1");
  }

  @Test
  void a_dropped_table_may_come_again_with_another_format() throws Exception {
    write(List.of(LogFormat.JSON), json(1, "line", 1L));
    run("DROP TABLE logs");

    write(List.of(LogFormat.LOGFMT), logRecord(LogFormat.LOGFMT, "a.log", 1, "line_", "new"));

    assertThat(rows("SELECT line_ FROM logs")).containsExactly("new");
    assertThat(rows("SELECT format FROM sluice_meta")).containsExactly("logfmt");
  }

  @Test
  void a_table_made_by_someone_else_is_used_if_it_has_the_first_columns() throws Exception {
    run(
        "CREATE TABLE logs(id INTEGER PRIMARY KEY, Source TEXT, line, time, path TEXT, twice AS (line * 2))");

    write(List.of(LogFormat.COMBINED), access("a.log", 7, "/x", 200, 1L));

    assertThat(rows("SELECT id, source, line, path, twice, status FROM logs"))
        .containsExactly("1|a.log|7|/x|14|200");
  }

  @Test
  void a_table_made_by_someone_else_without_these_is_refused() throws Exception {
    run("CREATE TABLE logs(line, message)");

    assertThatThrownBy(() -> write(List.of(LogFormat.COMBINED)))
        .isInstanceOf(BadTargetException.class)
        .hasMessageContaining(
            "table logs was not made by sluice and lacks the columns it needs (source, time)");
    assertThat(tables()).containsExactly("logs");
  }

  @Test
  void a_view_is_refused() throws Exception {
    run("CREATE VIEW logs AS SELECT 1 AS source, 2 AS line, 3 AS time");

    assertThatThrownBy(() -> write(List.of(LogFormat.COMBINED)))
        .hasMessageContaining("logs is a view");
  }

  @Test
  void a_constraint_of_someone_elses_table_is_explained() throws Exception {
    run("CREATE TABLE logs(source, line, time, must NOT NULL)");

    assertThatThrownBy(() -> write(List.of(LogFormat.JSON), json(1, "a", 1L)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("NOT NULL constraint failed: logs.must")
        .hasMessageContaining("?table=");
  }

  @Test
  void a_table_of_a_newer_version_is_refused() throws Exception {
    write(List.of(LogFormat.JSON));
    run("UPDATE sluice_meta SET version = 99");

    assertThatThrownBy(() -> write(List.of(LogFormat.JSON)))
        .hasMessageContaining("was made by a newer sluice");
  }

  @Test
  void values_are_kept_exactly_whatever_came_first_in_their_column() throws Exception {
    write(
        List.of(LogFormat.JSON),
        json(1, "v", 7L),
        json(2, "v", "007"),
        json(3, "v", 1.5),
        json(4, "v", true),
        json(5, "v", new Json("{\"a\":[1]}")),
        json(6, "v", null),
        json(7, "v", "1e3"),
        json(8, "v", Double.NaN),
        json(9, "v", Long.MIN_VALUE));

    assertThat(rows("SELECT typeof(v), v FROM logs ORDER BY line"))
        .containsExactly(
            "integer|7",
            "text|007",
            "real|1.5",
            "integer|1",
            "text|{\"a\":[1]}",
            "null|null",
            "text|1e3",
            "text|NaN",
            "integer|-9223372036854775808");
  }

  @Test
  void a_text_with_a_nul_character_is_kept_whole() throws Exception {
    write(List.of(LogFormat.JSON), json(1, "v", "before\0after"));

    assertThat(rows("SELECT v, hex(v) FROM logs"))
        .containsExactly("before\0after|6265666F7265006166746572");
  }

  @Test
  void half_a_surrogate_pair_does_no_harm() throws Exception {
    write(List.of(LogFormat.JSON), json(1, "\ud800", "\ud800"), json(2, "?", "x"));

    assertThat(rows("SELECT \"?\", \"?_\" FROM logs")).containsExactly("?|null", "null|x");
  }

  @Test
  void keys_may_be_any_text() throws Exception {
    write(
        List.of(LogFormat.JSON),
        json(
            1,
            "a \"b\"",
            1L,
            "",
            2L,
            "x'); DROP TABLE logs; --",
            3L,
            "n\0l",
            4L,
            "select",
            5L,
            "[x]",
            6L,
            "日本",
            7L));

    assertThat(
            rows(
                "SELECT \"a \"\"b\"\"\", \"_\", \"x'); DROP TABLE logs; --\", \"n_l\", \"select\", \"[x]\", 日本 FROM logs"))
        .containsExactly("1|2|3|4|5|6|7");
  }

  @Test
  void keys_that_collide_get_underscores_until_they_are_free() throws Exception {
    write(
        List.of(LogFormat.JSON),
        json(
            1, "source", 1L, "Line", 2L, "time_", 3L, "time", 4L, "EXTRA", 5L, "id", 6L, "ID", 7L,
            "Id", 8L));

    assertThat(rows("SELECT source_, Line_, time_, time__, EXTRA_, id, ID_, Id__ FROM logs"))
        .containsExactly("1|2|3|4|5|6|7|8");
  }

  @Test
  void a_renamed_key_finds_its_column_again_in_the_next_run() throws Exception {
    write(List.of(LogFormat.JSON), json(1, "id", 1L, "ID", 2L));
    write(List.of(LogFormat.JSON), json(2, "ID_", 3L, "ID", 4L, "id", 5L));

    assertThat(rows("SELECT id, ID_, ID__ FROM logs")).containsExactly("1|2|null", "5|4|3");
  }

  @Test
  void keys_beyond_the_most_columns_go_to_extra() throws Exception {
    var many = new ArrayList<@Nullable Object>();
    for (int i = 0; i < 300; i++) {
      many.add("k" + i);
      many.add((long) i);
    }
    write(
        List.of(LogFormat.JSON),
        json(1, "k0", "x"),
        json(2, many.toArray()),
        json(3, "k299", new Json("[1]")));

    assertThat(rows("SELECT count(*) FROM pragma_table_info('logs')")).containsExactly("200");
    assertThat(
            rows(
                "SELECT k195, extra ->> 'k196', extra ->> 'k299', json_array_length(extra, '$.k299') FROM logs"))
        .containsExactly("null|null|null|null", "195|196|299|0", "null|null|[1]|1");
  }

  @Test
  void a_key_too_long_for_a_name_goes_to_extra() throws Exception {
    var key = "k".repeat(5_000);
    write(List.of(LogFormat.JSON), json(1, key, "v"));
    write(List.of(LogFormat.JSON), json(2, key, "w"));

    assertThat(rows("SELECT extra FROM logs"))
        .containsExactly("{\"" + key + "\":\"v\"}", "{\"" + key + "\":\"w\"}");
  }

  @Test
  void a_write_that_fails_leaves_nothing_and_the_next_one_works() throws Exception {
    var config = SqliteTarget.config();
    config.setMaxPageCount(40);
    try (var target = new SqliteTarget("sqlite:logs.db", file, null, config)) {
      target.open(List.of(LogFormat.JSON));
      target.write(blocks(json(1, "a", "small")));

      assertThatThrownBy(
              () -> target.write(blocks(json(2, "b", "x"), json(3, "a", "x".repeat(200_000)))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot write sqlite:logs.db: the disk is full")
          .hasMessageContaining("what was written before is intact");
      assertThat(rows("SELECT name FROM pragma_table_info('logs') WHERE name IN ('a', 'b')"))
          .containsExactly("a");

      target.write(blocks(json(4, "b", "small")));
    }

    assertThat(rows("SELECT line, b FROM logs")).containsExactly("1|null", "4|small");
  }

  @Test
  void others_read_while_it_writes() throws Exception {
    try (var target = target(null);
        var reader = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      target.open(List.of(LogFormat.JSON));
      target.write(numbered(0, 10));
      reader.setAutoCommit(false);
      assertThat(rows(reader, "SELECT count(*) FROM logs")).containsExactly("10");

      target.write(numbered(10, 10)); // while the reader is in its transaction
      assertThat(rows(reader, "SELECT count(*) FROM logs")).containsExactly("10");

      reader.commit();
      assertThat(rows(reader, "SELECT count(*) FROM logs")).containsExactly("20");
    }
  }

  @Test
  void nothing_but_the_file_remains_after_close() throws Exception {
    write(List.of(LogFormat.JSON), json(1, "a", 1L));

    try (var files = Files.list(dir)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(rows("PRAGMA journal_mode")).containsExactly("delete");
  }

  @Test
  void a_database_found_in_wal_mode_stays_in_it() throws Exception {
    rows("PRAGMA journal_mode = WAL");

    write(List.of(LogFormat.JSON), json(1, "a", 1L));

    assertThat(rows("PRAGMA journal_mode")).containsExactly("wal");
  }

  @Test
  void a_reader_that_stays_does_not_hinder_close() throws Exception {
    try (var reader = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      var target = target(null);
      target.open(List.of(LogFormat.JSON));
      target.write(numbered(0, 10));
      reader.setAutoCommit(false);
      assertThat(rows(reader, "SELECT count(*) FROM logs")).containsExactly("10");

      target.close();
      target.close();

      assertThat(rows(reader, "SELECT count(*) FROM logs")).containsExactly("10");
    }
  }

  @Test
  void a_file_that_is_no_database_is_left_alone() throws Exception {
    Files.writeString(
        file, "a shopping list, and long enough to have a header of its own".repeat(100));
    var before = Files.readAllBytes(file);

    assertThatThrownBy(() -> write(List.of(LogFormat.JSON)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("logs.db is not a SQLite database; choose another file");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void a_missing_directory_is_named() {
    var target = new SqliteTarget("sqlite:x", dir.resolve("no/such/logs.db"), null);

    assertThatThrownBy(() -> target.open(List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no directory " + dir.resolve("no/such"));
    assertThat(dir.resolve("no")).doesNotExist();
  }

  @Test
  void a_directory_is_no_file() {
    assertThatThrownBy(() -> new SqliteTarget("sqlite:x", dir, null).open(List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(dir + " is a directory");
  }

  @Test
  void a_tilde_that_no_shell_replaced_is_explained() {
    assertThatThrownBy(() -> Targets.parse("sqlite:~/x/logs.db").open(List.of()))
        .hasMessageContaining("write $HOME");
  }

  @Test
  void a_read_only_database_is_named() throws Exception {
    run("CREATE TABLE t(a)");
    var config = SqliteTarget.config();
    config.setReadOnly(true);

    assertThatThrownBy(
            () -> new SqliteTarget("sqlite:x", file, null, config).open(List.of(LogFormat.JSON)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("logs.db is read-only; make the file and its directory writable");
  }

  @Test
  void a_file_without_write_permission_is_named() throws Exception {
    run("CREATE TABLE t(a)");
    assertThat(file.toFile().setWritable(false)).isTrue();
    assumeThat(Files.isWritable(file)).as("running as root").isFalse();

    assertThatThrownBy(() -> write(List.of(LogFormat.JSON))).hasMessageContaining("is read-only");
  }

  @Test
  void another_writer_is_waited_for_and_then_reported() throws Exception {
    run("CREATE TABLE t(a)");
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      run(other, "BEGIN IMMEDIATE");
      var config = SqliteTarget.config();
      config.setBusyTimeout(100);
      var target = new SqliteTarget("sqlite:x", file, null, config);

      assertThatThrownBy(() -> target.open(List.of(LogFormat.JSON)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "another program is writing " + file + " and did not finish within 0.1 s");
      target.close();
    }
  }

  @Test
  void writing_without_open_is_a_mistake_of_the_caller() {
    assertThatThrownBy(() -> target(null).write(List.of()))
        .isInstanceOf(IllegalStateException.class);
  }

  private SqliteTarget target(@Nullable String table) {
    return new SqliteTarget("sqlite:logs.db", file, table);
  }

  private void write(List<LogFormat> formats, LogRecord... records) throws IOException {
    write(null, formats, records);
  }

  private void write(@Nullable String table, List<LogFormat> formats, LogRecord... records)
      throws IOException {
    try (var target = target(table)) {
      target.open(formats);
      target.write(blocks(records));
    }
  }

  private List<String> tables() throws SQLException {
    return rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sluice%' AND name NOT LIKE 'sqlite%'"
            + " ORDER BY name");
  }

  private List<String> rows(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      return rows(connection, sql);
    }
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var found = statement.executeQuery(sql)) {
      var rows = new ArrayList<String>();
      while (found.next()) {
        var cells = new ArrayList<String>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          cells.add(String.valueOf(found.getObject(i)));
        }
        rows.add(String.join("|", cells));
      }
      return rows;
    }
  }

  private void run(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      run(connection, sql);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
