package dev.sluice.patterns;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queues.ItemState;
import dev.sluice.queues.QueueStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskQueueTest {
  @TempDir Path dir;

  @Test
  void jobs_outlive_the_program_and_come_by_priority_and_when_due() throws Exception {
    var file = dir.resolve("jobs.db");
    try (var store = QueueStore.open(file)) {
      TaskQueue.schedule(TaskQueue.open(store));
    }

    try (var store = QueueStore.open(file)) { // the next program
      var jobs = TaskQueue.open(store);
      assertThat(requireNonNull(jobs.tryReceive()).value()).isEqualTo("reset password");
      assertThat(requireNonNull(jobs.tryReceive()).value()).isEqualTo("resize picture");
      assertThat(jobs.tryReceive()).isNull(); // the report is not due
      assertThat(jobs.stats().delayed()).isEqualTo(1);
    }
  }

  @Test
  void a_job_that_fails_is_tried_again_and_kept_in_the_end() throws Exception {
    try (var store = QueueStore.open(dir.resolve("jobs.db"))) {
      var jobs = TaskQueue.open(store);
      jobs.send("impossible");
      for (int i = 1; i <= 3; i++) {
        var job = requireNonNull(jobs.receive(Duration.ofSeconds(10)));
        assertThat(job.attempt()).isEqualTo(i);
        job.retry(new IOException("no"));
      }

      assertThat(jobs.list(ItemState.DEAD, 0, 10)).hasSize(1);
    }
  }

  @Test
  void usually_jobs_end_with_the_program() {
    var scheduler = Executors.newSingleThreadScheduledExecutor();
    var report = scheduler.schedule(() -> {}, 1, TimeUnit.HOURS);

    assertThat(scheduler.shutdownNow()).hasSize(1); // and nobody will run it
    assertThat(report.isDone()).isFalse();
  }
}
