package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Syslog over real sockets.
@Timeout(60)
class SyslogSourceTest {
  private final List<SyslogSource> sources = new ArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (var source : sources) {
      source.close();
    }
  }

  @Test
  void it_listens_on_this_machine_alone_unless_a_host_is_named() throws Exception {
    assertThat(listen("syslog+tcp://:0").name()).startsWith("syslog+tcp://127.0.0.1:");
    assertThat(listen("syslog+udp://localhost:0").name()).startsWith("syslog+udp://127.0.0.1:");
    assertThat(listen("syslog+udp://0.0.0.0:0").name()).startsWith("syslog+udp://0.0.0.0:");
  }

  @Test
  void what_is_no_address_is_wrong_usage() {
    for (var wrong :
        List.of(
            "syslog+tcp://",
            "syslog+tcp://host",
            "syslog+udp://:99999",
            "syslog+tls://:1",
            "syslog+tcp:5514")) {
      assertThatThrownBy(() -> listen(wrong))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("expected syslog+tcp://[HOST]:PORT");
    }
  }

  @Test
  void a_port_that_is_taken_is_told() throws Exception {
    var taken = listen("syslog+tcp://:0");
    var same = "syslog+tcp://:" + port(taken);

    assertThatThrownBy(() -> listen(same))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot listen at %s: somebody else listens there".formatted(same));
  }

  @Test
  void messages_over_tcp_are_lines_of_whoever_sent_them() throws Exception {
    var source = listen("syslog+tcp://:0");
    try (var cursor = Closing.of(source.open());
        var sender = connect(source)) {
      sender.getOutputStream().write("<13>a\n6 <13>bc<13>d\n".getBytes(UTF_8));

      assertThat(take(cursor, 3)).containsExactly("1:<13>a", "2:<13>bc", "3:<13>d");
    }
    assertThat(source.accounts())
        .singleElement()
        .satisfies(account -> {
          assertThat(account.source()).isEqualTo(source.name() + "/127.0.0.1");
          assertThat(account.read()).isEqualTo(3);
        });
  }

  @Test
  void datagrams_are_messages() throws Exception {
    var source = listen("syslog+udp://:0");
    try (var cursor = Closing.of(source.open());
        var sender = new DatagramSocket()) {
      send(sender, source, "<13>a\n");
      send(sender, source, "<13>b\nc");

      assertThat(take(cursor, 2)).containsExactly("1:<13>a", "2:<13>b\nc");
    }
  }

  @Test
  void a_sender_waits_when_nobody_takes_and_nothing_is_lost() throws Exception {
    var source = listen("syslog+tcp://:0");
    int count = 30_000; // 60 MB, more than the kernel and we would keep
    try (var cursor = Closing.of(source.open());
        var sender = connect(source)) {
      var sending =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  for (int i = 0; i < count; i++) {
                    sender
                        .getOutputStream()
                        .write("<13>%d %s\n".formatted(i, "x".repeat(2_000)).getBytes(UTF_8));
                  }
                } catch (IOException e) {
                  told.add(String.valueOf(e));
                }
              });
      long before = -1;
      while (before != source.position()) { // until it moves no more
        before = source.position();
        sending.join(200);
      }
      assertThat(sending.isAlive()).isTrue();

      assertThat(take(cursor, count)).hasSize(count).last().asString().contains("<13>29999 x");
    }
    assertThat(told).isEmpty();
    assertThat(source.accounts()).extracting("dropped").containsExactly(0L);
  }

  @Test
  void datagrams_that_cannot_be_kept_are_counted_as_dropped() throws Exception {
    var source = listen("syslog+udp://:0");
    int count = 40_000;
    var cursor = source.open();
    try (var sender = new DatagramSocket()) {
      long sent = 0;
      for (int i = 0; i < count; i++) {
        var message = "<13>" + i;
        send(sender, source, message);
        sent += message.length();
        while (source.position() < sent - 500) {
          Thread.onSpinWait(); // or the kernel drops, which nobody sees
        }
      }
      while (source.accounts().getFirst().dropped() < count - Messages.MOST_MESSAGES) {
        Thread.onSpinWait(); // what is still on its way at the close would be half counted
      }
    } finally {
      cursor.close();
    }
    var account = source.accounts().getFirst();
    assertThat(account.dropped()).isPositive().isEqualTo(account.read());
  }

  @Test
  void a_sender_that_goes_away_within_a_message_leaves_a_reject() throws Exception {
    var source = listen("syslog+tcp://:0");
    try (var cursor = Closing.of(source.open())) {
      try (var sender = connect(source)) {
        sender.getOutputStream().write("100 <13>cut".getBytes(UTF_8));
      }

      var work = requireNonNull(cursor.next());

      assertThat(work.block().rejected())
          .singleElement()
          .satisfies(rejected -> {
            assertThat(rejected.reason()).isEqualTo("incomplete");
            assertThat(rejected.line()).isEqualTo(1);
          });
    }
  }

  @Test
  void more_connections_than_allowed_are_refused() throws Exception {
    var source = listen("syslog+tcp://:0");
    var senders = new ArrayList<Socket>();
    try (var cursor = Closing.of(source.open())) {
      for (int i = 0; i < SyslogSource.MOST_CONNECTIONS; i++) {
        senders.add(connect(source));
        senders.getLast().getOutputStream().write("<13>here\n".getBytes(UTF_8));
        take(cursor, 1);
      }
      var tooMany = connect(source);
      senders.add(tooMany);

      assertThat(tooMany.getInputStream().read()).isEqualTo(-1);
      assertThat(told).singleElement().asString().contains("more than 256 connections");
    } finally {
      for (var sender : senders) {
        sender.close();
      }
    }
  }

  private SyslogSource listen(String argument) throws IOException {
    var source = SyslogSource.listen(argument, null, told::add);
    sources.add(source);
    return source;
  }

  private static int port(SyslogSource source) {
    return Integer.parseInt(source.name().substring(source.name().lastIndexOf(':') + 1));
  }

  private static Socket connect(SyslogSource source) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port(source));
  }

  private static void send(DatagramSocket sender, SyslogSource source, String message)
      throws IOException {
    byte[] bytes = message.getBytes(UTF_8);
    sender.send(
        new DatagramPacket(
            bytes,
            bytes.length,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port(source))));
  }

  /// Takes so many messages: each with its number.
  private static List<String> take(Closing<Work> cursor, int count) throws Exception {
    var taken = new ArrayList<String>();
    while (taken.size() < count) {
      var work = requireNonNull(cursor.next());
      var block = work.block();
      for (int i = 0; i < block.count(); i++) {
        taken.add(
            (block.firstLine() + i)
                + ":"
                + Bytes.text(block.bytes(), block.starts()[i], block.ends()[i]));
      }
    }
    return taken;
  }
}
