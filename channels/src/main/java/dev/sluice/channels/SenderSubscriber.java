package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// [Sender#asSubscriber].
///
/// What was asked for and not yet sent is in a channel between the publisher's threads and the one
/// that sends, and so are the two signals that end the stream. It has room for all that may come.
final class SenderSubscriber<T> implements Flow.Subscriber<T> {
  private static final Duration FOREVER = Duration.ofNanos(AbstractChannel.FOREVER);

  private final Sender<T> sender;
  private final AbstractChannel<T> inbox;
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
  private volatile boolean overrun;

  SenderSubscriber(Sender<T> sender, int prefetch) {
    if (prefetch < 1) {
      throw new IllegalArgumentException("prefetch must be at least 1, but was " + prefetch);
    }
    this.sender = sender;
    inbox = new RingChannel<>(prefetch, new ChannelBuilder<T>().named("a subscriber"));
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    requireNonNull(subscription, "subscription is null");
    if (!this.subscription.compareAndSet(null, subscription)) {
      subscription.cancel();
      return;
    }
    subscription.request(inbox.capacity());
    Thread.ofVirtual().name("subscriber").start(() -> pass(subscription));
  }

  @Override
  public void onNext(T item) {
    requireNonNull(item, "item is null");
    try {
      if (!inbox.trySend(item)) {
        overrun = true;
        inbox.close(
            new IllegalStateException(
                "the publisher sent more items than it was asked for (rule 1.1)"));
      }
    } catch (ClosedException e) {
      // it was on its way when the subscription was cancelled
    }
  }

  @Override
  public void onError(Throwable cause) {
    inbox.close(requireNonNull(cause, "cause is null"));
  }

  @Override
  public void onComplete() {
    inbox.close();
  }

  private void pass(Flow.Subscription subscription) {
    try {
      T item;
      while ((item = inbox.receive(FOREVER)) != null) {
        sender.send(item);
        if (!inbox.isClosed()) {
          subscription.request(1);
        }
      }
      if (overrun) {
        subscription.cancel();
      }
      sender.close(inbox.cause());
    } catch (InterruptedException | RuntimeException | Error e) {
      inbox.cancel();
      subscription.cancel();
      sender.close(e);
    }
  }
}
