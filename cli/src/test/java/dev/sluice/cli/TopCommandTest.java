package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.fixtures.Until;
import dev.sluice.monitor.Monitor;
import dev.sluice.monitor.MonitorServer;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/// `sluice top` beside a real monitor.
@Timeout(60)
@ResourceLock(Resources.SYSTEM_OUT)
class TopCommandTest {
  private static final String TOKEN = "0123456789abcdef";

  private final StringWriter errors = new StringWriter();
  private String output = "";

  private int top(String... args) {
    var before = System.out;
    var bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, UTF_8));
    try {
      var all = new String[args.length + 1];
      all[0] = "top";
      System.arraycopy(args, 0, all, 1, args.length);
      return Main.run(Main.commands(Map.of()).setErr(new PrintWriter(errors, true)), false, all);
    } finally {
      System.setOut(before);
      output = bytes.toString(UTF_8);
    }
  }

  @Test
  void it_shows_pipelines_with_their_accounts_and_channels_with_their_fill() throws Exception {
    Channel<String> inbox = Channel.<String>builder().named("in\033[2Jbox").bounded(4);
    inbox.send("a");
    inbox.send("b");
    var running =
        Pipeline.from(Source.of(1, 2, 3, 4, 5)).filter(i -> i > 2).to("write", i -> {}).start();
    running.await();
    try (var monitor = new Monitor();
        var server = MonitorServer.of(monitor).token(TOKEN).start()) {
      monitor.watch("numbers", running);
      monitor.watch(inbox);

      assertThat(top(server.page().toString(), "--once")).isZero();

      assertThat(output)
          .containsPattern("numbers: (done|running), ")
          .contains(
              "in 5 = 3 out + 2 filtered + 0 dropped + 0 dead-lettered + 0 abandoned + 0 in flight")
          .containsPattern("write +")
          .contains("2/4 #####.....")
          .doesNotContain("\033");
    }
  }

  @Test
  void it_tells_of_a_queue_that_can_not_be_read() throws Exception {
    try (var monitor = new Monitor();
        var server = MonitorServer.of(monitor).start()) {
      monitor.watch(
          "jobs",
          () -> {
            throw new IOException("the server is away\033[2J");
          });
      Until.holds("it was looked at", () -> !monitor.snapshot().unreadable().isEmpty());

      assertThat(top(server.page().toString(), "--once")).isZero();

      assertThat(output)
          .containsPattern("! jobs can't be read since \\d{4}-.*: the server is away")
          .doesNotContain("\033")
          .doesNotContain("nothing is watched");
    }
  }

  @Test
  void without_the_token_it_says_what_to_do() throws Exception {
    try (var monitor = new Monitor();
        var server = MonitorServer.of(monitor).token(TOKEN).start()) {
      assertThat(top(Integer.toString(server.port()))).isEqualTo(1);

      assertThat(errors.toString())
          .startsWith("sluice top: localhost:" + server.port() + " needs a token: ");
    }
  }

  @Test
  void where_nobody_answers_it_says_so() throws Exception {
    int port;
    try (var monitor = new Monitor();
        var server = MonitorServer.of(monitor).start()) {
      port = server.port();
    }

    assertThat(top("localhost:" + port)).isEqualTo(1);
    assertThat(errors.toString())
        .startsWith("sluice top: nobody answers at localhost:" + port + ": has the program ended?");
  }

  @Test
  void what_is_no_address_is_wrong_usage() {
    assertThat(top("ftp://localhost:1/")).isEqualTo(2);

    assertThat(errors.toString())
        .contains("not the address of a monitor: 'ftp://localhost:1/' (expected http://HOST:PORT/");
  }
}
