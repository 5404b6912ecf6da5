package dev.sluice.logback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.status.Status;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

/// Logback itself, with our appender in its configuration.
@Timeout(60)
class SluiceAppenderTest {

  @Test
  void every_event_of_several_threads_is_written_once_and_in_the_order_of_its_thread()
      throws Exception {
    var log = new Log("<capacity>64</capacity>");
    log.gate.countDown();

    var threads =
        IntStream.range(0, 4)
            .mapToObj(t ->
                Thread.ofVirtual()
                    .start(() -> {
                      for (int i = 0; i < 5_000; i++) {
                        log.logger().info("{}:{}", t, i);
                      }
                    }))
            .toList();
    for (var thread : threads) {
      thread.join();
    }
    log.context.stop();

    for (int t = 0; t < 4; t++) {
      var prefix = t + ":";
      assertThat(log.written().stream().filter(it -> it.startsWith(prefix)))
          .containsExactlyElementsOf(IntStream.range(0, 5_000).mapToObj(i -> prefix + i).toList());
    }
    assertThat(log.appender.account()).isEqualTo(new Account(20_000, 20_000, 0, 0, 0, 0));
  }

  @Test
  void a_full_channel_keeps_the_logging_thread_waiting_even_if_it_is_interrupted()
      throws Exception {
    var log = new Log("<capacity>2</capacity>");
    log.fill(2);

    var logging =
        Thread.ofPlatform()
            .start(() -> {
              Thread.currentThread().interrupt();
              log.logger().info("waits");
              log.logger().info("interrupted: {}", Thread.currentThread().isInterrupted());
            });
    awaitState(logging, Thread.State.WAITING);
    log.gate.countDown();
    logging.join();
    log.context.stop();

    assertThat(log.written()).containsExactly("held", "0", "1", "waits", "interrupted: true");
    assertThat(log.appender.account()).isEqualTo(new Account(5, 5, 0, 0, 0, 0));
  }

  @Test
  void the_newest_are_dropped_and_counted_if_that_is_said() throws Exception {
    var log = new Log("<capacity>3</capacity><overflow>DROP_NEWEST</overflow>");

    log.fill(5);
    assertThat(log.appender.account()).isEqualTo(new Account(6, 0, 0, 2, 0, 4));
    log.end();

    assertThat(log.written()).containsExactly("held", "0", "1", "2");
    assertThat(log.appender.account()).isEqualTo(new Account(6, 4, 0, 2, 0, 0));
    assertThat(log.told()).contains("ASYNC is full, and drops events (DROP_NEWEST)");
  }

  @Test
  void the_oldest_are_dropped_and_counted_if_that_is_said() throws Exception {
    var log = new Log("<capacity>3</capacity><overflow>DROP_OLDEST</overflow>");

    log.fill(5);
    log.end();

    assertThat(log.written()).containsExactly("held", "2", "3", "4");
    assertThat(log.appender.account()).isEqualTo(new Account(6, 4, 0, 2, 0, 0));
  }

  @Test
  void stopping_writes_what_is_left_and_leaves_no_thread() throws Exception {
    var log = new Log("<capacity>100</capacity>");
    log.fill(100);

    var stopping = Thread.ofPlatform().start(log.context::stop);
    log.gate.countDown();
    stopping.join();

    assertThat(log.written()).hasSize(101);
    assertThat(threads()).isEmpty();
  }

  @Test
  void past_the_time_to_stop_the_rest_is_abandoned_and_counted() throws Exception {
    var log = new Log("<capacity>10</capacity><stopTimeout>50 milliseconds</stopTimeout>");
    log.fill(10);

    log.context.stop();
    awaitNoThread(); // stopping does not wait for ever

    // the appender behind was interrupted, and has finished what it had in hand
    assertThat(log.written()).containsExactly("held");
    assertThat(log.appender.account()).isEqualTo(new Account(11, 1, 0, 0, 10, 0));
    assertThat(log.told()).anyMatch(it -> it.contains("not all was written"));
  }

  @Test
  void whoever_waits_for_room_when_it_is_stopped_goes_on() throws Exception {
    var log = new Log("<capacity>1</capacity><stopTimeout>50 milliseconds</stopTimeout>");
    log.fill(1);
    var logging = Thread.ofPlatform().start(() -> log.logger().info("too late"));
    log.awaitCome(3);
    awaitState(logging, Thread.State.WAITING);

    log.context.stop();
    logging.join();
    awaitNoThread();

    assertThat(log.appender.account()).isEqualTo(new Account(3, 1, 0, 1, 1, 0));
  }

