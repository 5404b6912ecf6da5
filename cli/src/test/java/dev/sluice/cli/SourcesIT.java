package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where `sluice logs` reads from, as a person uses it: through the launcher, with its 256 MB heap.
@Timeout(180)
class SourcesIT {
  private static final Path SLUICE = Path.of("..", "sluice").toAbsolutePath().normalize();
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path dir;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void nothing_is_left_running() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /// A process, and what it has said so far.
  private record Program(Process process, Text out, Text err) {
    void await(BooleanSupplier condition) {
      while (!condition.getAsBoolean()) {
        assertThat(process.isAlive()).as(() -> "ended: " + err).isTrue();
        LockSupport.parkNanos(1_000_000);
      }
    }

    int end() throws InterruptedException {
      process.toHandle().destroy();
      assertThat(process.waitFor(30, SECONDS)).isTrue();
      out.awaitEnd();
      err.awaitEnd();
      return process.exitValue();
    }
  }

  /// What comes out of a process, collected by a thread of its own.
  private static final class Text {
    private final AtomicReference<String> text = new AtomicReference<>("");
    private final Thread reader;

    Text(InputStream in) {
      reader = Thread.startVirtualThread(() -> collect(in));
    }

    private void collect(InputStream in) {
      try (var reading = new InputStreamReader(in, UTF_8)) {
        var chars = new char[8_192];
        for (int n = reading.read(chars); n >= 0; n = reading.read(chars)) {
          add(new String(chars, 0, n));
        }
      } catch (IOException e) {
        add(e.toString());
      }
    }

    private void add(String more) {
      text.updateAndGet(before -> before + more);
    }

    void awaitEnd() throws InterruptedException {
      reader.join();
    }

    long lines() {
      return text.get().chars().filter(c -> c == '\n').count();
    }

    @Override
    public String toString() {
      return text.get();
    }
  }

  @Test
  void following_goes_through_rotation_and_ends_by_a_signal() throws Exception {
    append("app.log", "{\"n\":1}\n");
    var program = start("logs", "-f", "app.log", "--to", "ndjson:-", "--account", "account.json");
    program.await(() -> program.out.lines() == 1);

    append("app.log", "{\"n\":2}\n");
    Files.move(dir.resolve("app.log"), dir.resolve("app.log.1"));
    append("app.log", "{\"n\":3}\n{\"n\":");
    program.await(() -> program.out.lines() == 3);
    append("app.log", "4}\n");
    program.await(() -> program.out.lines() == 4);

    assertThat(program.end()).isEqualTo(143);
    assertThat(program.out.toString().lines().map(line -> line.replaceAll(".*\"n\":", "")))
        .containsExactly("1}", "2}", "3}", "4}");
    assertThat(program.err.toString())
        .contains("ended by SIGTERM: read 4 = 4 written + 0 filtered + 0 rejected");
    assertThat(account().get("written").longValue()).isEqualTo(4);
  }

  @Test
  void what_a_truncated_file_lost_is_told_at_once_and_in_the_account() throws Exception {
    append("app.log", "{\"n\":1}\n");
    var program = start("logs", "-f", "app.log", "--to", "ndjson:-", "--account", "account.json");
    program.await(() -> program.out.lines() == 1);

    Files.write(dir.resolve("app.log"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);

    program.await(
        () -> program.err.toString().contains("sluice logs: app.log: truncated after byte 8 "));
    assertThat(program.end()).isEqualTo(143);
    assertThat(account().get("sources").get(0).get("gaps").toString())
        .isEqualTo("[{\"from\":8,\"to\":null}]");
  }

  @Test
  void a_file_that_is_not_there_yet_is_waited_for_and_its_format_recognised() throws Exception {
    var program = start("logs", "-f", "later.log", "--to", "ndjson:-");

    append("later.log", "level=info msg=\"all well\" took=12\n");
    program.await(() -> program.out.lines() == 1);

    assertThat(program.end()).isEqualTo(143);
    assertThat(program.out.toString()).contains("\"msg\":\"all well\"");
  }

  @Test
  void from_end_needs_follow() throws Exception {
    var program = start("logs", "--from-end", "x");

    assertThat(program.process.waitFor()).isEqualTo(2);
    program.err.awaitEnd();
    assertThat(program.err.toString()).contains("add --follow");
  }

  @Test
  void syslog_comes_over_the_network() throws Exception {
    var program =
        start(
            "logs",
            "syslog+tcp://:0",
            "syslog+udp://:0",
            "--to",
            "ndjson:-",
            "--account",
            "account.json");
    var listening = Pattern.compile("syslog\\+(tcp|udp)://127\\.0\\.0\\.1:(\\d+): listening");
    program.await(() -> listening.matcher(program.err.toString()).results().count() == 2);
    var ports =
        listening
            .matcher(program.err.toString())
            .results()
            .map(match -> Integer.parseInt(match.group(2)))
            .toList();
    var message = "<34>1 2026-11-21T00:00:00.003Z h1 su 1234 ID47 - 'su root' failed";

    try (var tcp = new Socket(InetAddress.getLoopbackAddress(), ports.getFirst());
        var udp = new DatagramSocket()) {
      tcp.getOutputStream().write((message.length() + " " + message).getBytes(UTF_8));
      byte[] datagram = message.getBytes(UTF_8);
      udp.send(
          new DatagramPacket(
              datagram,
              datagram.length,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.getLast())));
      program.await(() -> program.out.lines() == 2);
    }

    assertThat(program.end()).isEqualTo(143);
    assertThat(program.out.toString()).contains("\"app\":\"su\"", "/127.0.0.1\",\"line\":1,");
    assertThat(account().get("written").longValue()).isEqualTo(2);
  }

