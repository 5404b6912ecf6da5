package dev.sluice.monitor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Tells a web address of alarms: a `POST` with `{"alarm", "raised", "text"}` as JSON for each
/// change, one after the other.
///
/// Nobody waits for it. What it cannot deliver within ten seconds it counts, logs and leaves; so it
/// does with the oldest when more than a hundred changes wait.
public final class WebHook implements AlarmListener, AutoCloseable {
  private static final Logger LOGGER = System.getLogger("dev.sluice.monitor");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_WAITING = 100;
  private static final JsonFactory FACTORY = new JsonFactory();

  private final URI address;
  private final ArrayBlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final LongAdder failed = new LongAdder();
  private final Thread sender;

  /// Makes one for that address.
  ///
  /// @param address of `http` or `https`
  public WebHook(URI address) {
    if (!"http".equals(address.getScheme()) && !"https".equals(address.getScheme())) {
      throw new IllegalArgumentException(
          "a web hook has an address of http or https, but the scheme was " + address.getScheme());
    }
    this.address = address;
    sender = Thread.ofPlatform().name("sluice-monitor-hook").daemon().start(this::send);
  }

  @Override
  public void changed(Alarm alarm, boolean raised, String text) {
    var bytes = new ByteArrayOutputStream();
    try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeStringProperty("alarm", alarm.name());
      json.writeBooleanProperty("raised", raised);
      json.writeStringProperty("text", text);
      json.writeEndObject();
    }
    while (!waiting.offer(bytes.toByteArray())) {
      if (waiting.poll() != null) {
        failed.increment();
      }
    }
  }

  /// How many changes it could not tell of.
  public long failed() {
    return failed.sum();
  }

  private void send() {
    var client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    try {
      while (true) {
        post(client, waiting.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private void post(HttpClient client, byte[] body) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(address)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      int status = client.send(request, BodyHandlers.discarding()).statusCode();
      if (status >= 300) {
        failed("it answered " + status);
      }
    } catch (IOException e) {
      failed(e.getClass().getSimpleName());
    }
  }

  private void failed(String why) {
    failed.increment();
    LOGGER.log(Level.WARNING, "could not tell the web hook at {0}: {1}", address.getHost(), why);
  }

  /// Tells nothing any more; what waits is left.
  @Override
  public void close() {
    sender.interrupt();
  }
}
