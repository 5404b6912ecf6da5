package dev.sluice.log4j2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.AsyncAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Log4j itself, with our queue in its asynchronous appender.
@Timeout(60)
class SluiceBlockingQueueTest {

  @Test
  void every_event_of_several_threads_is_written_once_and_in_the_order_of_its_thread()
      throws Exception {
    var log = new Log("", "bufferSize='64'");
    log.gate.countDown();

    var threads =
        IntStream.range(0, 4)
            .mapToObj(t ->
                Thread.ofPlatform()
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

    assertThat(log.written()).hasSize(20_000);
    for (int t = 0; t < 4; t++) {
      var prefix = t + ":";
      assertThat(log.written().stream().filter(it -> it.startsWith(prefix)))
          .containsExactlyElementsOf(IntStream.range(0, 5_000).mapToObj(i -> prefix + i).toList());
    }
  }

  @Test
  void it_holds_exactly_as_many_as_the_buffer_size_says() throws Exception {
    var log = new Log("", "bufferSize='5'");

    assertThat(log.channel.capacity()).isEqualTo(5);

    log.end();
  }

  @Test
  void a_full_queue_keeps_the_logging_thread_waiting() throws Exception {
    var log = new Log("", "bufferSize='2'");
    log.fill(2);

    var logging = Thread.ofPlatform().start(() -> log.logger().info("waits"));
    awaitState(logging, Thread.State.WAITING);
    log.gate.countDown();
    logging.join();
    log.context.stop();

    assertThat(log.written()).containsExactly("held", "0", "1", "waits");
    assertThat(log.channel.stats().dropped()).isZero();
  }

  @Test
  void without_blocking_the_error_appender_gets_what_finds_no_room() throws Exception {
    var log = new Log("", "bufferSize='2' blocking='false' errorRef='errors'");
    log.fill(2);

    log.logger().info("too much");

    assertThat(messages("errors")).containsExactly("too much");
    log.end();
    assertThat(log.written()).containsExactly("held", "0", "1");
  }

  @Test
  void the_newest_are_dropped_and_counted_if_that_is_said() throws Exception {
    var log = new Log("overflow='DROP_NEWEST'", "bufferSize='3'");

    log.fill(5);

    assertThat(log.channel.stats().dropped()).isEqualTo(2);
    log.end();
    assertThat(log.written()).containsExactly("held", "0", "1", "2");
  }

  @Test
  void the_oldest_are_dropped_and_counted_if_that_is_said() throws Exception {
    var log = new Log("overflow='DROP_OLDEST'", "bufferSize='3'");

    log.fill(5);

    assertThat(log.channel.stats().dropped()).isEqualTo(2);
    log.end();
    assertThat(log.written().getFirst()).isEqualTo("held");
    assertThat(log.written()).contains("4").doesNotContain("0", "1");
  }

  @Test
  void stopping_writes_what_is_left_and_leaves_no_thread() throws Exception {
    for (var overflow : OverflowPolicy.values()) {
      var log = new Log("overflow='" + overflow + "'", "bufferSize='100'");
      log.fill(100);
      var stopping = Thread.ofPlatform().start(log.context::stop);
      // Log4j puts its mark of the end where the dispatcher may have ended already, and leaves it.
      awaitState(stopping, Thread.State.WAITING);
      log.gate.countDown();
      stopping.join();

      assertThat(log.written()).hasSizeGreaterThanOrEqualTo(100); // one may make room for the end
      assertThat(log.dispatchers()).isEmpty();
      assertThat(log.channel.size()).isZero();
    }
  }

  @Test
  void stopping_waits_no_longer_than_it_may() throws Exception {
    var log = new Log("", "bufferSize='10' shutdownTimeout='100'");
    log.fill(10);

    long begun = System.nanoTime();
    log.context.stop();

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    assertThat(log.written()).isEmpty();
    log.gate.countDown();
    for (var dispatcher : log.dispatchers()) {
      dispatcher.join();
    }
    assertThat(log.channel.size()).isZero();
  }

  @Test
  void an_interrupted_thread_still_logs_once_and_stays_interrupted() throws Exception {
    var log = new Log("", "bufferSize='10'");
    log.gate.countDown();

    Thread.currentThread().interrupt();
    log.logger().info("interrupted");

    assertThat(Thread.interrupted()).isTrue();
    log.context.stop();
    assertThat(log.written()).containsExactly("interrupted");
  }

  @Test
  void an_overflow_that_is_none_is_told_and_leaves_it_to_log4j() throws Exception {
    var log = new Log("overflow='DROP_ALL'", "bufferSize='2'");
    log.gate.countDown();

    log.logger().info("written");
    log.context.stop();

    assertThat(log.written()).containsExactly("written");
  }

  // ----------------------------------------------------------------

  private static final ConcurrentLinkedQueue<Written> WRITTEN = new ConcurrentLinkedQueue<>();
  private static volatile CountDownLatch held = new CountDownLatch(0);
  private static volatile CountDownLatch open = new CountDownLatch(0);

  private record Written(String appender, String message) {}

  private static List<String> messages(String appender) {
    return WRITTEN.stream().filter(w -> w.appender.equals(appender)).map(Written::message).toList();
  }

  /// Keeps what it is given; the appender `kept` waits at a gate before.
  @Plugin(name = "Keep", category = Node.CATEGORY, elementType = "appender")
  public static final class KeepAppender extends AbstractAppender {
    private KeepAppender(String name) {
      super(name, null, null, true, Property.EMPTY_ARRAY);
    }

    @PluginFactory
    public static KeepAppender create(@PluginAttribute("name") String name) {
      return new KeepAppender(name);
    }

    @Override
    public void append(LogEvent event) {
      if (getName().equals("kept")) {
        held.countDown();
        boolean interrupted = false;
        while (true) {
          try {
            open.await();
            break;
          } catch (InterruptedException e) {
            interrupted = true; // as an appender that finishes its write
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      WRITTEN.add(new Written(getName(), event.getMessage().getFormattedMessage()));
    }
  }

  /// A configuration of Log4j, whose appender waits until the gate is open.
  private static final class Log {
    final LoggerContext context = new LoggerContext("test");
    final CountDownLatch gate = new CountDownLatch(1);
    final CountDownLatch taken = new CountDownLatch(1);
    final Channel<?> channel;

    @SuppressWarnings("StaticAssignmentInConstructor") // Log4j makes the appenders: they look there
    Log(String queue, String async) throws IOException {
      WRITTEN.clear();
      held = taken;
      open = gate;
      var xml =
          """
          <Configuration status='OFF'>
            <Appenders>
              <Keep name='kept'/>
              <Keep name='errors'/>
              <Async name='async' %s>
                <AppenderRef ref='kept'/>
                <SluiceBlockingQueue name='test' %s/>
              </Async>
            </Appenders>
            <Loggers><Root level='info'><AppenderRef ref='async'/></Root></Loggers>
          </Configuration>
          """
              .formatted(async, queue);
      var source =
          new ConfigurationSource(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
      Configuration configuration = new XmlConfiguration(context, source);
      context.start(configuration);
      assertThat(configuration.<AsyncAppender>getAppender("async")).isNotNull();
      channel = SluiceBlockingQueueFactory.channels().getLast();
      assertThat(channel.name()).isEqualTo("test");
    }

    org.apache.logging.log4j.core.Logger logger() {
      return context.getLogger("test");
    }

    /// Has the dispatcher hold one event, and then logs so many, numbered.
    void fill(int count) throws InterruptedException {
      logger().info("held");
      taken.await();
      for (int i = 0; i < count; i++) {
        logger().info(Integer.toString(i));
      }
    }

    List<String> written() {
      return messages("kept");
    }

    void end() {
      gate.countDown();
      context.stop();
    }

    List<Thread> dispatchers() {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(t -> t.getName().contains("AsyncAppenderEventDispatcher"))
          .toList();
    }
  }

  private static void awaitState(Thread thread, Thread.State state) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (thread.getState() != state) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
