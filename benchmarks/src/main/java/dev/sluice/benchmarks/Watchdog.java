package dev.sluice.benchmarks;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Ends a forked JVM that hangs, so that one contestant does not eat the time of all others. Leaves
/// a thread dump, with the virtual threads, and says where.
final class Watchdog {

  private static final String LIMIT = "sluice.limit";
  private static final String DUMP = "sluice.dump";
  private static final int HUNG = 3;

  private Watchdog() {}

  /// The options that give a JVM `limit` from its start.
  static String[] options(Duration limit, Path dump) {
    return new String[] {"-D" + LIMIT + "=" + limit.toMillis(), "-D" + DUMP + "=" + dump};
  }

  /// Watches this JVM, if it was started with [#options].
  static void start() {
    long limit = Long.getLong(LIMIT, 0);
    if (limit > 0) {
      long left = limit - ManagementFactory.getRuntimeMXBean().getUptime();
      Thread.ofPlatform().daemon().name("watchdog").start(() -> bite(limit, Math.max(0, left)));
    }
  }

  private static void bite(long limit, long left) {
    try {
      Thread.sleep(left);
      Path dump = Path.of(System.getProperty(DUMP)).toAbsolutePath();
      System.out.printf(
          "TimeoutException: not done %d ms after the start of the JVM; %s has %d lines%n",
          limit, dump.getFileName(), dump(dump));
    } catch (Exception e) {
      System.out.printf("TimeoutException: hangs, and there is no thread dump: %s%n", e);
    }
    System.out.flush();
    Runtime.getRuntime().halt(HUNG);
  }

  private static long dump(Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.deleteIfExists(to);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(to.toString(), ThreadDumpFormat.TEXT_PLAIN);
    try (var lines = Files.lines(to)) {
      return lines.count();
    }
  }
}
