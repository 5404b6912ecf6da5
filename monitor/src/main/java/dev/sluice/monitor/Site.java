package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/// Answers requests, after the [Guard] has let them in.
final class Site implements HttpHandler {
  private static final Logger LOGGER = System.getLogger("dev.sluice.monitor");
  private static final int LONGEST_ADDRESS = 2_048;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final LiveContent content;
  private final Guard guard;
  private final Streams streams;
  private final Assets assets;

  Site(LiveContent content, Guard guard, Streams streams) {
    this.content = content;
    this.guard = guard;
    this.streams = streams;
    this.assets = new Assets(content);
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
    var open = content.open(path);
    if (open != null) {
      send(exchange, open);
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
    if (exchange.getRequestMethod().equals("POST")) {
      steer(exchange, path);
      return false;
    }
    return look(exchange, path);
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
    if (path.equals("/api/events")) {
      return events(exchange);
    }
    var answer =
        path.equals("/api/snapshot")
            ? LiveContent.Answer.json(content.now().json())
            : content.look(path);
    if (answer == null) {
      asset(exchange, path);
    } else {
      send(exchange, answer);
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

  private void steer(HttpExchange exchange, String path) throws IOException {
    if (!content.control()) {
      send(exchange, 403, TEXT, "this server only shows; start it with control allowed\n");
    } else if (exchange.getRequestHeaders().getFirst("X-Sluice") == null) {
      // A form of another site cannot send it, whatever the browser does about origins.
      send(exchange, 403, TEXT, "whoever changes something sends a header 'X-Sluice: 1'\n");
    } else {
      send(exchange, content.steer(path, exchange.getRequestURI().getRawQuery()));
    }
  }

  // Sending

  private static void refuse(HttpExchange exchange, Guard.Refusal refusal) throws IOException {
    exchange.getResponseHeaders().set("Connection", "close");
    send(exchange, refusal.status(), TEXT, refusal.reason() + "\n");
  }

  private static void send(HttpExchange exchange, LiveContent.Answer answer) throws IOException {
    send(exchange, answer.status(), answer.type(), answer.body());
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
