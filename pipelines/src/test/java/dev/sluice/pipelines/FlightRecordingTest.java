package dev.sluice.pipelines;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FlightRecordingTest {
  @TempDir private Path directory;

  @Test
  void a_recording_has_the_run_and_its_stages() throws Exception {
    try (var recording = recording()) {
      Pipeline.from(Source.of(IntStream.range(0, 100).boxed().toList()))
          .filter(i -> i % 4 != 0)
          .map(i -> i + 1)
          .to(i -> {})
          .named("numbers")
          .run();

      var events = eventsOf(recording);

      assertThat(named(events, "dev.sluice.Run"))
          .singleElement()
          .satisfies(run -> {
            assertThat(run.getLong("in")).isEqualTo(100);
            assertThat(run.getLong("out")).isEqualTo(75);
            assertThat(run.getLong("filtered")).isEqualTo(25);
            assertThat(run.getString("failure")).isNull();
            assertThat(run.getDuration()).isPositive();
          });
      assertThat(named(events, "dev.sluice.Stage"))
          .extracting(event -> event.getString("stage"))
          .hasSizeGreaterThanOrEqualTo(3)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void a_stall_names_the_stage_that_waited_and_for_what() throws Exception {
    try (var recording = recording()) {
      var begun = new CountDownLatch(1);
      var goOn = new CountDownLatch(1);
      var threads = new CopyOnWriteArrayList<Thread>();
      var running =
          Pipeline.from(Source.of(IntStream.range(0, 100).boxed().toList()))
              .map(i -> i)
              .named("quick")
              .buffer(1)
              .map(i -> {
                begun.countDown();
                assertThat(goOn.await(30, SECONDS)).isTrue();
                return i;
              })
              .to(i -> {})
              .start(task -> {
                var thread = new Thread(task);
                threads.add(thread);
                return thread;
              });
      assertThat(begun.await(30, SECONDS)).isTrue();
      while (threads.stream().noneMatch(FlightRecordingTest::waitsForRoom)) {
        Thread.onSpinWait();
      }
      goOn.countDown();
      running.await();

      assertThat(named(eventsOf(recording), "dev.sluice.Stall"))
          .anySatisfy(stall -> {
            assertThat(stall.getString("stage")).isEqualTo("quick");
            assertThat(stall.getBoolean("blocked")).isTrue();
          });
    }
  }

  private static boolean waitsForRoom(Thread thread) {
    var stack = List.of(thread.getStackTrace());
    return thread.getState() == Thread.State.WAITING
        && stack.stream().anyMatch(frame -> frame.getClassName().endsWith(".Parker"))
        && stack.stream().anyMatch(frame -> frame.getClassName().endsWith(".MapStep"));
  }

  private static Recording recording() {
    var recording = new Recording();
    recording.enable("dev.sluice.Run");
    recording.enable("dev.sluice.Stage");
    recording.enable("dev.sluice.Stall").withThreshold(Duration.ZERO);
    recording.start();
    return recording;
  }

  private List<RecordedEvent> eventsOf(Recording recording) throws IOException {
    recording.stop();
    var file = directory.resolve("run.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file);
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
  }
}
