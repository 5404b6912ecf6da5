package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Whole runs over files of one directory, and what they left there.
final class Runs {
  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");

  private final Path dir;
  private List<String> resumed = List.of();
  private List<String> partial = List.of();

  Runs(Path dir) {
    this.dir = dir;
  }

  Path file(String name) {
    return dir.resolve(name);
  }

  LogJob job(
      String input,
      @Nullable LogFormat format,
      @Nullable String where,
      @Nullable String checkpoint,
      String... targets) {
    return LogJob.reading(Arrays.stream(input.split(" ")).map(one -> file(one).toString()).toList())
        .format(format == null ? null : Dialect.of(format))
        .where(where)
        .targets(Arrays.stream(targets).map(this::placed).toList())
        .rejected(file("rejected.ndjson"))
        .parsers(2)
        .buffer(1_024)
        .now(Instant.parse("2026-11-21T12:00:00Z"))
        .checkpoint(checkpoint == null ? null : file(checkpoint))
        .build();
  }

  private String placed(String target) {
    int colon = target.indexOf(':');
    return target.startsWith("//", colon + 1) || target.endsWith(":-")
        ? target
        : target.substring(0, colon + 1) + file(target.substring(colon + 1));
  }

  /// Reads `inputs`, names separated by spaces, with the checkpoint `cp`.
  LogAccount resumable(String inputs, String... targets) throws Exception {
    return run(job(inputs, null, null, "cp", targets));
  }

  LogAccount run(LogJob job) throws Exception {
    try (var run = LogRun.prepare(job)) {
      resumed = run.resumed();
      run.start();
      run.await();
      partial = run.partial();
      var account = run.account();
      assertThat(account.balances()).as("%s", account).isTrue();
      return account;
    }
  }

  /// What the last run said of where it went on.
  List<String> resumed() {
    return resumed;
  }

  List<String> partial() {
    return partial;
  }

  static String json(int from, int to) {
    var lines = new StringBuilder();
    for (int i = from; i <= to; i++) {
      lines.append("{\"n\":").append(i).append(",\"text\":\"record ").append(i).append("\"}\n");
    }
    return lines.toString();
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(file(name), text);
  }

  Path append(String name, String text) throws IOException {
    return Files.writeString(file(name), text, StandardOpenOption.APPEND);
  }

  Path gzip(String name, String text) throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(file(name)))) {
      out.write(text.getBytes(UTF_8));
    }
    return file(name);
  }

  List<String> rows(String query) throws SQLException {
    return rows("jdbc:sqlite:" + file("x.db"), query);
  }

  static List<String> rows(String url, String query) throws SQLException {
    var rows = new ArrayList<String>();
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        var row = new ArrayList<String>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", row));
      }
    }
    return rows;
  }

  /// The values of `n` in the file of an NDJSON target, in order.
  List<Integer> numbers(String name) throws IOException {
    return numbersIn(Files.readString(file(name)));
  }

  static List<Integer> numbersIn(String ndjson) {
    var matcher = NUMBER.matcher(ndjson);
    var numbers = new ArrayList<Integer>();
    while (matcher.find()) {
      numbers.add(Integer.valueOf(matcher.group(1)));
    }
    return numbers;
  }

  static List<Integer> upTo(int last) {
    var numbers = new ArrayList<Integer>();
    for (int i = 1; i <= last; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  List<String> rejects(String name) throws IOException {
    return Files.exists(file(name)) ? Files.readAllLines(file(name)) : List.of();
  }
}
