package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One subscriber of [Receiver#asPublisher], and the thread that signals to it.
///
/// The thread waits in two places: here for demand, and among the channel's receivers for an item.
/// Whatever changes what it waits for unparks it, and it looks again.
final class ReceiverSubscription<T> implements Flow.Subscription {
  private final AbstractChannel<T> channel;
  private final int end;
  private final Flow.Subscriber<? super T> subscriber;
  private final Thread thread;
  private final AtomicLong demand = new AtomicLong();
  private volatile boolean cancelled;
  private volatile @Nullable IllegalArgumentException violation;

  ReceiverSubscription(AbstractChannel<T> channel, int end, Flow.Subscriber<? super T> subscriber) {
    this.channel = channel;
    this.end = end;
    this.subscriber = requireNonNull(subscriber, "subscriber is null");
    thread = Thread.ofVirtual().name(channel.name() + ", publisher").unstarted(this::publish);
  }

  void start() {
    thread.start();
  }

  @Override
  public void request(long items) {
    if (items > 0) {
      demand.accumulateAndGet(items, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    } else {
      violation =
          new IllegalArgumentException(
              "a request must be for at least 1 item, but was for " + items + " (rule 3.9)");
    }
    LockSupport.unpark(thread);
  }

  @Override
  public void cancel() {
    cancelled = true;
    LockSupport.unpark(thread);
  }

  private void publish() {
    subscriber.onSubscribe(this);
    while (!isOver()) {
      T item;
      try {
        if (demand.get() == 0 && !channel.isEnded()) {
          LockSupport.park(this);
          AbstractChannel.throwIfInterrupted();
          continue;
        }
        item = channel.receiveUnless(this::isOver, end);
      } catch (InterruptedException e) {
        continue; // set by a callback, if by anyone: what stops a subscription is cancel()
      }
      if (item != null) {
        demand.decrementAndGet();
        subscriber.onNext(item);
      } else if (channel.isEnded()) {
        end(channel.cause());
        return;
      }
    }
    if (!cancelled) {
      end(violation);
    }
  }

  private boolean isOver() {
    return cancelled || violation != null;
  }

  private void end(@Nullable Throwable cause) {
    if (cancelled) {
      return;
    }
    if (cause == null) {
      subscriber.onComplete();
    } else {
      subscriber.onError(cause);
    }
  }
}
