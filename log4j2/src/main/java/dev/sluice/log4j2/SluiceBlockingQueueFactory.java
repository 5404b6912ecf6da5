package dev.sluice.log4j2;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Overflow;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.async.BlockingQueueFactory;
import org.apache.logging.log4j.core.config.Node;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;
import org.apache.logging.log4j.status.StatusLogger;

/// Gives Log4j's asynchronous appender a bounded channel as its queue:
///
/// ```xml
/// <Async name="async" bufferSize="8192" shutdownTimeout="5000">
///   <AppenderRef ref="file"/>
///   <SluiceBlockingQueue name="log" overflow="DROP_OLDEST"/>
/// </Async>
/// ```
///
/// The channel holds exactly `bufferSize` events. What is dropped is counted, and told to Log4j's
/// status logger at the first event and whenever the count has doubled.
///
/// @param <E> Log4j's events
@Plugin(
    name = "SluiceBlockingQueue",
    category = Node.CATEGORY,
    elementType = BlockingQueueFactory.ELEMENT_TYPE)
public final class SluiceBlockingQueueFactory<E> implements BlockingQueueFactory<E> {
  private static final Logger LOGGER = StatusLogger.getLogger();

  /// Those that were made. A configuration that is replaced takes its own with it.
  private static final List<WeakReference<Channel<?>>> MADE = new CopyOnWriteArrayList<>();

  private final String name;
  private final OverflowPolicy overflow;

  private SluiceBlockingQueueFactory(String name, OverflowPolicy overflow) {
    this.name = name;
    this.overflow = overflow;
  }

  /// Makes a factory: called by Log4j, for a `SluiceBlockingQueue` of a configuration.
  ///
  /// @param name what the channel is called in messages and monitors
  /// @param overflow what becomes of an event that finds it full
  @PluginFactory
  public static <E> SluiceBlockingQueueFactory<E> createFactory(
      @PluginAttribute(value = "name", defaultString = "log4j2") String name,
      @PluginAttribute(value = "overflow", defaultString = "LOG4J") OverflowPolicy overflow) {
    return new SluiceBlockingQueueFactory<>(name, overflow);
  }

  @Override
  public BlockingQueue<E> create(int capacity) {
    var channel = Channel.<E>builder().named(name).onOverflow(overflow()).bounded(capacity);
    MADE.removeIf(made -> made.get() == null);
    MADE.add(new WeakReference<>(channel));
    return new DispatcherQueue<>(channel.asBlockingQueue());
  }

  /*
   * Log4j ends its dispatcher by a last event, and a full queue that drops would lose that. It ends
   * all the same: the appender sets its flag before, and the dispatcher looks at it after each
   * event; a queue that dropped something had events, so the dispatcher isn't waiting for any.
   */
  private Overflow<E> overflow() {
    return switch (overflow) {
      case LOG4J -> Overflow.await();
      case DROP_OLDEST -> Overflow.dropOldest(counting());
      case DROP_NEWEST -> Overflow.dropNewest(counting());
    };
  }

  private Consumer<E> counting() {
    var count = new AtomicLong();
    return event -> {
      long dropped = count.incrementAndGet();
      if (Long.bitCount(dropped) == 1) {
        LOGGER.warn("{} is full: {} event(s) dropped so far ({})", name, dropped, overflow);
      }
    };
  }

  /// The channels of all configurations that are in use, for whoever wants to watch them: their
  /// [stats][Channel#stats] tell what was sent, received and dropped.
  public static List<Channel<?>> channels() {
    return MADE.stream().<Channel<?>>map(WeakReference::get).filter(Objects::nonNull).toList();
  }
}
