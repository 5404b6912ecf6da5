package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.channels.Channel;
import dev.sluice.fixtures.Until;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AlarmTest {
  private static final Snapshot.Health WELL = new Snapshot.Health(true, true);

  private static Snapshot withChannel(int size, Duration oldest) {
    var channel =
        new Snapshot.Channel(
            "inbox", size, 100, size, 0, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, oldest);
    return new Snapshot(
        1, Instant.EPOCH, WELL, List.of(), List.of(channel), List.of(), List.of(), List.of());
  }

  private static Snapshot withPipeline(long in, long out) {
    var account = new dev.sluice.pipelines.Account(in, out, 0, 0, 0, 0, in - out);
    var pipeline =
        new Snapshot.Pipeline(
            "orders",
            Snapshot.State.RUNNING,
            Duration.ZERO,
            null,
            account,
            0,
            null,
            "",
            List.of(),
            List.of());
    return new Snapshot(
        1, Instant.EPOCH, WELL, List.of(pipeline), List.of(), List.of(), List.of(), List.of());
  }

  private final List<String> told = new ArrayList<>();
  private final Alarms alarms = new Alarms();
  private long nanos;

  private void add(Alarm alarm) {
    alarms.add(alarm, (which, raised, text) -> told.add((raised ? "raised " : "ended ") + text));
  }

  private void look(Snapshot snapshot) {
    nanos += 1_000_000_000;
    alarms.look(snapshot, nanos).forEach(Alarms.Change::tell);
  }

  @Test
  void a_queue_of_which_nobody_can_tell_ends_no_alarm() {
    add(Alarm.backlog("inbox", 50, 10));
    look(withChannel(50, Duration.ZERO));

    var unreadable = new Snapshot.Unreadable("inbox", Instant.EPOCH, "the server is away");
    look(
        new Snapshot(
            2,
            Instant.EPOCH,
            WELL,
            List.of(),
            List.of(),
            List.of(unreadable),
            List.of(),
            List.of()));
    assertThat(told).containsExactly("raised backlog at inbox: 50 items wait");
    assertThat(alarms.raised()).hasSize(1);

    look(withChannel(5, Duration.ZERO));
    assertThat(told).last().isEqualTo("ended backlog at inbox: 5 items wait");
  }

  @Test
  void a_backlog_that_trembles_around_a_line_is_told_once() {
    add(Alarm.backlog("inbox", 50, 10));

    for (int size : new int[] {0, 49, 50, 49, 50, 51, 11, 50, 10, 49, 11, 50, 0}) {
      look(withChannel(size, Duration.ZERO));
    }

    assertThat(told)
        .containsExactly(
            "raised backlog at inbox: 50 items wait",
            "ended backlog at inbox: 10 items wait",
            "raised backlog at inbox: 50 items wait",
            "ended backlog at inbox: 0 items wait");
  }

  @Test
  void an_item_that_waits_too_long_raises_one() {
    add(Alarm.oldest("inbox", Duration.ofSeconds(2), Duration.ofSeconds(1)));

    look(withChannel(1, Duration.ofMillis(1_900)));
    look(withChannel(1, Duration.ofMillis(2_100)));

    assertThat(told)
        .containsExactly("raised oldest item at inbox: 2.1 s is the age of the oldest item");
    assertThat(alarms.raised()).hasSize(1);
    look(withChannel(1, Duration.ofMillis(900)));
    assertThat(alarms.raised()).isEmpty();
  }

  @Test
  void a_pipeline_with_items_on_the_way_and_none_that_arrives_stalls() {
    add(Alarm.stall("orders", Duration.ofSeconds(3)));

    look(withPipeline(5, 5)); // nothing on the way: idle is no stall
    look(withPipeline(5, 5));
    look(withPipeline(5, 5));
    look(withPipeline(5, 5));
    assertThat(told).isEmpty();
    look(withPipeline(9, 5));
    look(withPipeline(9, 5));
    assertThat(told).isEmpty();
    look(withPipeline(12, 5));
    look(withPipeline(12, 5));
    assertThat(told).hasSize(1).first().asString().startsWith("raised stall of orders: ");
    look(withPipeline(12, 6));
    assertThat(told).hasSize(2);
  }

  @Test
  void what_is_gone_is_no_reason_to_be_alarmed() {
    add(Alarm.backlog("inbox", 50, 10));
    look(withChannel(60, Duration.ZERO));

    look(withPipeline(1, 1));

    assertThat(told).hasSize(2);
    assertThat(alarms.raised()).isEmpty();
  }

  @Test
  void lines_in_the_wrong_order_are_refused() {
    assertThatThrownBy(() -> Alarm.backlog("inbox", 10, 10))
        .hasMessage(
            "alarm 'backlog at inbox': high must be above low, and low 0 or more, but they were"
                + " 10.0 and 10.0");
  }

  @Test
  void a_web_hook_gets_each_change_and_a_dead_one_holds_nobody_up() throws Exception {
    var bodies = new CopyOnWriteArrayList<String>();
    var come = new CountDownLatch(2);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
          come.countDown();
        });
    server.start();
    Channel<Integer> channel = Channel.<Integer>builder().named("in\"box").bounded(10);
    var uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
    try (var monitor = new Monitor();
        var hook = new WebHook(uri);
        var dead = new WebHook(URI.create("http://127.0.0.1:1/"))) {
      for (int i = 0; i < 6; i++) {
        channel.send(i);
      }
      monitor.watch(channel);
      monitor.alarm(Alarm.backlog("in\"box", 5, 1), hook);
      monitor.alarm(Alarm.backlog("in\"box", 4, 0), dead);
      Until.holds("both are raised", () -> monitor.snapshot().alarms().size() == 2);
      channel.drainTo(new ArrayList<>(), 10);

      come.await();

      assertThat(bodies.get(0))
          .isEqualTo(
              "{\"alarm\":\"backlog at in\\\"box\",\"raised\":true,\"text\":\"backlog at in\\\"box:"
                  + " 6 items wait\"}");
      assertThat(bodies.get(1)).contains("\"raised\":false");
      Until.holds("the dead one is counted", () -> dead.failed() >= 1);
    } finally {
      server.stop(0);
    }
  }
}