  @Test
  void an_appender_that_fails_loses_its_event_and_no_other() throws Exception {
    var log = new Log("<capacity>10</capacity>");
    log.gate.countDown();

    log.logger().info("fail");
    log.logger().info("after");
    log.context.stop();

    assertThat(log.written()).containsExactly("after");
    assertThat(log.appender.account()).isEqualTo(new Account(2, 1, 1, 0, 0, 0));
  }

  @Test
  void what_the_writing_thread_logs_never_waits_for_itself() throws Exception {
    var log = new Log("<capacity>1</capacity>");
    log.gate.countDown();

    log.logger().info("log three");
    log.awaitWritten("log three");
    log.context.stop();

    var account = log.appender.account();
    assertThat(account.in()).isEqualTo(4);
    assertThat(account.written()).isEqualTo(2);
    assertThat(account.dropped()).isEqualTo(2);
  }

  @Test
  void it_says_what_is_wrong_with_its_settings() throws Exception {
    var empty = new Log("<capacity>0</capacity>");
    assertThat(empty.told())
        .contains("ASYNC: capacity must be at least 1, but was 0; it is not started");

    var context = new LoggerContext();
    var appender = new SluiceAppender();
    appender.setContext(context);
    appender.setName("lonely");
    appender.start();
    assertThat(appender.isStarted()).isFalse();
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .extracting(Status::getMessage)
        .containsExactly(
            "lonely has no appender to write to, and is not started: add an <appender-ref>");
  }

  @Test
  void a_context_that_is_reset_ends_the_old_thread() throws Exception {
    var log = new Log("<capacity>10</capacity>");
    log.gate.countDown();
    assertThat(threads()).hasSize(1);

    log.context.reset();

    assertThat(threads()).isEmpty();
  }

  // ----------------------------------------------------------------

  private static final ConcurrentLinkedQueue<String> WRITTEN = new ConcurrentLinkedQueue<>();
  private static volatile CountDownLatch held = new CountDownLatch(0);
  private static volatile CountDownLatch open = new CountDownLatch(0);

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sluice-logback-"))
        .toList();
  }

  /// Keeps what it is given, once the gate is open.
  public static final class KeepAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static Logger loggerOf(LoggerContext context) {
      return context.getLogger("inner");
    }

    /// What [#append] throws Logback catches itself; not every appender has that base.
    @Override
    public void doAppend(ILoggingEvent event) {
      if (event.getMessage().equals("fail")) {
        throw new IllegalStateException("as it was told");
      }
      super.doAppend(event);
    }

    @Override
    protected void append(ILoggingEvent event) {
      held.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // it gives up waiting, and writes
      }
      var message = event.getFormattedMessage();
      if (message.equals("log three")) {
        for (int i = 0; i < 3; i++) {
          loggerOf((LoggerContext) getContext()).info("inner {}", i);
        }
      }
      WRITTEN.add(message);
    }
  }

  private static final class Log {
    final LoggerContext context = new LoggerContext();
    final CountDownLatch gate = new CountDownLatch(1);
    final CountDownLatch taken = new CountDownLatch(1);
    final SluiceAppender appender;

    @SuppressWarnings(
        "StaticAssignmentInConstructor") // Logback makes the appenders: they look there
    Log(String settings) throws Exception {
      WRITTEN.clear();
      held = taken;
      open = gate;
      var xml =
          """
          <configuration>
            <appender name="KEEP" class="%s"/>
            <appender name="ASYNC" class="dev.sluice.logback.SluiceAppender">
              %s
              <appender-ref ref="KEEP"/>
            </appender>
            <root level="info"><appender-ref ref="ASYNC"/></root>
          </configuration>
          """
              .formatted(KeepAppender.class.getName(), settings);
      context.setMDCAdapter(new LogbackMDCAdapter());
      var configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
      context.start();
      appender = (SluiceAppender) context.getLogger("ROOT").getAppender("ASYNC");
      assertThat(appender).isNotNull();
    }

    Logger logger() {
      return context.getLogger("test");
    }

    /// Has the thread hold one event, and then logs so many, numbered.
    void fill(int count) throws InterruptedException {
      logger().info("held");
      taken.await();
      for (int i = 0; i < count; i++) {
        logger().info(Integer.toString(i));
      }
    }

    void awaitWritten(String message) {
      await(() -> WRITTEN.contains(message));
    }

    void awaitCome(long events) {
      await(() -> appender.account().in() == events);
    }

    List<String> written() {
      return List.copyOf(WRITTEN);
    }

    List<String> told() {
      return context.getStatusManager().getCopyOfStatusList().stream()
          .map(Status::getMessage)
          .toList();
    }

    void end() {
      gate.countDown();
      context.stop();
    }
  }

  private static void awaitState(Thread thread, Thread.State state) {
    await(() -> thread.getState() == state);
  }

  private static void awaitNoThread() {
    await(() -> threads().isEmpty());
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
