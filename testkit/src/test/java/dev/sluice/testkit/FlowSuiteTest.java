package dev.sluice.testkit;

import static java.util.Objects.requireNonNullElseGet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.SubscriberPuppet;
import org.reactivestreams.tck.SubscriberWhiteboxVerification.WhiteboxSubscriberProbe;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.reactivestreams.tck.flow.support.TestException;
import org.testng.IInvokedMethod;
import org.testng.IInvokedMethodListener;
import org.testng.ITestResult;
import org.testng.TestNG;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.Test;

/// [dev.sluice.channels.Receiver#asPublisher] and [Sender#asSubscriber] pass the test kit of
/// Reactive Streams, which is made for TestNG: each of its tests is one here.
class FlowSuiteTest {

  /// Several subscribers compete here: each item goes to one, not to all.
  private static final String NOT_PROMISED = "optional_spec111_multicast_";

  @TestFactory
  Stream<DynamicTest> the_publisher() {
    return resultsOf(PublisherVerification.class);
  }

  @TestFactory
  Stream<DynamicTest> the_subscriber_from_inside() {
    return resultsOf(WhiteboxVerification.class);
  }

  @TestFactory
  Stream<DynamicTest> the_subscriber_from_outside() {
    return resultsOf(BlackboxVerification.class);
  }

  private static Stream<DynamicTest> resultsOf(Class<?> verification) {
    var results = new ArrayList<ITestResult>();
    var testng = new TestNG(false);
    testng.setVerbose(0);
    testng.setTestClasses(new Class<?>[] {verification});
    testng.addListener(
        new IInvokedMethodListener() {
          @Override
          public void afterInvocation(IInvokedMethod method, ITestResult result) {
            if (method.isTestMethod() || !result.isSuccess()) {
              results.add(result);
            }
          }
        });
    testng.run();
    assertThat(results).hasSizeGreaterThan(20);
    return results.stream()
        .filter(result -> !result.getName().startsWith("untested_")) // a rule that has no test
        .map(result -> DynamicTest.dynamicTest(result.getName(), () -> replay(result)));
  }

  private static void replay(ITestResult result) throws Throwable {
    if (result.isSuccess()) {
      return;
    }
    var why = requireNonNullElseGet(result.getThrowable(), () -> new AssertionError("no reason"));
    if (result.getStatus() == ITestResult.SKIP && result.getName().startsWith(NOT_PROMISED)) {
      Assumptions.abort(why.toString());
    }
    throw new AssertionError(result.getName() + " has not passed", why);
  }

  /// Long enough for a busy machine where a signal is expected: only a failure waits that long.
  /// Short where none is: each of those tests does wait.
  private static TestEnvironment patience() {
    return new TestEnvironment(5_000, 50, 10);
  }

  static class PublisherVerification extends FlowPublisherVerification<Long> {
    private static final int TRIES = 5;

    private final List<Channel<Long>> channels = new ArrayList<>();

    PublisherVerification() {
      super(patience(), 500);
    }

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
      Channel<Long> channel = open();
      if (elements < channel.capacity()) {
        fill(channel, elements);
      } else {
        Thread.startVirtualThread(() -> fill(channel, elements));
      }
      return channel.asPublisher();
    }

    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
      Channel<Long> channel = open();
      channel.close(new TestException());
      return channel.asPublisher();
    }

    private Channel<Long> open() {
      Channel<Long> channel = Channel.bounded(16);
      channels.add(channel);
      return channel;
    }

    private static void fill(Channel<Long> channel, long elements) {
      try {
        for (long i = 0; i < elements; i++) {
          channel.send(i);
        }
        channel.close();
      } catch (ClosedException e) {
        // the test is over
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /// "Eventually" is half a second to the kit, in which a busy machine may not come to it. Who
    /// keeps the reference does so each time.
    @Override
    @Test
    public void
        required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber()
            throws Throwable {
      for (int i = 1; ; i++) {
        try {
          super
              .required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber();
          return;
        } catch (AssertionError e) {
          if (i == TRIES) {
            throw e;
          }
          setUp(); // forgets the failure
        }
      }
    }

    @AfterMethod
    void close_the_channels() {
      channels.forEach(Channel::cancel);
      channels.clear();
    }
  }

  static class WhiteboxVerification extends FlowSubscriberWhiteboxVerification<Integer> {

    WhiteboxVerification() {
      super(patience());
    }

    @Override
    protected Flow.Subscriber<Integer> createFlowSubscriber(
        WhiteboxSubscriberProbe<Integer> probe) {
      return new Probed(Channel.<Integer>bounded(100).asSubscriber(100), probe);
    }

    @Override
    public Integer createElement(int element) {
      return element;
    }
  }

  /// Passes all signals on, and tells the kit.
  private record Probed(Flow.Subscriber<Integer> subscriber, WhiteboxSubscriberProbe<Integer> probe)
      implements Flow.Subscriber<Integer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscriber.onSubscribe(subscription);
      probe.registerOnSubscribe(
          new SubscriberPuppet() {
            @Override
            public void triggerRequest(long elements) {
              subscription.request(elements);
            }

            @Override
            public void signalCancel() {
              subscription.cancel();
            }
          });
    }

    @Override
    public void onNext(Integer item) {
      subscriber.onNext(item);
      probe.registerOnNext(item);
    }

    @Override
    public void onError(Throwable cause) {
      subscriber.onError(cause);
      probe.registerOnError(cause);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
      probe.registerOnComplete();
    }
  }

  static class BlackboxVerification extends FlowSubscriberBlackboxVerification<Integer> {
    private @Nullable Channel<Integer> channel;

    BlackboxVerification() {
      super(patience());
    }

    @Override
    public Flow.Subscriber<Integer> createFlowSubscriber() {
      channel = Channel.bounded(100);
      return channel.asSubscriber(1);
    }

    @Override
    public Integer createElement(int element) {
      return element;
    }

    @AfterMethod
    void close_the_channel() {
      if (channel != null) {
        channel.cancel();
      }
    }
  }
}
