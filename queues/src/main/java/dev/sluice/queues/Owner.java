package dev.sluice.queues;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;

/// Who holds leases: one opening of a store by one process.
///
/// @param id like no other
/// @param name how people are told of it: `PID@HOST`
/// @param host which machine, and which numbering of processes on it, `pid` is of; empty if nobody
///   can tell
record Owner(long id, String name, long pid, long started, String host) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long CLOSE = 5_000;

  /// A new one of this process.
  static Owner current() {
    var process = ProcessHandle.current();
    return new Owner(
        RANDOM.nextLong(1, Long.MAX_VALUE),
        process.pid() + "@" + hostName(),
        process.pid(),
        started(process),
        numbering());
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /// A pid means something only to those of the same start of the same machine, and of the same
  /// container.
  private static String numbering() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException e) {
      return "";
    }
  }

  /// Whether the process of that number is the one that started then. When it started is known only
  /// as well as the machine's clocks agree; so a doubt means yes.
  static boolean lives(long pid, long started) {
    var process = ProcessHandle.of(pid);
    if (process.isEmpty() || !process.get().isAlive()) {
      return false;
    }
    long found = started(process.get());
    return found == 0 || started == 0 || Math.abs(found - started) < CLOSE;
  }
}
