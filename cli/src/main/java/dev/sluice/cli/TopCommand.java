package dev.sluice.cli;

import dev.sluice.logs.UsageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice top`: what a monitor's page shows, in the terminal.
@Command(
    name = "top",
    header = "Show in the terminal what a monitor's page shows.",
    description = {
      "",
      "Draws the pipelines and channels of a program that has a monitor, as 'sluice logs --dashboard' has, again and"
          + " again until Ctrl-C; once, if the output is no terminal.",
      ""
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "  0:shown; the program it watched may have ended meanwhile",
      "  1:nobody answers there, or not to us",
      "  2:wrong usage"
    })
final class TopCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String HOME = "\033[H";
  private static final String CLEAR_LINE = "\033[K";
  private static final String CLEAR_BELOW = "\033[J";

  @Parameters(
      paramLabel = "ADDRESS",
      description =
          "What the program told: http://localhost:8080/, with its token if there is one; or just the port.")
  private String address = "";

  @Option(names = "--once", description = "Show it once.")
  private boolean once;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = Durations.class,
      description = "How often to draw it: 200ms, 1s, 5s (default: ${DEFAULT-VALUE}).")
  private Duration every = Duration.ofSeconds(1);

  private final Map<String, String> environment = System.getenv();

  @Override
  public Integer call() throws Exception {
    var page = page(address);
    var screen = Screen.standardOutput(environment);
    boolean redraws = screen.redraws() && !once;
    boolean colour = Screen.colours(1, environment);
    var ended = new CountDownLatch(1);
    try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
        var _ = Signals.listen(signal -> ended.countDown(), signal -> ended.countDown())) {
      boolean shown = false;
      do {
        var snapshot = ask(client, page, shown);
        if (snapshot == null) {
          return 0; // it was there, and has ended
        }
        screen.write(
            redraws
                ? drawn(snapshot, screen.size(), colour)
                : new TopView(colour, Integer.MAX_VALUE).text(snapshot));
        shown = true;
      } while (redraws && !ended.await(every.toMillis(), TimeUnit.MILLISECONDS));
      return 0;
    }
  }

  /// Over what was there before, line by line: a window that is cleared first flickers.
  private static String drawn(Map<String, Object> snapshot, Screen.Size size, boolean colour) {
    var room = new Screen.Size(size.rows() - 1, size.columns() - 1);
    var text = new StringBuilder(HOME);
    for (var line : new TopView(colour, room.columns()).lines(snapshot, room)) {
      text.append(line).append(CLEAR_LINE).append('\n');
    }
    return text.append(CLEAR_BELOW).toString();
  }

  /// @param shown whether it has answered before: then its end is no failure
  /// @return null if it has ended
  private static @Nullable Map<String, Object> ask(HttpClient client, URI page, boolean shown)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(page.resolve("/api/snapshot")).timeout(PATIENCE);
    var query = page.getRawQuery();
    if (query != null && query.startsWith("token=")) {
      request.header("Authorization", "Bearer " + query.substring("token=".length()));
    }
    var place = page.getHost() + ":" + page.getPort();
    try {
      var answer = client.send(request.build(), BodyHandlers.ofByteArray());
      int status = answer.statusCode();
      if (status == 200) {
        return TopView.parse(answer.body());
      }
      throw new IOException(
          status == 401
              ? place + " needs a token: give the address as the program told it, in quotes"
              : place + " is no monitor: it answered " + status);
    } catch (ConnectException e) {
      if (shown) {
        return null;
      }
      throw new IOException("nobody answers at " + place + ": has the program ended?", e);
    }
  }

  private static URI page(String address) {
    var full =
        address.matches("\\d{1,5}")
            ? "http://localhost:" + address + "/"
            : address.contains("://") ? address : "http://" + address;
    try {
      var page = URI.create(full);
      if ("http".equals(page.getScheme()) && page.getHost() != null && page.getPort() > 0) {
        return page;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new UsageException(
        "not the address of a monitor: '%s' (expected http://HOST:PORT/, HOST:PORT or PORT)"
            .formatted(address));
  }
}
