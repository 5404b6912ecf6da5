package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whole runs over logs of all formats.
class FormatsRunTest {
  @TempDir Path dir;

  private LogAccount run(@Nullable String format, List<String> inputs, List<String> targets)
      throws Exception {
    var job =
        LogJob.reading(inputs)
            .format(format == null ? null : Dialect.named(format))
            .targets(targets)
            .rejected(dir.resolve("rejected.ndjson"))
            .parsers(2)
            .buffer(1_024)
            .now(Lines.UTC.now())
            .build();
    try (var run = LogRun.prepare(job)) {
      run.start();
      run.await();
      return run.account();
    }
  }

  @Test
  void logs_of_all_formats_go_into_tables_of_their_own() throws Exception {
    var inputs = new ArrayList<String>();
    Map<String, Integer> records = new HashMap<>();
    var written = new ArrayList<Long>();
    int faults = 0;
    for (var sample : CorpusSample.all()) {
      if (!sample.named()) {
        var file = dir.resolve("%03d.log".formatted(inputs.size()));
        Files.write(file, sample.log());
        inputs.add(file.toString());
        written.add((long) sample.records().size());
        records.merge(sample.form().replaceFirst(" .*", ""), sample.records().size(), Integer::sum);
        faults += sample.faults().size();
      }
    }

    var account = run(null, inputs, List.of("sqlite:" + dir.resolve("logs.db")));

    assertThat(account.balances()).isTrue();
    for (int i = 0; i < inputs.size(); i++) {
      var source = account.sources().get(i);
      assertThat(source.written()).as(source.toString()).isEqualTo(written.get(i));
    }
    assertThat(account.written())
        .isEqualTo(records.values().stream().mapToInt(Integer::intValue).sum());
    assertThat(account.rejected()).isEqualTo(faults);
    assertThat(account.abandoned()).isZero();
    assertThat(account.sources()).allMatch(source -> source.error() == null);
    for (var format : records.entrySet()) {
      assertThat(count("logs_" + format.getKey())).as(format.getKey()).isEqualTo(format.getValue());
    }
  }

  private int count(String table) throws SQLException {
    try (var database = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("logs.db"));
        var statement = database.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      return rows.getInt(1);
    }
  }

  @Test
  void a_pattern_is_the_format_of_all_inputs() throws Exception {
    var file = dir.resolve("a.log");
    Files.writeString(file, "jane 7\njoe 8\n\nnobody\n");
    var csv = dir.resolve("a.csv");

    var account =
        run("regex:^(?<user>\\w+) (?<n>\\d+)$", List.of(file.toString()), List.of("csv:" + csv));

    assertThat(account.read()).isEqualTo(4);
    assertThat(account.written()).isEqualTo(2);
    assertThat(account.filtered()).isEqualTo(1);
    assertThat(account.rejected()).isEqualTo(1);
    assertThat(account.sources().getFirst().format()).isEqualTo("regex");
    assertThat(Files.readAllLines(csv)).first().isEqualTo("source,line,time,user,n,extra");
  }

  @Test
  void headers_are_skipped_and_count_as_lines_alone() throws Exception {
    var file = dir.resolve("a.log");
    Files.writeString(file, "id,name\n1,\"a\nb\"\n2,c\n3\n");

    var account = run("csv", List.of(file.toString()), List.of("ndjson:" + dir.resolve("a.json")));

    assertThat(account.read()).isEqualTo(3);
    assertThat(account.written()).isEqualTo(2);
    assertThat(account.rejected()).isEqualTo(1);
    assertThat(account.skipped()).isEqualTo(1);
    assertThat(account.lines()).isEqualTo(5);
    assertThat(account.bytes()).isEqualTo(Files.size(file));
  }
}
