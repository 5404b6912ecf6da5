package dev.sluice.benchmarks;

import static java.util.Objects.requireNonNull;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.BackgroundJobRequest;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jspecify.annotations.Nullable;

/// Schedulers that keep their jobs in the same PostgreSQL, as their guides recommend for
/// throughput.
final class JobSchedulers {
  private static final int THREADS = 20;

  private JobSchedulers() {}

  /// With lock-and-fetch, which its guide recommends for PostgreSQL; jobs are scheduled a batch at
  /// a time.
  static void dbScheduler(String url, int items) throws Exception {
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS scheduled_tasks");
      statement.execute(
          """
          CREATE TABLE scheduled_tasks(task_name text NOT NULL, task_instance text NOT NULL,
            task_data bytea, execution_time timestamptz NOT NULL, picked boolean NOT NULL,
            picked_by text, last_success timestamptz, last_failure timestamptz,
            consecutive_failures int, last_heartbeat timestamptz, version bigint NOT NULL,
            priority smallint, PRIMARY KEY(task_name, task_instance))\
          """);
      statement.execute("CREATE INDEX execution_time_idx ON scheduled_tasks(execution_time)");
      statement.execute("CREATE INDEX last_heartbeat_idx ON scheduled_tasks(last_heartbeat)");
    }
    var arrived = new QueueMeasurement.Arrived(items);
    var left = new CountDownLatch(items);
    var task =
        Tasks.oneTime("no-op", String.class)
            .execute((job, context) -> {
              arrived.came(job.getData());
              left.countDown();
            });
    try (var connections = pool(url)) {
      var scheduler =
          Scheduler.create(connections, task)
              .threads(THREADS)
              .pollUsingLockAndFetch(4.0, 20.0)
              .pollingInterval(Duration.ofMillis(100))
              .build();
      var next = new AtomicInteger();
      long began = System.nanoTime();
      QueueMeasurement.together(
          4,
          () -> {
            int batch = QueueMeasurement.BATCH;
            for (int i = next.getAndAdd(batch); i < items; i = next.getAndAdd(batch)) {
              var jobs = new ArrayList<com.github.kagkarlsson.scheduler.task.TaskInstance<?>>();
              for (int n = i; n < Math.min(items, i + batch); n++) {
                jobs.add(task.instance(Integer.toString(n), QueueMeasurement.payload(n)));
              }
              scheduler.scheduleBatch(jobs, Instant.now());
            }
            return null;
          });
      double sends = QueueMeasurement.rate(items, began);
      began = System.nanoTime();
      scheduler.start();
      if (!left.await(10, TimeUnit.MINUTES)) {
        throw new IllegalStateException("%d jobs were not run".formatted(left.getCount()));
      }
      double runs = QueueMeasurement.rate(items, began);
      scheduler.stop();
      arrived.check();
      QueueMeasurement.rates(sends, runs);
    }
  }

  private static HikariDataSource pool(String url) {
    var pool = new HikariConfig();
    pool.setJdbcUrl(url);
    pool.setMaximumPoolSize(THREADS + 4);
    return new HikariDataSource(pool);
  }

  /// What JobRunr's jobs do, in this JVM.
  private record Counting(QueueMeasurement.Arrived arrived, CountDownLatch left) {}

  private static final AtomicReference<@Nullable Counting> COUNTING = new AtomicReference<>();

  /// A job as JobRunr keeps it.
  public static final class NoOp implements JobRequest {
    private String payload = "";

    NoOp() {}

    NoOp(String payload) {
      this.payload = payload;
    }

    @Override
    public Class<NoOpHandler> getJobRequestHandler() {
      return NoOpHandler.class;
    }
  }

  /// Made by JobRunr.
  public static final class NoOpHandler implements JobRequestHandler<NoOp> {
    @Override
    public void run(NoOp job) {
      var counting = requireNonNull(COUNTING.get());
      counting.arrived.came(job.payload);
      counting.left.countDown();
    }
  }

  /// With its smallest interval of polling; jobs are enqueued as a stream, which it saves in
  /// batches.
  static void jobRunr(String url, int items) throws Exception {
    var arrived = new QueueMeasurement.Arrived(items);
    var left = new CountDownLatch(items);
    COUNTING.set(new Counting(arrived, left));
    try (var connections = pool(url)) {
      JobRunr.configure()
          .useStorageProvider(SqlStorageProviderFactory.using(connections))
          .useBackgroundJobServer(
              BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                  .andWorkerCount(THREADS)
                  .andPollInterval(Duration.ofSeconds(5)),
              false)
          .initialize();
      long began = System.nanoTime();
      BackgroundJobRequest.enqueue(
          IntStream.range(0, items).mapToObj(n -> new NoOp(QueueMeasurement.payload(n))));
      double sends = QueueMeasurement.rate(items, began);
      began = System.nanoTime();
      JobRunr.getBackgroundJobServer().start();
      if (!left.await(10, TimeUnit.MINUTES)) {
        throw new IllegalStateException("%d jobs were not run".formatted(left.getCount()));
      }
      double runs = QueueMeasurement.rate(items, began);
      JobRunr.destroy();
      arrived.check();
      QueueMeasurement.rates(sends, runs);
    }
  }
}
