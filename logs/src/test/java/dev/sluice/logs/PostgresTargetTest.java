package dev.sluice.logs;

import static dev.sluice.logs.Runs.json;
import static dev.sluice.logs.TargetFixtures.access;
import static dev.sluice.logs.TargetFixtures.blocks;
import static dev.sluice.logs.TargetFixtures.logRecord;
import static dev.sluice.logs.TargetFixtures.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.fixtures.AnswerLosingProxy;
import dev.sluice.fixtures.TestPostgres;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PostgresTargetTest {
  @TempDir private static Path data;
  private static @Nullable TestPostgres server;

  @TempDir private Path dir;

  @BeforeAll
  static void startServer() throws Exception {
    server = TestPostgres.start(data);
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void emptyDatabase() throws Exception {
    run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
  }

  private static TestPostgres server() {
    return Objects.requireNonNull(server);
  }

  private static void run(String... statements) throws SQLException {
    try (var connection = DriverManager.getConnection(server().jdbc());
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> rows(String query) throws SQLException {
    return Runs.rows(server().jdbc(), query);
  }

  private static PostgresTarget target(String table, Duration patience) {
    return new PostgresTarget(
        "postgresql://test",
        new PostgresAddress("127.0.0.1", server().port(), "postgres", "postgres", null),
        table.isEmpty() ? Map.of() : Map.of("table", table),
        new PostgresPassword(Map.of(), Path.of("/nowhere")),
        patience);
  }

  private static void write(List<LogFormat> formats, LogRecord... records) throws IOException {
    write("", formats, records);
  }

  private static void write(String table, List<LogFormat> formats, LogRecord... records)
      throws IOException {
    try (var target = target(table, Duration.ofSeconds(5))) {
      target.open(formats);
      target.write(blocks(records));
    }
  }

  private static LogRecord record(long line, @Nullable Object... keysAndValues) {
    return TargetFixtures.json(line, keysAndValues);
  }

  private static List<String> types() throws SQLException {
    return rows(
        "SELECT attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute"
            + " WHERE attrelid = 'logs'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
  }

  // Tables and values

  @Test
  void a_fixed_format_has_its_typed_columns() throws Exception {
    write(
        List.of(LogFormat.COMBINED),
        access("a.log", 1, "/x", 200, 5L),
        access("a.log", 2, "/y", 404, null));

    assertThat(types())
        .containsExactly(
            "source text",
            "line bigint",
            "time timestamp with time zone",
            "host text",
            "ident text",
            "user text",
            "method text",
            "path text",
            "protocol text",
            "status bigint",
            "bytes bigint",
            "referer text",
            "agent text",
            "request text");
    assertThat(rows("SELECT source, line, time AT TIME ZONE 'UTC', path, status, bytes FROM logs"))
        .containsExactly(
            "a.log|1|2026-11-21 10:00:01|/x|200|5", "a.log|2|2026-11-21 10:00:02|/y|404|null");
  }

  @Test
  void keys_become_columns_of_the_type_of_their_first_value() throws Exception {
    write(
        List.of(LogFormat.JSON),
        record(1, "t", "x", "n", 7L, "d", 1.5, "b", true, "j", new Json("{\"a\": [1]}"), "z", null),
        record(2, "z", 3L, "time", "later"));

    assertThat(types().subList(3, 10))
        .containsExactly(
            "t text",
            "n bigint",
            "d double precision",
            "b boolean",
            "j json",
            "z bigint",
            "time_ text");
    assertThat(rows("SELECT t, n, d, b, j, z FROM logs ORDER BY line"))
        .containsExactly("x|7|1.5|t|{\"a\": [1]}|null", "null|null|null|null|null|3");
    assertThat(rows("SELECT column_name, key FROM sluice_columns")).containsExactly("time_|time");
  }

  @Test
  void a_value_that_does_not_fit_widens_its_column_and_loses_nothing() throws Exception {
    write(
        List.of(LogFormat.JSON),
        record(1, "a", 9_007_199_254_740_993L, "b", 0.1, "c", true),
        record(2, "a", 0.30000000000000004, "b", 5L, "c", "no"),
        record(3, "a", Double.NaN, "b", "text", "c", new Json("[1]")));

    assertThat(types().subList(3, 6)).containsExactly("a numeric", "b text", "c text");
    assertThat(rows("SELECT a, b, c FROM logs ORDER BY line"))
        .containsExactly("9007199254740993|0.1|true", "0.30000000000000004|5|no", "NaN|text|[1]");

    write(List.of(LogFormat.JSON), record(4, "a", "x", "b", true));

    assertThat(rows("SELECT a FROM logs WHERE line = 1")).containsExactly("9007199254740993");
    assertThat(rows("SELECT a, b FROM logs WHERE line = 4")).containsExactly("x|true");
  }

  @Test
  void texts_arrive_exactly() throws Exception {
    var text = "tab\t line\n return\r back\\slash \\N \\. quote\" é 日 😀 \u0001\u007f";
    write(List.of(LogFormat.JSON), record(1, "k", text), record(2, "k", "\\N"), record(3, "k", ""));

    assertThat(rows("SELECT k FROM logs ORDER BY line")).containsExactly(text, "\\N", "");

    write(List.of(LogFormat.JSON), record(4, "k", "a\0b\ud800c"));

    assertThat(rows("SELECT k FROM logs WHERE line = 4")).containsExactly("a\uFFFDb?c");
  }

  @Test
  void names_that_could_be_statements_are_only_names() throws Exception {
    write(
        "lo\"gs; DROP TABLE x; --",
        List.of(LogFormat.JSON),
        record(1, "a\"b", 1L, "'; --", 2L, "xmin", 3L, "x".repeat(64), 4L, "", 5L));

    assertThat(
            rows(
                "SELECT \"a\"\"b\", \"'; --\", xmin_, extra, \"_\" FROM \"lo\"\"gs; DROP TABLE x; --\""))
        .containsExactly("1|2|3|{\"" + "x".repeat(64) + "\":4}|5");
  }

  @Test
  void times_at_the_edges_are_kept() throws Exception {
    var shape = new Shape(LogFormat.JSON, List.of());
    write(
        List.of(LogFormat.JSON),
        new LogRecord("a", 1, "0000-02-29T10:00:00Z", shape, new Object[0]),
        new LogRecord("a", 2, "9999-12-31T23:59:59.123456789Z", shape, new Object[0]),
        new LogRecord("a", 3, null, shape, new Object[0]),
        new LogRecord("a", 4, "1969-12-31T23:59:59.5Z", shape, new Object[0]),
        new LogRecord("a", 5, "1999-12-31T23:59:59.9999996Z", shape, new Object[0]));

    assertThat(rows("SELECT time AT TIME ZONE 'UTC' FROM logs ORDER BY line"))
        .containsExactly(
            "0001-02-29 10:00:00 BC",
            "9999-12-31 23:59:59.123457",
            "null",
            "1969-12-31 23:59:59.5",
            "2000-01-01 00:00:00");
  }

  /// Rows go in binary, as long as the types of all columns are known, and else as text.
  @Test
  void what_is_written_does_not_depend_on_how_the_server_gets_it() throws Exception {
    run(
        "CREATE TABLE binary_(source text, line bigint, time timestamptz)",
        "CREATE TABLE text_(source text, line numeric, time timestamptz)");
    var records =
        new LogRecord[] {
          record(1, "t", "tab\t line\n return\r backslash\\N \\. é € \uD83D\uDE00", "n", 1L),
          record(2, "t", "", "n", Long.MIN_VALUE, "d", 1e-300, "b", true),
          record(3, "t", "nul \0 half \uD83D", "n", null, "d", Double.NaN, "b", false),
          record(4, "d", Double.NEGATIVE_INFINITY, "j", new Json("[1, {\"a\":\"\\n\"}]"))
        };
    write("binary_", List.of(LogFormat.JSON), records);
    write("text_", List.of(LogFormat.JSON), records);

    var all = "SELECT source, line, time, t, n, d, b, j FROM %s ORDER BY line";
    assertThat(rows(all.formatted("binary_"))).hasSize(4).isEqualTo(rows(all.formatted("text_")));
    assertThat(rows("SELECT t FROM binary_ ORDER BY line"))
        .containsExactly(
            "tab\t line\n return\r backslash\\N \\. é € \uD83D\uDE00",
            "",
            "nul \uFFFD half ?",
            "null");
  }

  @Test
  void more_keys_than_columns_go_into_extra() throws Exception {
    var many = new Object[500];
    for (int i = 0; i < 250; i++) {
      many[2 * i] = "k" + i;
      many[2 * i + 1] = (long) i;
    }
    write(List.of(LogFormat.JSON), record(1, many));

    assertThat(types()).hasSize(200);
    assertThat(rows("SELECT k195, extra ->> 'k249' FROM logs")).containsExactly("195|249");
  }

  @Test
  void a_second_run_adds_and_another_format_is_refused() throws Exception {
    write(List.of(LogFormat.JSON), record(1, "a", 1L));
    write(List.of(LogFormat.JSON), record(2, "a", 2L, "b", "new"));

    assertThat(rows("SELECT a, b FROM logs ORDER BY line")).containsExactly("1|null", "2|new");
    assertThatThrownBy(() -> write(List.of(LogFormat.LOGFMT)))
        .isInstanceOf(BadTargetException.class)
        .hasMessageContaining("table logs holds json records and cannot take logfmt ones");
  }

  @Test
  void several_formats_have_a_table_each() throws Exception {
    write(
        List.of(LogFormat.JSON, LogFormat.COMBINED),
        record(1, "a", 1L),
        access("a.log", 1, "/x", 200, 5L),
        record(2, "a", 2L),
        logRecord(LogFormat.LOGFMT, "late", 1, "k", "v"));

    assertThat(rows("SELECT count(*) FROM logs_json")).containsExactly("2");
    assertThat(rows("SELECT count(*) FROM logs_combined")).containsExactly("1");
    assertThat(rows("SELECT k FROM logs_logfmt")).containsExactly("v");
  }

  @Test
  void a_table_of_someone_else_is_used_if_it_can_be() throws Exception {
    run("CREATE TABLE mine(id bigserial, source varchar(99), line int, time text, a smallint)");

    write("mine", List.of(LogFormat.JSON), record(1, "a", 1L, "b", 2L));

    assertThat(rows("SELECT id, source, line, time, a, b FROM mine"))
        .containsExactly("1|app.jsonl|1|2026-11-21T10:00:00Z|1|2");
    assertThatThrownBy(() -> write("mine", List.of(LogFormat.JSON), record(2, "a", 1_000_000L)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not take these records")
        .hasMessageContaining("?table=ANOTHER");
    assertThat(rows("SELECT count(*) FROM mine")).containsExactly("1");

    run("CREATE TABLE other(id int)", "CREATE VIEW seen AS SELECT 1 AS one");
    assertThatThrownBy(() -> write("other", List.of(LogFormat.JSON)))
        .hasMessageContaining("lacks the columns it needs (source, line, time)");
    assertThatThrownBy(() -> write("seen", List.of(LogFormat.JSON)))
        .hasMessageContaining("seen is no table");
  }

  @Test
  void a_write_that_fails_leaves_nothing_and_the_next_run_goes_on() throws Exception {
    run("CREATE TABLE mine(source text, line bigint CHECK (line < 100), time timestamptz)");
    try (var target = target("mine", Duration.ofSeconds(5))) {
      target.open(List.of(LogFormat.JSON));
      target.write(numbered(1, 10));

      assertThatThrownBy(() -> target.write(numbered(95, 10))).isInstanceOf(IOException.class);
      target.write(numbered(11, 5));
    }

    assertThat(rows("SELECT count(*), max(line) FROM mine")).containsExactly("15|15");
  }

  // A server that goes away

  @Test
  void a_server_that_comes_back_has_each_record_once() throws Exception {
    var told = new ArrayBlockingQueue<String>(100);
    try (var target = target("", Duration.ofSeconds(60))) {
      target.notices(told::add);
      target.open(List.of(LogFormat.JSON));
      target.write(numbered(0, 1_000));

      server().stop();
      var write = CompletableFuture.runAsync(() -> writing(target, 1_000, 1_000));
      assertThat(told.poll(30, TimeUnit.SECONDS)).contains("trying again for up to 60 s");
      server().startAgain();
      write.get(60, TimeUnit.SECONDS);

      assertThat(told.poll(30, TimeUnit.SECONDS)).contains("is back after");
    }
    assertThat(rows("SELECT count(*), count(DISTINCT n), max(n) FROM logs"))
        .containsExactly("2000|2000|1999");
  }

  @Test
  void a_backend_that_is_killed_again_and_again_loses_and_doubles_nothing() throws Exception {
    try (var target = target("", Duration.ofSeconds(60))) {
      target.open(List.of(LogFormat.JSON));
      for (int i = 0; i < 100; i++) {
        var kill =
            CompletableFuture.runAsync(() -> {
              try {
                run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice'");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
        target.write(numbered(i * 500, 500));
        kill.get(30, TimeUnit.SECONDS);
      }
    }

    assertThat(rows("SELECT count(*), count(DISTINCT n) FROM logs")).containsExactly("50000|50000");
  }

  @Test
  void a_commit_whose_answer_was_lost_is_not_done_twice() throws Exception {
    try (var proxy = new AnswerLosingProxy(server().port());
        var target =
            new PostgresTarget(
                "postgresql://test",
                new PostgresAddress("127.0.0.1", proxy.port(), "postgres", "postgres", null),
                Map.of(),
                new PostgresPassword(Map.of(), Path.of("/nowhere")),
                Duration.ofSeconds(60))) {
      target.open(List.of(LogFormat.JSON));
      for (int i = 0; i < 3; i++) {
        proxy.lose(1 + i);
        target.write(numbered(i * 100, 100));
      }

      assertThat(proxy.lost()).isGreaterThanOrEqualTo(3);
    }
    assertThat(rows("SELECT count(*), count(DISTINCT n) FROM logs")).containsExactly("300|300");
  }

  @Test
  void a_server_that_stays_away_is_given_up_with_what_to_do() throws Exception {
    try (var target = target("", Duration.ofMillis(300))) {
      target.open(List.of(LogFormat.JSON));
      server().stop();
      try {
        assertThatThrownBy(() -> target.write(numbered(0, 10)))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("cannot write postgresql://test: gave up after")
            .hasMessageContaining("what was written before is intact");
      } finally {
        server().startAgain();
      }
    }
  }

  @Test
  void the_wait_for_a_server_ends_with_the_run() throws Exception {
    var told = new ArrayBlockingQueue<String>(100);
    try (var target = target("", Duration.ofSeconds(60))) {
      target.notices(told::add);
      target.open(List.of(LogFormat.JSON));
      server().stop();
      try {
        var failure = new CompletableFuture<Throwable>();
        var writer =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    target.write(numbered(0, 10));
                  } catch (Throwable e) {
                    failure.complete(e);
                  }
                });
        assertThat(told.poll(30, TimeUnit.SECONDS)).isNotNull();
        writer.interrupt();
        assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
      } finally {
        server().startAgain();
      }
    }
  }

  @Test
  void a_server_that_is_away_from_the_start_is_no_reason_to_wait() {
    var address = new PostgresAddress("127.0.0.1", 1, "postgres", "postgres", null);
    var passwords = new PostgresPassword(Map.of(), Path.of("/nowhere"));
    try (var target =
        new PostgresTarget("postgresql://x", address, Map.of(), passwords, Duration.ofHours(1))) {
      assertThatThrownBy(() -> target.open(List.of(LogFormat.JSON)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot write postgresql://x: Connection to 127.0.0.1:1 refused")
          .hasMessageContaining("is the server running");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void writing(PostgresTarget target, int from, int count) {
    try {
      target.write(numbered(from, count));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Checkpoints and accounts

  @Test
  void a_checkpoint_goes_on_in_the_database() throws Exception {
    var runs = new Runs(dir);
    runs.write("a.json", json(1, 3_000));
    runs.resumable("a.json", server().target(), "ndjson:x.ndjson");
    runs.append("a.json", json(3_001, 3_500));
    runs.resumable("a.json", server().target(), "sqlite:x.db", "ndjson:x.ndjson");

    assertThat(rows("SELECT count(*), count(DISTINCT n), max(n), max(line) FROM logs"))
        .containsExactly("3500|3500|3500|3500");
    assertThat(rows("SELECT outcome, read, written FROM sluice_runs ORDER BY started"))
        .containsExactly("finished|3000|3000", "finished|3500|3500");
    assertThat(rows("SELECT at_line FROM sluice_positions")).containsExactly("3501");
  }

  // Passwords

  @Test
  void a_password_is_looked_for_where_psql_looks() throws Exception {
    var file = Files.writeString(dir.resolve("only"), "from file\nrest");
    Files.writeString(
        dir.resolve(".pgpass"),
        """
        # comment
        other:*:*:*:no
        db.example:5433:logs:me:wrong port
        db.example:*:logs:me:a\\:b\\\\c:d
        *:*:*:*:any
        """);
    var address = new PostgresAddress("db.example", 5432, "logs", "me", null);
    var inUri = new PostgresAddress("db.example", 5432, "logs", "me", "in uri");
    var elsewhere = new PostgresAddress("elsewhere", 5432, "logs", "me", null);
    var home = new PostgresPassword(Map.of(), dir);
    var environment = new PostgresPassword(Map.of("PGPASSWORD", "from environment"), dir);
    var named =
        new PostgresPassword(
            Map.of("PGPASSFILE", dir.resolve(".pgpass").toString()), dir.resolve("none"));

    assertThat(home.find("t", inUri, file)).isEqualTo("in uri");
    assertThat(environment.find("t", address, file)).isEqualTo("from file");
    assertThat(environment.find("t", address, null)).isEqualTo("from environment");
    assertThat(home.find("t", address, null)).isEqualTo("a:b\\c:d");
    assertThat(home.find("t", elsewhere, null)).isEqualTo("any");
    assertThat(named.find("t", address, null)).isEqualTo("a:b\\c:d");
    assertThat(new PostgresPassword(Map.of(), dir.resolve("none")).find("t", address, null))
        .isNull();
    assertThatThrownBy(() -> home.find("t", address, dir.resolve("gone")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot read the password from " + dir.resolve("gone"));
  }

  @Test
  void an_address_is_read_as_a_uri() {
    var address =
        PostgresAddress.parse("t", "//m%40e:p%2Fw+1@[::1]:7777/my%20logs", Map.of("PGUSER", "x"));

    assertThat(address).isEqualTo(new PostgresAddress("[::1]", 7777, "my logs", "m@e", "p/w+1"));
    assertThat(address.url()).isEqualTo("jdbc:postgresql://[::1]:7777/my%20logs");
    assertThat(address.toString()).doesNotContain("p/w");
    assertThat(PostgresAddress.parse("t", "///db", Map.of("PGUSER", "x")))
        .isEqualTo(new PostgresAddress("localhost", 5432, "db", "x", null));
  }
}