  @Test
  void an_encoding_is_recognised_or_named() throws Exception {
    Files.write(
        dir.resolve("utf16.log"),
        "\ufeff{\"who\":\"Jos\u00e9 \u20ac\"}\r\n".getBytes(StandardCharsets.UTF_16LE));
    Files.write(
        dir.resolve("latin1.log"),
        "{\"who\":\"Jos\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1));

    var utf16 = start("logs", "utf16.log", "--to", "ndjson:-");
    assertThat(utf16.process.waitFor()).isZero();
    var latin1 = start("logs", "latin1.log", "--encoding", "latin-1", "--to", "ndjson:-");
    assertThat(latin1.process.waitFor()).isZero();

    utf16.out.awaitEnd();
    latin1.out.awaitEnd();
    assertThat(utf16.out.toString()).contains("\"who\":\"Jos\u00e9 \u20ac\"");
    assertThat(latin1.out.toString()).contains("\"who\":\"Jos\u00e9\"");
  }

  @Test
  void explain_says_what_is_guaranteed_and_what_limited_the_run() throws Exception {
    append("app.log", "{\"n\":1}\n".repeat(10_000));

    var program = start("logs", "app.log", "--explain", "--to", "ndjson:out.ndjson");

    assertThat(program.process.waitFor()).isZero();
    program.err.awaitEnd();
    assertThat(program.err.toString())
        .contains("guaranteed: app.log is read once", "guaranteed: every line", "  read: 1 worker")
        .contains("limits the rate");
  }

  @Test
  void a_line_of_a_gigabyte_fits_into_the_heap() throws Exception {
    var program =
        shell(
            "{ echo '{\"n\":1}'; head -c 1000000000 /dev/zero | tr '\\0' x; echo; echo '{\"n\":2}'; }"
                + " | '%s' logs - --format json --to ndjson:- --account account.json"
                    .formatted(SLUICE));

    assertThat(program.process.waitFor()).as(program.err::toString).isZero();
    assertThat(account().get("written").longValue()).isEqualTo(2);
    assertThat(account().get("rejected").longValue()).isEqualTo(1);
    assertThat(account().get("bytes").longValue()).isEqualTo(1_000_000_017L);
  }

  /// The layouts of lines are learned, and here each is new, long, and at a place of its own.
  @Test
  void ever_other_long_keys_fit_into_the_heap() throws Exception {
    try (var out = Files.newBufferedWriter(dir.resolve("keys.json"))) {
      for (int i = 0; i < 700; i++) {
        for (int layout = i, place = 0; place < 9; place++, layout /= 2) {
          out.write((place == 0 ? "{" : ",") + "\"" + "ab".charAt(layout % 2) + place + "\":1");
        }
        out.write(",\"" + ("key" + i).repeat(100_000) + "\":1}\n");
      }
    }

    var program =
        start(
            "logs",
            "keys.json",
            "--format",
            "json",
            "--count-by",
            "a0",
            "--account",
            "account.json");

    assertThat(program.process.waitFor()).as(program.err::toString).isZero();
    assertThat(account().get("written").longValue()).isEqualTo(700);
  }

  @Test
  void a_gzip_bomb_is_harmless() throws Exception {
    // Each megabyte of it becomes a gigabyte: a line of that length, and as much in lines.
    var program =
        shell(
            "{ head -c 500000000 /dev/zero | tr '\\0' x; head -c 500000000 /dev/zero | tr '\\0' '\\n'; }"
                + " | gzip -1 > bomb.gz; '%s' logs bomb.gz --to ndjson:- --account account.json"
                    .formatted(SLUICE));

    assertThat(program.process.waitFor()).as(program.err::toString).isZero();
    assertThat(account().get("rejected").longValue()).isEqualTo(1);
    assertThat(account().get("filtered").longValue()).isEqualTo(499_999_999);
    assertThat(account().get("written").longValue()).isZero();
  }

  private JsonNode account() throws IOException {
    return JSON.readTree(Files.readString(dir.resolve("account.json")));
  }

  private void append(String file, String text) throws IOException {
    Files.writeString(
        dir.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private Program start(String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(SLUICE.toString()));
    command.addAll(List.of(arguments));
    return program(command);
  }

  private Program shell(String script) throws IOException {
    return program(List.of("bash", "-c", script));
  }

  private Program program(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).directory(dir.toFile()).start();
    started.add(process);
    return new Program(
        process, new Text(process.getInputStream()), new Text(process.getErrorStream()));
  }
}
