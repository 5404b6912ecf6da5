package dev.sluice.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.logs.LogItem;
import dev.sluice.logs.NoRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Asks programs and services about records. What they answer is bounded, and so is how long they
/// may take.
final class Asking {
  private static final int LONGEST_ANSWER = 1 << 20;
  private static final int LONGEST_COMPLAINT = 2_000;
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Duration CONNECTING = Duration.ofSeconds(10);
  private static final Duration ENDING = Duration.ofSeconds(5);
  private static final Executor READERS = task -> Thread.ofPlatform().daemon().start(task);
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final class Client {
    private static final HttpClient HTTP =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // many a small server answers nothing else
            .connectTimeout(CONNECTING)
            .build();
  }

  private Asking() {}

  /// What becomes of `item` by the answer.
  static LogItem ask(Step.Call call, LogItem item) throws Exception {
    return answered(call, item, answer(call, item.text()));
  }

  /// @param answer what was said
  /// @throws NoRecordException if it is to be the record, and is none
  static LogItem answered(Step.Call call, LogItem item, String answer) throws NoRecordException {
    return LogItem.ofJson(
        item.source(),
        item.line(),
        call.field() == null ? answer : withField(item.text(), call.field(), answer));
  }

  private static String withField(String json, String field, String answer) {
    Map<String, @Nullable Object> all =
        new LinkedHashMap<>(
            JSON.readValue(json, new TypeReference<Map<String, @Nullable Object>>() {}));
    all.put(field, value(answer.strip()));
    return JSON.writeValueAsString(all);
  }

  /// What JSON says, or else the text.
  private static @Nullable Object value(String answer) {
    try {
      return JSON.readValue(answer, Object.class);
    } catch (JacksonException e) {
      return answer;
    }
  }

  private static String answer(Step.Call call, String json)
      throws IOException, InterruptedException {
    return switch (call.whom()) {
      case Step.Program program -> run(program.command(), json + "\n", call.timeout());
      case Step.Service service -> send(service, json, call.timeout());
    };
  }

  /// Runs a program, and returns what it prints.
  ///
  /// @throws IOException if it can't be started, ends with another status than 0, or takes too long
  static String run(List<String> command, String input, Duration timeout)
      throws IOException, InterruptedException {
    var name = command.getFirst();
    var process = new ProcessBuilder(unmoved(command)).start();
    try {
      var output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), READERS);
      var complaint = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), READERS);
      var _ = CompletableFuture.runAsync(() -> write(process, input), READERS);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("%s has not ended within %s".formatted(name, timeout));
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            "%s ended with status %d: %s"
                .formatted(name, process.exitValue(), excerpt(within(complaint, name))));
      }
      return bounded(within(output, name), name);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /// The command, deaf to Ctrl-C, which a terminal sends to all that it began: it ends this program
  /// in order, and so not what this program still waits for.
  private static List<String> unmoved(List<String> command) {
    if (!Files.isExecutable(SHELL)) {
      return command;
    }
    var all = new ArrayList<>(List.of(SHELL.toString(), "-c", "trap '' INT; exec \"$@\"", "sh"));
    all.addAll(command);
    return all;
  }

  private static byte[] within(CompletableFuture<byte[]> reading, String name)
      throws IOException, InterruptedException {
    try {
      return reading.get(ENDING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(name + " has ended, but something it started holds its output");
    } catch (ExecutionException e) {
      throw new IOException(name + ": its output cannot be read", e.getCause());
    }
  }

  private static byte[] read(InputStream in) {
    try (in) {
      var bytes = in.readNBytes(LONGEST_ANSWER + 1);
      in.transferTo(OutputStream.nullOutputStream()); // or it would wait to be rid of it
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Process process, String input) {
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(UTF_8));
    } catch (IOException e) {
      // It need not read what it is given: its answer counts.
    }
  }

  private static String send(Step.Service service, String json, Duration timeout)
      throws IOException, InterruptedException {
    var request = request(service, json);
    var host = host(request.uri());
    var answer =
        Client.HTTP.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST_ANSWER));
    try {
      var response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() / 100 != 2) {
        throw new IOException(
            "%s answered with status %d: %s"
                .formatted(host, response.statusCode(), excerpt(response.body())));
      }
      return new String(response.body(), UTF_8);
    } catch (TimeoutException e) {
      throw new IOException("%s has not answered within %s".formatted(host, timeout), e);
    } catch (ExecutionException e) {
      throw new IOException("%s: %s".formatted(host, reason(e.getCause())), e.getCause());
    } finally {
      answer.cancel(true); // does nothing to one that is there
    }
  }

  /// @throws IllegalArgumentException if there can be no such request
  static HttpRequest request(Step.Service service, String json) {
    var request =
        HttpRequest.newBuilder(URI.create(service.url()))
            .header("Content-Type", "application/json")
            .method(service.method(), HttpRequest.BodyPublishers.ofString(json));
    service.headers().forEach(request::setHeader);
    return request.build();
  }

  /// Without a user and a password, which may stand before it.
  private static String host(URI address) {
    return address.getPort() < 0 ? address.getHost() : address.getHost() + ":" + address.getPort();
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null || cause.getMessage() == null
        ? "it cannot be reached"
        : cause.getMessage();
  }

  private static String bounded(byte[] answer, String whose) throws IOException {
    if (answer.length > LONGEST_ANSWER) {
      throw new IOException(
          "the answer of %s is longer than %,d bytes".formatted(whose, LONGEST_ANSWER));
    }
    return new String(answer, UTF_8);
  }

  private static String excerpt(byte[] text) {
    var all = new String(text, UTF_8).strip();
    return all.substring(0, Math.min(LONGEST_COMPLAINT, all.length()));
  }
}
