package dev.sluice.testkit;

import com.google.common.collect.testing.QueueTestSuiteBuilder;
import com.google.common.collect.testing.TestStringQueueGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.testers.CollectionRemoveAllTester;
import com.google.common.collect.testing.testers.CollectionRemoveIfTester;
import com.google.common.collect.testing.testers.CollectionRemoveTester;
import com.google.common.collect.testing.testers.CollectionRetainAllTester;
import dev.sluice.channels.Channel;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// [Channel#asBlockingQueue] passes Guava's suites for queues.
class QueueSuiteTest {

  static { // the tests of a module don't read JUnit 4 where that is a module, too
    var module = QueueSuiteTest.class.getModule();
    ModuleLayer.boot().findModule("junit").ifPresent(module::addReads);
  }

  @TestFactory
  Stream<DynamicNode> the_queue_of_a_ring() {
    return suite("ring", () -> Channel.bounded(100), false);
  }

  @TestFactory
  Stream<DynamicNode> the_queue_of_a_fair_channel() {
    return suite("fair", () -> Channel.<String>builder().fair().bounded(100), false);
  }

  @TestFactory
  Stream<DynamicNode> the_queue_of_a_removable_channel() {
    return suite("removable", () -> Channel.<String>builder().removable().bounded(100), true);
  }

  /// @param removable whether items can be removed from the middle
  private static Stream<DynamicNode> suite(
      String name, Supplier<Channel<String>> kind, boolean removable) {
    var queues =
        new TestStringQueueGenerator() {
          @Override
          protected Queue<String> create(String[] elements) {
            var queue = kind.get().asBlockingQueue();
            queue.addAll(List.of(elements));
            return queue;
          }
        };
    var builder =
        QueueTestSuiteBuilder.using(queues)
            .named(name)
            .withFeatures(
                CollectionSize.ANY,
                CollectionFeature.KNOWN_ORDER,
                CollectionFeature.SUPPORTS_ADD,
                CollectionFeature.SUPPORTS_REMOVE); // poll() and clear() are meant by this, too
    if (removable) {
      builder = builder.withFeatures(CollectionFeature.SUPPORTS_ITERATOR_REMOVE);
    } else {
      builder =
          builder.suppressing(
              testsOf(
                  CollectionRemoveTester.class,
                  CollectionRemoveIfTester.class,
                  CollectionRemoveAllTester.class,
                  CollectionRetainAllTester.class));
    }
    return Stream.of(node(builder.createTestSuite()));
  }

  private static List<Method> testsOf(Class<?>... testers) {
    return Arrays.stream(testers).flatMap(tester -> Arrays.stream(tester.getMethods())).toList();
  }

  @SuppressWarnings("JdkObsolete") // what the suites are made of
  private static DynamicNode node(Test test) {
    return switch (test) {
      case TestSuite suite ->
          DynamicContainer.dynamicContainer(
              suite.getName(),
              suite.testCount() == 0
                  ? Stream.empty()
                  : Collections.list(suite.tests()).stream().map(QueueSuiteTest::node));
      case TestCase single -> DynamicTest.dynamicTest(single.getName(), single::runBare);
      default -> throw new AssertionError("not known what this is: " + test);
    };
  }
}
