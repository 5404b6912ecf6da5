package dev.sluice.cli;

import dev.sluice.logs.UsageException;
import dev.sluice.monitor.Monitor;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.pipelines.Running;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What `--dashboard` and `--live` show a run on, a page and the terminal, or nothing without them.
final class Dashboard implements AutoCloseable {
  private final @Nullable Shown shown;

  /// Only loaded when it is asked for.
  private record Shown(Monitor monitor, @Nullable MonitorServer server) {}

  private Dashboard(@Nullable Shown shown) {
    this.shown = shown;
  }

  /// Opens the page, and tells where.
  ///
  /// @param port as it was typed; null for no page, empty or 0 for any port
  /// @param live whether [#lines] will be asked for
  /// @throws UsageException if that is no port
  /// @throws IOException if it cannot listen there; the message says what to change
  static Dashboard open(@Nullable String port, boolean live, Consumer<String> told)
      throws IOException {
    if (port == null && !live) {
      return new Dashboard(null);
    }
    var monitor = new Monitor();
    if (port == null) {
      return new Dashboard(new Shown(monitor, null));
    }
    try {
      var server = MonitorServer.of(monitor).port(number(port)).start();
      told.accept("dashboard at " + server.page());
      return new Dashboard(new Shown(monitor, server));
    } catch (IOException | RuntimeException e) {
      monitor.close();
      throw e;
    }
  }

  /// The run as `sluice top` shows it.
  List<String> lines(boolean colour, Screen.Size size) {
    if (shown == null) {
      return List.of();
    }
    var snapshot = shown.monitor.snapshot();
    return snapshot.pipelines().isEmpty()
        ? List.of()
        : new TopView(colour, size.columns()).lines(TopView.parse(snapshot.json()), size);
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
      if (shown.server != null) {
        shown.server.close();
      }
      shown.monitor.close();
    }
  }
}
