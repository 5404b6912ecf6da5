package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every sink promises the pipelines that write to it. Extend it to test one of your own.
///
/// @param <T> what the sink takes
@Timeout(30)
public abstract class SinkContract<T> {
  private static final int MANY = 300;

  /// For the subclass.
  protected SinkContract() {}

  /// An item like no other, made of `number`.
  protected abstract T item(int number);

  /// A sink for one run, into an empty target.
  protected abstract Sink<T> open() throws Exception;

  /// What the target of the last sink that [#open] made holds now, in order.
  protected abstract List<T> written() throws Exception;

  private List<T> items(int count) {
    return IntStream.range(0, count).mapToObj(this::item).toList();
  }

  @Test
  void what_counts_as_out_is_in_the_target_in_order() throws Exception {
    for (int count : new int[] {0, 1, MANY}) {
      var report = Pipeline.from(Source.of(items(count))).to(open()).run();

      assertThat(written()).isEqualTo(items(count));
      assertThat(report.account().out()).isEqualTo(count);
    }
  }

  @Test
  void an_item_is_in_the_target_when_its_write_has_returned() throws Exception {
    var sink = open();

    sink.write(item(1));

    assertThat(written()).containsExactly(item(1));
    sink.finish();
  }

  @Test
  void what_was_written_before_a_failure_stays() throws Exception {
    var faults = new Faults().fail(4, new IOException("scripted"));
    var pipeline =
        Pipeline.from(Source.of(items(10))).map(faults.around((T item) -> item)).to(open());

    assertThatThrownBy(pipeline::run).isInstanceOf(IOException.class);

    assertThat(written()).isEqualTo(items(3));
  }

  @Test
  void it_may_be_finished_without_a_write() throws Exception {
    open().finish();

    assertThat(written()).isEmpty();
  }
}
