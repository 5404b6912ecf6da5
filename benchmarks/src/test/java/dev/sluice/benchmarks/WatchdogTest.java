package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A contestant that hangs costs only its own figure.
@Timeout(60)
class WatchdogTest {

  /// Waits for what never comes.
  static final class Hung {
    public static void main(String[] args) throws InterruptedException {
      Watchdog.start();
      Thread.ofVirtual().name("hung receiver").start(Hung::receive).join();
    }

    private static void receive() {
      try {
        new SynchronousQueue<>().take();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void a_jvm_that_hangs_is_ended_and_leaves_a_dump_of_its_threads(@TempDir Path directory)
      throws Exception {
    Path dump = directory.resolve("dumps/hung.txt");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(List.of(Watchdog.options(Duration.ofSeconds(1), dump)));
    command.add(Hung.class.getName());

    Process hung = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(hung.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(hung.waitFor()).as(said).isEqualTo(3);
    assertThat(said).contains("TimeoutException").contains("hung.txt has");
    assertThat(Files.readString(dump)).contains("hung receiver").contains("SynchronousQueue");
  }
}
