package dev.sluice.monitor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;

/// Shows a [Monitor] by HTTP: a page for people, and what programs ask for.
///
/// ```java
/// try (var monitor = new Monitor();
///     var server = MonitorServer.of(monitor).start()) {
///   monitor.watch(running);
///   out.println("watch it at " + server.page());
///   return running.await();
/// }
/// ```
///
/// | path | |
/// |---|---|
/// | `/` | the page |
/// | `/api/snapshot` | a [Snapshot] as JSON |
/// | `/api/events` | the same as server-sent events, at most ten a second |
/// | `/metrics` | for Prometheus |
/// | `/health/ready`, `/health/live` | 200 or 503, for an orchestrator; these need no token |
/// | `POST /api/pipelines/NAME/pause`, `/resume`, `/drain` | with [Builder#allowControl] |
/// | `POST /api/pipelines/NAME/stages/STAGE/workers/N` | likewise |
///
/// It answers on this machine alone unless it is told otherwise, and beyond needs a token. It
/// refuses requests that name another host or come from another origin, takes no bodies, and gives
/// each request and each stream of events a bounded time and share: the rest is refused.
public final class MonitorServer implements AutoCloseable {
  private final Monitor monitor;
  private final LiveServer server;
  private final Consumer<Snapshot> listener;

  private MonitorServer(Monitor monitor, LiveServer server) {
    this.monitor = monitor;
    this.server = server;
    listener = snapshot -> server.publish();
    monitor.onSnapshot(listener);
  }

  /// Settings for a server that shows `monitor`.
  public static Builder of(Monitor monitor) {
    return new Builder(monitor);
  }

  /// What to open in a browser; with the token, if one is needed.
  public URI page() {
    return server.page();
  }

  /// The port that it listens at.
  public int port() {
    return server.port();
  }

  /// How many streams of events are open.
  public int streams() {
    return server.streams();
  }

  /// Answers no more. The monitor goes on.
  @Override
  public void close() {
    monitor.removeListener(listener);
    server.close();
  }

  /// How a server shall be.
  public static final class Builder {
    private final Monitor monitor;
    private final LiveServer.Builder settings;
    private final MonitorContent content;

    private Builder(Monitor monitor) {
      this.monitor = monitor;
      content = new MonitorContent(monitor);
      settings = LiveServer.of(content);
    }

    /// Listens at this port.
    ///
    /// @param number 0 (which is so without this) for any that is free
    public Builder port(int number) {
      settings.port(number);
      return this;
    }

    /// Listens at this address instead of loopback. Beyond loopback a token is needed; one is made
    /// if none is given. What is sent is not encrypted: in a network that others share, put it
    /// behind a proxy that does that.
    public Builder address(InetAddress where) {
      settings.address(where);
      return this;
    }

    /// Answers only to those who bring this token.
    ///
    /// @param secret at least 16 characters of `A-Z a-z 0-9 . _ ~ -`
    public Builder token(String secret) {
      settings.token(secret);
      return this;
    }

    /// Answers also if it is asked by this name, as behind a proxy.
    ///
    /// @param name of the host, without a port
    public Builder allowHost(String name) {
      settings.allowHost(name);
      return this;
    }

    /// Lets those who may look also pause, resume, drain, and change workers.
    public Builder allowControl() {
      content.allowControl();
      return this;
    }

    /// How long a drain that is asked for here may take before the rest is aborted; 30 s without
    /// this.
    public Builder drainPatience(Duration patience) {
      content.drainPatience(patience);
      return this;
    }

    /// How many streams of events may be open at once; 128 without this. More get status 503.
    ///
    /// @param most at least 1
    public Builder streams(int most) {
      settings.streams(most);
      return this;
    }

    /// Starts it.
    ///
    /// @throws IOException if it cannot listen there; the message says what to change
    public MonitorServer start() throws IOException {
      return new MonitorServer(monitor, settings.start());
    }
  }
}
