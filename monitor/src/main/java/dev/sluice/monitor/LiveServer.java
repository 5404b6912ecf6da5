package dev.sluice.monitor;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Shows a [LiveContent] by HTTP: its page, what there is to see now as JSON (`/api/snapshot`), and
/// the same as server-sent events (`/api/events`).
///
/// It answers on this machine alone unless it is told otherwise, and beyond needs a token. It
/// refuses requests that name another host or come from another origin, takes no bodies, and gives
/// each request and each stream of events a bounded time and share: the rest is refused.
public final class LiveServer implements AutoCloseable {
  private final HttpServer server;
  private final Streams streams;
  private final Deadlines deadlines = new Deadlines();
  private final URI page;

  private LiveServer(Builder settings) throws IOException {
    boolean beyond = !settings.address.isLoopbackAddress();
    var token = settings.token == null && beyond ? Guard.newToken() : settings.token;
    try {
      server = HttpServer.create(new InetSocketAddress(settings.address, settings.port), 256);
    } catch (BindException e) {
      var refused =
          new BindException(
              "cannot listen at %s port %d: %s; name another port, or 0 for any that is free"
                  .formatted(settings.address.getHostAddress(), settings.port, e.getMessage()));
      refused.initCause(e);
      throw refused;
    }
    int port = server.getAddress().getPort();
    page = page(settings.address, port, token);
    streams = new Streams(settings.content, settings.streams);
    var guard = new Guard(beyond, settings.hosts, token, port);
    server.setExecutor(deadlines);
    server.createContext("/", new Site(settings.content, guard, streams));
    server.start();
  }

  private static URI page(InetAddress address, int port, @Nullable String token) {
    var host =
        address.isAnyLocalAddress() || address.isLoopbackAddress()
            ? "localhost"
            : address.getHostAddress().contains(":")
                ? "[" + address.getHostAddress().replaceFirst("%.*", "") + "]"
                : address.getHostAddress();
    return URI.create(
        "http://%s:%d/%s".formatted(host, port, token == null ? "" : "?token=" + token));
  }

  /// Settings for a server that shows `content`.
  public static Builder of(LiveContent content) {
    return new Builder(content);
  }

  /// What to open in a browser; with the token, if one is needed.
  public URI page() {
    return page;
  }

  /// The port that it listens at.
  public int port() {
    return server.getAddress().getPort();
  }

  /// How many streams of events are open.
  public int streams() {
    return streams.count();
  }

  /// Sends what there is to see now to all who watch, and lets go of those who take too long: to be
  /// called again and again, at most ten times a second.
  public void publish() {
    streams.publish();
    deadlines.enforce();
  }

  /// Answers no more.
  @Override
  public void close() {
    streams.close();
    server.stop(0);
    deadlines.close();
  }

  /// How a server shall be.
  public static final class Builder {
    private static final int SHORTEST_TOKEN = 16;

    private final LiveContent content;
    private InetAddress address = InetAddress.getLoopbackAddress();
    private int port;
    private @Nullable String token;
    private int streams = 128;
    private final Set<String> hosts = new HashSet<>();

    private Builder(LiveContent content) {
      this.content = content;
    }

    /// Listens at this port.
    ///
    /// @param number 0 (which is so without this) for any that is free
    public Builder port(int number) {
      if (number < 0 || number > 65_535) {
        throw new IllegalArgumentException("a port is from 0 to 65535, but was " + number);
      }
      port = number;
      return this;
    }

    /// Listens at this address instead of loopback. Beyond loopback a token is needed; one is made
    /// if none is given.
    public Builder address(InetAddress where) {
      address = where;
      return this;
    }

    /// Answers only to those who bring this token.
    ///
    /// @param secret at least 16 characters of `A-Z a-z 0-9 . _ ~ -`
    public Builder token(String secret) {
      if (secret.length() < SHORTEST_TOKEN || !secret.matches("[\\w.~-]+")) {
        throw new IllegalArgumentException(
            "a token has at least %d characters of A-Z a-z 0-9 . _ ~ -".formatted(SHORTEST_TOKEN));
      }
      token = secret;
      return this;
    }

    /// Answers also if it is asked by this name, as behind a proxy.
    ///
    /// @param name of the host, without a port
    public Builder allowHost(String name) {
      hosts.add(name.toLowerCase(Locale.ROOT));
      return this;
    }

    /// How many streams of events may be open at once; 128 without this. More get status 503.
    ///
    /// @param most at least 1
    public Builder streams(int most) {
      if (most < 1) {
        throw new IllegalArgumentException("streams must be at least 1, but was " + most);
      }
      streams = most;
      return this;
    }

    /// Starts it.
    ///
    /// @throws IOException if it cannot listen there; the message says what to change
    public LiveServer start() throws IOException {
      return new LiveServer(this);
    }
  }
}
