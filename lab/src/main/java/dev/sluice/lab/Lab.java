package dev.sluice.lab;

import dev.sluice.monitor.LiveContent;
import dev.sluice.monitor.LiveServer;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The playground in a browser: real threads and channels that can be watched and changed, on this
/// machine alone. All pages that are open show the same one.
///
/// | path | |
/// |---|---|
/// | `/` | the page; its query is how the playground is set |
/// | `/api/snapshot`, `/api/events` | what there is to see, at most ten times a second |
/// | `/api/knobs` | what can be set, within which bounds, and the scenarios |
/// | `POST /api/settings?QUERY` | sets it: what the query leaves out is as usual |
/// | `POST /api/pause`, `/resume`, `/step`, `/drain`, `/restart` | |
public final class Lab implements AutoCloseable {
  private static final long PERIOD = 100;

  private final Playground playground = new Playground(Settings.USUAL);
  private final LiveServer server;
  private final ScheduledFuture<?> ticks;
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("sluice-lab-ticker").factory());

  private Lab(int port) throws IOException {
    try {
      server = LiveServer.of(new Content(playground)).port(port).start();
    } catch (IOException | RuntimeException e) {
      ticker.shutdownNow();
      playground.close();
      throw e;
    }
    ticks = ticker.scheduleWithFixedDelay(server::publish, PERIOD, PERIOD, TimeUnit.MILLISECONDS);
  }

  /// Starts it.
  ///
  /// @param port to listen at; 0 for any that is free
  /// @throws IOException if it cannot listen there; the message says what to change
  public static Lab start(int port) throws IOException {
    return new Lab(port);
  }

  /// What to open in a browser.
  public URI page() {
    return server.page();
  }

  /// Ends the server, the threads and the channels.
  @Override
  public void close() {
    ticks.cancel(true);
    ticker.shutdownNow();
    server.close();
    playground.close();
  }

  private static final class Content implements LiveContent {
    private static final Map<String, String> FILES =
        Map.of(
            "/", "index.html",
            "/lab.css", "lab.css",
            "/lab.js", "lab.js",
            "/scene.js", "scene.js");

    private final Playground playground;

    Content(Playground playground) {
      this.playground = playground;
    }

    @Override
    public Update now() {
      var view = playground.view();
      return new Update(view.number(), LabJson.of(view));
    }

    @Override
    public void attend() {
      // It runs anyway.
    }

    @Override
    public void leave() {
      // It goes on: another may come.
    }

    @Override
    public @Nullable URL file(String path) {
      var name = FILES.get(path);
      return name == null ? null : Lab.class.getResource("/META-INF/sluice-lab/" + name);
    }

    @Override
    public @Nullable Answer look(String path) {
      return path.equals("/api/knobs") ? Answer.json(LabJson.knobs()) : null;
    }

    @Override
    public boolean control() {
      return true;
    }

    @Override
    public Answer steer(String path, @Nullable String query) {
      switch (path) {
        case "/api/settings" -> {
          try {
            playground.apply(Settings.parse(query == null ? "" : query));
          } catch (IllegalArgumentException e) {
            return Answer.text(400, e.getMessage() + "\n");
          }
        }
        case "/api/pause" -> playground.pause();
        case "/api/resume" -> playground.resume();
        case "/api/step" -> playground.step();
        case "/api/drain" -> playground.drain();
        case "/api/restart" -> playground.restart();
        default -> {
          return Answer.text(
              404, "it can be told settings?QUERY, pause, resume, step, drain, restart\n");
        }
      }
      return Answer.done();
    }
  }
}
