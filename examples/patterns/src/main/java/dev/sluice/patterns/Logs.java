package dev.sluice.patterns;

import dev.sluice.logs.LogAccount;
import dev.sluice.logs.LogJob;
import dev.sluice.logs.LogRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A log processor: several files, parsed by several threads, filtered, into a table and a file.
final class Logs {
  private Logs() {}

  /// Reads the logs in `dir`, and writes the server's errors to `errors.db` and `errors.ndjson`.
  static LogAccount process(Path dir, List<String> logs) throws Exception {
    // @start region="logs"
    var job =
        LogJob.reading(logs)
            .where("status >= 500")
            .targets(
                List.of(
                    "sqlite:" + dir.resolve("errors.db"), "ndjson:" + dir.resolve("errors.ndjson")))
            .rejected(dir.resolve("rejected.ndjson"))
            .build();
    try (var run = LogRun.prepare(job)) {
      run.start();
      run.await();
      return run.account(); // read = written + filtered + rejected
    }
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    var dir = Files.createTempDirectory("sluice-demo");
    try {
      var logs = List.of(write(dir, "shop.log", 20_000), write(dir, "api.log", 30_000));
      narrator.tell("servers", "have written shop.log and api.log, some lines of them cut off");
      var account = process(dir, logs);
      for (var source : account.sources()) {
        narrator.tell(
            "reader",
            "%s: %,d lines, format %s"
                .formatted(Path.of(source.source()).getFileName(), source.read(), source.format()));
      }
      narrator.tell(
          "targets",
          "errors.db and errors.ndjson have the same %,d records".formatted(account.written()));
      narrator.tell("rejects", Files.readAllLines(dir.resolve("rejected.ndjson")).getFirst());
      narrator.tell(
          "account",
          "read %,d = written %,d + filtered %,d + rejected %,d, in %.2f s"
              .formatted(
                  account.read(),
                  account.written(),
                  account.filtered(),
                  account.rejected(),
                  account.seconds()));
    } finally {
      for (var name :
          List.of("shop.log", "api.log", "errors.db", "errors.ndjson", "rejected.ndjson")) {
        Files.deleteIfExists(dir.resolve(name));
      }
      Files.deleteIfExists(dir);
    }
  }

  /// Writes an access log in which every tenth request failed, and every hundredth line is cut off.
  static String write(Path dir, String name, int lines) throws IOException {
    var text = new ArrayList<String>();
    for (int i = 1; i <= lines; i++) {
      var line =
          "192.0.2.%d - - [21/Nov/2026:10:%02d:%02d +0000] \"GET /item/%d HTTP/1.1\" %d %d"
              .formatted(i % 250, i / 60 % 60, i % 60, i % 97, i % 10 == 0 ? 503 : 200, i % 4_000);
      text.add(i % 100 == 7 ? line.substring(0, 30) : line);
    }
    return Files.write(dir.resolve(name), text).toString();
  }
}
