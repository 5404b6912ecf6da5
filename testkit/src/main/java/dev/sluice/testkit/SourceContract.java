package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every source promises the pipelines that read it. Extend it to test one of your own.
///
/// @param <T> what the source delivers
@Timeout(30)
public abstract class SourceContract<T> {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MANY = 300;

  /// For the subclass.
  protected SourceContract() {}

  /// An item like no other, made of `number`.
  protected abstract T item(int number);

  /// A source of these items, in this order, which ends after them. What it needs is set up anew: a
  /// source of an earlier call has been read already, or never will be.
  protected abstract Source<T> holding(List<T> items) throws Exception;

  /// A source that delivers these items and then waits for more, which never come.
  protected abstract Source<T> waiting(List<T> items) throws Exception;

  /// What has been told of the items of the last source that [#holding] or [#waiting] made: for a
  /// source that acknowledges. A source that doesn't leaves this as it is.
  protected List<T> acknowledged() {
    return List.of();
  }

  private List<T> items(int count) {
    return IntStream.range(0, count).mapToObj(this::item).toList();
  }

  @Test
  void it_delivers_each_item_once_and_in_order_and_then_ends() throws Exception {
    for (int count : new int[] {0, 1, MANY}) {
      var out = new ArrayList<T>();

      var report = Pipeline.from(holding(items(count))).to(out::add).run();

      assertThat(out).isEqualTo(items(count));
      assertThat(report.account().balances()).isTrue();
      assertThat(report.account().out()).isEqualTo(count);
    }
  }

  @Test
  void a_drain_ends_it_while_it_waits_and_loses_nothing_that_it_delivered() throws Exception {
    var out = Collections.synchronizedList(new ArrayList<T>());
    try (var running = Pipeline.from(waiting(items(3))).to(out::add).start()) {
      while (running.account().out() < 3) {
        Thread.onSpinWait();
      }

      var report = running.drain(PATIENCE);

      assertThat(report.stuck()).isEmpty();
      assertThat(report.account().balances()).isTrue();
      assertThat(report.account().abandoned()).isZero();
      assertThat(out).isEqualTo(items(3));
    }
  }

  @Test
  void an_abort_ends_it_while_it_waits() throws Exception {
    try (var running = Pipeline.from(waiting(items(1))).to(item -> {}).start()) {
      while (running.account().out() < 1) {
        Thread.onSpinWait();
      }

      var report = running.abort();

      assertThat(report.stuck()).isEmpty();
      assertThat(report.account().balances()).isTrue();
    }
  }

  @Test
  void a_failure_further_on_ends_it() throws Exception {
    var cause = new IOException("scripted");
    var faults = new Faults().fail(2, cause);
    var pipeline = Pipeline.from(waiting(items(3))).map(faults.around((T item) -> item));

    assertThatThrownBy(() -> pipeline.to(item -> {}).run()).isSameAs(cause);
  }

  @Test
  void it_may_be_opened_and_closed_without_being_read() throws Exception {
    var cursor = holding(items(3)).open();

    cursor.close();
  }

  @Test
  void if_it_acknowledges_it_is_told_of_each_item_once_whatever_the_order() throws Exception {
    var source = holding(items(MANY));
    Pipeline.from(source)
        .map(Parallel.unordered(4), item -> item)
        .filter(item -> item.hashCode() % 2 == 0)
        .to(item -> {})
        .run();

    if (source.isAcknowledged()) {
      assertThat(acknowledged()).containsExactlyInAnyOrderElementsOf(items(MANY));
    } else {
      assertThat(acknowledged()).isEmpty();
    }
  }

  @Test
  void if_it_acknowledges_what_a_stopped_run_abandoned_is_not_acknowledged() throws Exception {
    var source = holding(items(10));
    var pipeline =
        Pipeline.from(source)
            .map(new Faults().fail(3, new IOException("scripted")).around((T item) -> item))
            .to(item -> {});

    assertThatThrownBy(pipeline::run).isInstanceOf(IOException.class);

    if (source.isAcknowledged()) {
      assertThat(acknowledged()).isEqualTo(items(2));
    }
  }
}
