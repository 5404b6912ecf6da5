package dev.sluice.benchmarks;

import dev.sluice.benchmarks.ThreadRound.Party;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;

/// A round of Log4j's asynchronous appender, as Log4j measures it itself: threads log a message
/// with one parameter, without location, and an appender behind the queue only counts. It ends when
/// the last event has been counted.
final class LoggingRound extends ThreadRound {
  private final LoggerContext context;

  private LoggingRound(Cell cell, List<Party> parties, LoggerContext context, long items) {
    super(cell.threads(), parties, Plays.sent(cell, items));
    this.context = context;
  }

  /// @param queue the element of Log4j's configuration that makes the queue
  static LoggingRound of(Cell cell, String queue, long items) {
    var context = new LoggerContext("benchmark");
    var counting = new Counting(items);
    context.start(new Configured(context, cell.capacity(), queue, counting));
    var logger = context.getLogger("benchmark");
    var parties = new ArrayList<Party>();
    for (int i = 0; i < cell.senders(); i++) {
      int start = Item.start(i);
      parties.add(_ -> {
        int at = start;
        for (long left = items / cell.senders(); left > 0; left--) {
          logger.info("p1={}", Item.ALL[at]);
          at = Item.next(at);
        }
      });
    }
    parties.add(tally -> {
      counting.all.await();
      context.stop(); // waits for its thread: nothing is counted after that
      tally.add(counting.tally);
    });
    return new LoggingRound(cell, parties, context, items);
  }

  @Override
  void abandon() {
    super.abandon();
    context.stop();
  }

  /// What the asynchronous appender of the perf tests is given.
  private static final class Configured extends XmlConfiguration {
    private final Counting counting;

    Configured(LoggerContext context, int capacity, String queue, Counting counting) {
      super(context, source(capacity, queue));
      this.counting = counting;
    }

    private static ConfigurationSource source(int capacity, String queue) {
      var xml =
          """
          <Configuration status="OFF">
            <Appenders>
              <Async name="async" blocking="true" bufferSize="%d" shutdownTimeout="5000">
                <AppenderRef ref="counting"/>
                %s
              </Async>
            </Appenders>
            <Loggers>
              <Root level="info" includeLocation="false"><AppenderRef ref="async"/></Root>
            </Loggers>
          </Configuration>
          """
              .formatted(capacity, queue);
      try {
        return new ConfigurationSource(
            new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    protected void doConfigure() {
      super.doConfigure(); // puts what the text names in place of what was there
      addAppender(counting);
    }
  }

  /// Counts, on the one thread behind the queue.
  private static final class Counting extends AbstractAppender {
    final Tally tally = new Tally();
    final CountDownLatch all = new CountDownLatch(1);
    private long left;

    Counting(long items) {
      super("counting", null, null, false, Property.EMPTY_ARRAY);
      left = items;
    }

    @Override
    public void append(LogEvent event) {
      tally.add((Item) event.getMessage().getParameters()[0]);
      if (--left == 0) {
        all.countDown();
      }
    }
  }
}
