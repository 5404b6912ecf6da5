package dev.sluice.races;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.Arrays;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs tests until the first is red, and prints that one: what `races/mutate` asks.
final class UntilRed implements TestExecutionListener {
  private static final int RED = 1;

  private int green;

  private UntilRed() {}

  /// Runs `tests`, and ends with status 1 at the first that is red.
  ///
  /// @param tests names of classes, or of methods as `Class#method`, in the order in which they run
  public static void main(String... tests) {
    var listener = new UntilRed();
    for (var test : tests) { // one request each: within one request JUnit chooses the order
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(test.contains("#") ? selectMethod(test) : selectClass(test))
                  .build(),
              listener);
    }
    System.out.println(listener.green + " tests of " + Arrays.toString(tests) + " are green");
    if (listener.green == 0) {
      throw new IllegalArgumentException("no tests");
    }
  }

  @Override
  @SuppressWarnings("SystemExitOutsideMain") // what a failed scene leaves behind may never end
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getThrowable().isPresent()) {
      var name = test.getDisplayName();
      System.out.println(
          test.getSource()
                  .map(source ->
                      source instanceof MethodSource method
                          ? method.getJavaClass().getSimpleName() + "." + method.getMethodName()
                          : source.toString())
                  .orElse("")
              + " "
              + name);
      result.getThrowable().get().printStackTrace();
      Runtime.getRuntime().halt(RED);
    }
    if (test.isTest()) {
      green++;
    }
  }
}
