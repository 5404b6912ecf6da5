package dev.sluice.examples;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queues.Codec;
import dev.sluice.queues.Leased;
import dev.sluice.queues.QueueStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the guide to queues shows does what it says.
class QueuesAtWorkTest {
  @TempDir Path dir;

  @Test
  void what_one_program_sends_another_works_on() throws Exception {
    var file = dir.resolve("jobs.db");
    var done = new ArrayList<String>();

    assertThat(QueuesAtWork.send(file)).isEqualTo(1);

    assertThat(QueuesAtWork.work(file, done::add)).isEqualTo(1);
    assertThat(done).containsExactly("resize cat.png");
  }

  @Test
  void what_fails_comes_again() throws Exception {
    var file = dir.resolve("jobs.db");
    QueuesAtWork.send(file);
    var attempts = new ArrayList<String>();

    QueuesAtWork.work(
        file,
        text -> {
          attempts.add(text);
          throw new IOException("not today");
        });

    try (var store = QueueStore.open(file)) {
      var stats = store.queue("jobs", Codec.text()).stats();
      assertThat(stats.depth()).isEqualTo(1);
      assertThat(attempts).isNotEmpty();
    }
  }

  @Test
  void the_other_ways_work() throws Exception {
    try (var store = QueueStore.open(dir.resolve("jobs.db"))) {
      var jobs = store.queue("jobs", Codec.text());
      var results = store.queue("results", Codec.text());
      QueuesAtWork.sendInManyWays(jobs);
      assertThat(jobs.stats().ready()).isEqualTo(3);
      try (var connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("jobs.db"));
          var statement = connection.createStatement()) {
        statement.executeUpdate("CREATE TABLE orders(item TEXT)");
        statement.executeUpdate("BEGIN IMMEDIATE");
        QueuesAtWork.sendWithin(jobs, connection);
        statement.executeUpdate("COMMIT");
      }
      assertThat(QueuesAtWork.configured(store).options().maxItems()).isEqualTo(10_000);
      requireNonNull(jobs.tryReceive()).bury("no");
      assertThat(QueuesAtWork.mend(jobs)).isEqualTo(1);

      QueuesAtWork.pipeline(jobs, results);

      assertThat(jobs.stats().ready()).isZero();
      assertThat(results.receiveMany(10, Duration.ZERO))
          .extracting(Leased::value)
          .contains("URGENT", "PACK THE TEA", "CHARGE ORDER 7");
    }
  }
}
