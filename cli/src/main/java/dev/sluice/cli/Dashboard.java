package dev.sluice.cli;

import dev.sluice.logs.UsageException;
import dev.sluice.monitor.Monitor;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.pipelines.Running;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The page that `--dashboard` shows a run on, or nothing without it.
final class Dashboard implements AutoCloseable {
  private final @Nullable Shown shown;

  /// Only loaded when it is asked for.
  private record Shown(Monitor monitor, MonitorServer server) {}

  private Dashboard(@Nullable Shown shown) {
    this.shown = shown;
  }

  /// Opens it, and tells where.
  ///
  /// @param port as it was typed; null for no page, empty or 0 for any port
  /// @throws UsageException if that is no port
  /// @throws IOException if it cannot listen there; the message says what to change
  static Dashboard open(@Nullable String port, Consumer<String> told) throws IOException {
    if (port == null) {
      return new Dashboard(null);
    }
    var monitor = new Monitor();
    try {
      var server = MonitorServer.of(monitor).port(number(port)).start();
      told.accept("dashboard at " + server.page());
      return new Dashboard(new Shown(monitor, server));
    } catch (IOException | RuntimeException e) {
      monitor.close();
      throw e;
    }
  }

  private static int number(String port) {
    if (!port.isEmpty() && !port.matches("\\d{1,5}")) {
      throw new UsageException(
          "--dashboard: not a port: '%s' (expected a number up to 65535, as in --dashboard=8080)"
              .formatted(port));
    }
    int number = port.isEmpty() ? 0 : Integer.parseInt(port);
    if (number > 65_535) {
      throw new UsageException("--dashboard: a port is up to 65535, but was " + number);
    }
    return number;
  }

  /// Shows this run, if there is a page.
  void watch(Running running) {
    if (shown != null) {
      shown.monitor.watch(running);
    }
  }

  @Override
  public void close() {
    if (shown != null) {
      shown.server.close();
      shown.monitor.close();
    }
  }
}
