package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Answers requests, after the [Guard] has let them in.
final class Site implements HttpHandler {
  private static final Logger LOGGER = System.getLogger("dev.sluice.monitor");
  private static final int LONGEST_ADDRESS = 2_048;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";

  private final Monitor monitor;
  private final Guard guard;
  private final Streams streams;
  private final boolean control;
  private final Duration drainPatience;
  private final Assets assets = new Assets();

  Site(Monitor monitor, Guard guard, Streams streams, boolean control, Duration drainPatience) {
    this.monitor = monitor;
    this.guard = guard;
    this.streams = streams;
    this.control = control;
    this.drainPatience = drainPatience;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    boolean handedOver = false;
    try {
      handedOver = answer(exchange);
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "could not answer a request", e);
      if (exchange.getResponseCode() == -1) {
        send(exchange, 500, TEXT, "this is a defect: see the log\n");
      }
    } finally {
      if (!handedOver) {
        exchange.close();
      }
    }
  }

  /// @return whether the exchange goes on without us
  private boolean answer(HttpExchange exchange) throws IOException {
    secure(exchange);
    var refusal = guard.refuseForeign(exchange.getRequestHeaders());
    if (refusal == null) {
      refusal = refuseOversized(exchange);
    }
    if (refusal != null) {
      refuse(exchange, refusal);
      return false;
    }
    var path = exchange.getRequestURI().getRawPath();
    if (path.equals("/health/ready") || path.equals("/health/live")) {
      health(exchange, path.endsWith("ready"));
      return false;
    }
    if (path.equals("/") && guard.brings(exchange.getRequestURI())) {
      var token = exchange.getRequestURI().getRawQuery().substring("token=".length());
      exchange.getResponseHeaders().set("Set-Cookie", guard.cookie(token));
      exchange.getResponseHeaders().set("Location", "/");
      exchange.sendResponseHeaders(303, -1);
      return false;
    }
    refusal = guard.refuseStranger(exchange.getRequestHeaders());
    if (refusal != null) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      refuse(exchange, refusal);
      return false;
    }
    return exchange.getRequestMethod().equals("POST")
        ? steer(exchange, path)
        : look(exchange, path);
  }

  private static void secure(HttpExchange exchange) {
    var headers = exchange.getResponseHeaders();
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
            + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Frame-Options", "DENY");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("Cache-Control", "no-store");
  }

  /// Nothing that is asked here needs a body, or a long address.
  private static Guard.@org.jspecify.annotations.Nullable Refusal refuseOversized(
      HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    var length = headers.getFirst("Content-Length");
    if (headers.containsKey("Transfer-Encoding") || (length != null && !length.equals("0"))) {
      return new Guard.Refusal(413, "requests here have no body");
    }
    if (exchange.getRequestURI().toString().length() > LONGEST_ADDRESS) {
      return new Guard.Refusal(414, "the address is too long");
    }
    return null;
  }

  private boolean look(HttpExchange exchange, String path) throws IOException {
    if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      send(exchange, 405, TEXT, "only GET, HEAD and some POST are known here\n");
      return false;
    }
    switch (path) {
      case "/api/events" -> {
        return events(exchange);
      }
      case "/api/snapshot" ->
          send(exchange, 200, JSON, SnapshotJson.of(monitor.snapshot(), control));
      case "/metrics" ->
          send(exchange, 200, PrometheusText.TYPE, PrometheusText.of(monitor.snapshot()));
      default -> asset(exchange, path);
    }
    return false;
  }

  private boolean events(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      send(exchange, 200, "text/event-stream", "");
      return false;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    if (streams.open(exchange)) {
      return true;
    }
    exchange.getResponseHeaders().set("Retry-After", "5");
    send(exchange, 503, TEXT, "too many streams are open; /api/snapshot still answers\n");
    return false;
  }

  private void health(HttpExchange exchange, boolean ready) throws IOException {
    var health = monitor.health();
    boolean well = ready ? health.ready() : health.live();
    send(exchange, well ? 200 : 503, TEXT, well ? "ok\n" : ready ? "not ready\n" : "not live\n");
  }

  private void asset(HttpExchange exchange, String path) throws IOException {
    var asset = assets.get(path);
    if (asset == null) {
      send(exchange, 404, TEXT, "there is nothing here; the page is at /\n");
      return;
    }
    var headers = exchange.getResponseHeaders();
    headers.set("Cache-Control", "no-cache");
    headers.set("ETag", asset.tag());
    headers.set("Vary", "Accept-Encoding");
    if (asset.tag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    var accepted = exchange.getRequestHeaders().getFirst("Accept-Encoding");
    boolean compressed = accepted != null && accepted.contains("gzip");
    if (compressed) {
      headers.set("Content-Encoding", "gzip");
    }
    send(exchange, 200, asset.type(), compressed ? asset.compressed() : asset.plain());
  }

  // Steering

  private boolean steer(HttpExchange exchange, String path) throws IOException {
    var parts = parts(path);
    if (parts.size() < 4 || !parts.get(0).equals("api") || !parts.get(1).equals("pipelines")) {
      send(exchange, 404, TEXT, "there is nothing to change here\n");
      return false;
    }
    if (!control) {
      send(exchange, 403, TEXT, "this server only shows; start it with control allowed\n");
      return false;
    }
    if (exchange.getRequestHeaders().getFirst("X-Sluice") == null) {
      // A form of another site cannot send it, whatever the browser does about origins.
      send(exchange, 403, TEXT, "whoever changes something sends a header 'X-Sluice: 1'\n");
      return false;
    }
    var found = monitor.pipeline(parts.get(2));
    if (found.isEmpty()) {
      send(exchange, 404, TEXT, "there is no pipeline of that name\n");
      return false;
    }
    steer(exchange, found.get(), parts.subList(3, parts.size()));
    return false;
  }

  private void steer(HttpExchange exchange, WatchedPipeline pipeline, List<String> command)
      throws IOException {
    var running = pipeline.running();
    if (command.equals(List.of("pause"))) {
      running.pause();
    } else if (command.equals(List.of("resume"))) {
      running.resume();
    } else if (command.equals(List.of("drain"))) {
      pipeline.drain(drainPatience);
    } else if (command.size() == 4
        && command.get(0).equals("stages")
        && command.get(2).equals("workers")
        && command.get(3).matches("\\d{1,6}")) {
      try {
        running.stage(command.get(1)).concurrency(Integer.parseInt(command.get(3)));
      } catch (IllegalArgumentException | IllegalStateException e) {
        send(exchange, 409, TEXT, e.getMessage() + "\n");
        return;
      }
    } else {
      send(exchange, 404, TEXT, "it can be told pause, resume, drain, stages/STAGE/workers/N\n");
      return;
    }
    LOGGER.log(
        Level.INFO,
        "{0}: {1} was asked for on the page",
        pipeline.name(),
        String.join("/", command));
    exchange.sendResponseHeaders(204, -1);
  }

  private static List<String> parts(String path) {
    var parts = new ArrayList<String>();
    for (var part : path.substring(1).split("/", -1)) {
      parts.add(URLDecoder.decode(part.replace("+", "%2B"), UTF_8));
    }
    return parts;
  }

  // Sending

  private static void refuse(HttpExchange exchange, Guard.Refusal refusal) throws IOException {
    exchange.getResponseHeaders().set("Connection", "close");
    send(exchange, refusal.status(), TEXT, refusal.reason() + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    send(exchange, status, type, text.getBytes(UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] bytes)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush(); // closing waits for the rest of a body that we don't want
    }
  }
}
