package dev.sluice.broker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A broker in a process of its own, for tests: it can be killed, and started again with the same
/// port and data.
public final class BrokerProcess implements AutoCloseable {
  private final Path dir;
  private final int port;
  private final Map<String, String> changes;
  private Process process;

  private BrokerProcess(Path dir, int port, Map<String, String> changes, Process process) {
    this.dir = dir;
    this.port = port;
    this.changes = changes;
    this.process = process;
  }

  /// Starts one that keeps its data in `dir`, and waits until it can be used.
  public static BrokerProcess start(Path dir) throws IOException {
    return start(dir, Map.of());
  }

  /// The same with other settings.
  public static BrokerProcess start(Path dir, Map<String, String> changes) throws IOException {
    int port = Broker.freePort();
    var all = new LinkedHashMap<String, String>();
    changes.forEach((name, value) -> all.put(name, value.replace("$PORT", Integer.toString(port))));
    return new BrokerProcess(dir, port, all, launch(dir, port, all));
  }

  private static Process launch(Path dir, int port, Map<String, String> changes)
      throws IOException {
    Files.createDirectories(dir);
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                classPath(),
                Main.class.getName(),
                Integer.toString(port),
                "--dir",
                dir.resolve("data").toString()));
    changes.forEach((name, value) -> command.add(name + "=" + value));
    var process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(dir.resolve("broker.log").toFile()))
            .start();
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var address = lines.readLine();
    if (address == null) {
      process.destroyForcibly();
      throw new IOException(
          "the broker did not start:\n" + Files.readString(dir.resolve("broker.log")));
    }
    return process;
  }

  private static String classPath() {
    var path = new StringBuilder(System.getProperty("java.class.path", ""));
    for (var name : List.of("jdk.module.path", "surefire.test.class.path")) {
      path.append(File.pathSeparator).append(System.getProperty(name, ""));
    }
    return path.toString();
  }

  /// `127.0.0.1:PORT`.
  public String address() {
    return "127.0.0.1:" + port;
  }

  /// Its process id.
  public long pid() {
    return process.pid();
  }

  /// Ends it as `kill -9` does.
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Starts it again after [#kill] or [#stop].
  public void startAgain() throws IOException {
    process = launch(dir, port, changes);
  }

  /// Stops it in order.
  public void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      kill();
    }
  }

  /// Ends it at once: a test has no more use for it.
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
