package dev.sluice.queues;

import dev.sluice.queues.Request.Action;
import dev.sluice.queues.Request.Settle;
import dev.sluice.queues.Settling.Settlement;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An item that was received, and is the receiver's for as long as the lease lasts.
///
/// Exactly one of [#ack], [#retry], [#release] and [#bury] ends the lease; each says whether the
/// item was still the receiver's. If it was not, because the lease had ended before, the call
/// changes nothing: another may have the item by now.
///
/// The lease is extended for as long as this process lives and anybody holds this object
/// ([QueueOptions#extending]).
///
/// @param <T> what was sent
public final class Leased<T> {
  private final QueueStore store;
  private final Row row;
  private final T value;
  private final QueueOptions options;
  private volatile boolean lost;

  Leased(QueueStore store, Row row, T value, QueueOptions options) {
    this.store = store;
    this.row = row;
    this.value = value;
    this.options = options;
  }

  /// What was sent.
  public T value() {
    return value;
  }

  /// What the queue knows it by.
  public long id() {
    return row.id();
  }

  /// Which attempt at it this is, from 1.
  public int attempt() {
    return row.attempts() + 1;
  }

  /// How often it has been received, this time included. Together with the id it is a fencing
  /// token: it only grows, and only the holder of the largest one has the item. In a file the last
  /// one may come again after a loss of power, which its holder did not survive either.
  public long delivery() {
    return row.token();
  }

  /// Its key, or null.
  public @Nullable String key() {
    return row.key();
  }

  /// Its deduplication id, or null.
  public @Nullable String dedup() {
    return row.dedup();
  }

  /// Its priority.
  public int priority() {
    return row.priority();
  }

  /// When it was sent.
  public Instant sent() {
    return Instant.ofEpochMilli(row.sent());
  }

  /// Whether the lease is known to have ended: there is no use in going on.
  public boolean isLost() {
    return lost;
  }

  void markLost() {
    lost = true;
  }

  Row row() {
    return row;
  }

  /// It is done, and gone.
  ///
  /// @return whether it was still the receiver's
  /// @throws QueueException if that could not be stored: the item will come again
  public boolean ack() throws QueueException, InterruptedException {
    boolean ours = store.perform(new Settle(List.of(row))).isEmpty();
    ended(ours);
    return ours;
  }

  /// It failed: it comes again after the queue's delay for that many failures, or is a dead letter
  /// if that was the last attempt, or if the queue's [dev.sluice.pipelines.Retry#when] says that
  /// another one would not help.
  ///
  /// @return whether it was still the receiver's
  public boolean retry(Exception cause) throws QueueException, InterruptedException {
    return options.retry().when().test(cause)
        ? retry(cause, options.retry().delayAfter(attempt()))
        : bury(cause);
  }

  /// It failed: it comes again after `delay`, or is a dead letter if that was the last attempt.
  public boolean retry(Exception cause, Duration delay)
      throws QueueException, InterruptedException {
    return retry(describe(cause), delay);
  }

  /// It failed, for a reason in words: it comes again after `delay`, or is a dead letter if that
  /// was the last attempt.
  public boolean retry(String cause, Duration delay) throws QueueException, InterruptedException {
    long millis = Math.max(0, delay.toMillis());
    return settle(tables -> tables.settling.retry(row, millis, cause));
  }

  /// Gives it back as if it had not been received: it keeps its place, and no attempt is counted.
  public boolean release() throws QueueException, InterruptedException {
    return settle(tables -> tables.settling.release(row));
  }

  /// It will never succeed: makes it a dead letter at once.
  public boolean bury(Exception cause) throws QueueException, InterruptedException {
    return bury(describe(cause));
  }

  /// It will never succeed, for a reason in words: makes it a dead letter at once.
  public boolean bury(String cause) throws QueueException, InterruptedException {
    return settle(tables -> tables.settling.kill(row, cause));
  }

  /// Makes the lease last so long from now.
  ///
  /// @return whether it was still the receiver's
  public boolean extend(Duration length) throws QueueException, InterruptedException {
    long millis = length.toMillis();
    boolean ours =
        store
            .perform(
                new Action<>(List.of(), tables -> tables.settling.extend(List.of(row), millis)))
            .isEmpty();
    if (!ours) {
      ended(false);
    }
    return ours;
  }

  private boolean settle(Action.Work<Settlement> work) throws QueueException, InterruptedException {
    boolean ours = store.perform(new Action<>(List.of(row), work)) != Settlement.STALE;
    ended(ours);
    return ours;
  }

  private void ended(boolean ours) {
    store.leases().remove(row);
    if (!ours) {
      lost = true;
    }
  }

  /// A cause as it is kept: with where it came from.
  static String describe(Exception cause) {
    var text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text));
    return text.toString().strip();
  }

  @Override
  public String toString() {
    return "Leased[id=%d, attempt=%d]".formatted(id(), attempt());
  }
}
