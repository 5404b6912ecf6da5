package dev.sluice.examples;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Outcome;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Retry;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.Stage;
import dev.sluice.pipelines.ThrowingFunction;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What becomes of items that fail, and of those that a run did not come to.
public final class PipelinesFailures {
  private PipelinesFailures() {}

  /// Some attempts, then the dead letters.
  public static Pipe<Order> onError(
      Pipe<Order> orders, ThrowingFunction<Order, Order> price, Sink<DeadLetter> rejects) {
    return orders
        .map(price)
        // @start region="on-error"
        .onError(OnError.deadLetter(rejects).after(Retry.attempts(5)))
        // @end
        .filter(Order::isPaid);
  }

  /// What is wrong with the line stays wrong; what is wrong with the service may pass.
  public static Stage<String, Order> priced(
      ThrowingFunction<Order, Order> price, Sink<DeadLetter> rejects) {
    // @start region="retry"
    Stage<String, Order> priced =
        lines ->
            lines
                .map(Order::parse)
                .onError(OnError.deadLetter(rejects)) // no line gets better by waiting
                .map(Parallel.unordered(32), price)
                .named("price")
                .onError(
                    OnError.deadLetter(rejects)
                        .after(
                            Retry.attempts(5)
                                .backoff(Duration.ofMillis(100), Duration.ofSeconds(10))
                                .unless(IllegalArgumentException.class)));
    // @end
    return priced;
  }

  /// Dead letters once more, from the beginning.
  public static Pipeline replay(
      List<DeadLetter> letters,
      ThrowingFunction<String, String> mend,
      Stage<String, Order> priced,
      Sink<Order> ship) {
    // @start region="replay"
    return Pipeline.from(Source.of(letters))
        .map(letter -> (String) letter.original()) // what the source had delivered
        .map(mend)
        .via(priced)
        .to(ship);
    // @end
  }

  /// After an order that failed, none of the same customer.
  public static Pipeline keyed(
      Source<Order> orders, ThrowingFunction<Order, Order> book, Sink<DeadLetter> held) {
    // @start region="dead-letter-key"
    return Pipeline.from(orders)
        .map(book)
        .onError(OnError.deadLetterKey(Order::customer, 10_000, held))
        .to(Sink.discard());
    // @end
  }

  /// A queue that keeps what it gave until it is told.
  public interface Inbox {
    /// Gives a message, waiting for it; null when it is closed.
    @Nullable String take() throws InterruptedException;

    /// It may forget `message`.
    void done(String message);

    /// It shall give `message` again.
    void giveBack(String message);
  }

  /// What such a queue gives.
  public static Source<String> acknowledged(Inbox inbox) {
    // @start region="acknowledged"
    return () ->
        new Cursor<>() {
          @Override
          public @Nullable String next() throws InterruptedException {
            return inbox.take();
          }

          @Override
          public void settled(String message, Outcome outcome) { // once each, from any thread
            if (outcome == Outcome.ABANDONED) {
              inbox.giveBack(message);
            } else {
              inbox.done(message);
            }
          }
        };
    // @end
  }

  /// An event with its place in a log.
  ///
  /// @param offset its place
  /// @param line what it says
  public record Event(long offset, String line) {}

  /// A log that is read from a position on.
  public static Pipeline committing(Source<Event> events, LongConsumer position, Sink<Order> ship) {
    // @start region="committing"
    return Pipeline.from(
            Source.committing(events, 1_000, event -> position.accept(event.offset() + 1)))
        .map(Parallel.unordered(4), event -> Order.parse(event.line()))
        .to(ship);
    // @end
  }
}
