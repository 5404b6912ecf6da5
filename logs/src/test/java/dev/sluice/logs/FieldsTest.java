package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FieldsTest {
  private final Lines json = new Lines(LogFormat.JSON);

  private Shape shape(String line) {
    return json.record(line).shape();
  }

  @Test
  void lines_with_the_same_keys_share_a_shape() {
    var first = shape("{\"a\":1,\"b\":\"x\"}");
    var other = shape("{\"b\":1,\"a\":1}");

    assertThat(shape("{\"a\":2,\"b\":\"y\"}")).isSameAs(first);
    assertThat(shape("{\"a\":null,\"b\":null}")).isSameAs(first);
    assertThat(shape("{\"a\":2,\"b\":\"y\",\"a\":3}")).isSameAs(first);
    assertThat(other).isNotSameAs(first);
    assertThat(shape("{\"b\":1,\"a\":1}")).isSameAs(other);
  }

  @Test
  void the_types_of_a_shape_widen_and_settle() {
    assertThat(shape("{\"a\":null}").columns()).containsExactly(new Column("a", Column.Type.TEXT));
    assertThat(shape("{\"a\":1}").columns()).containsExactly(new Column("a", Column.Type.INTEGER));
    assertThat(shape("{\"a\":1.5}").columns()).containsExactly(new Column("a", Column.Type.REAL));
    assertThat(shape("{\"a\":2}").columns()).containsExactly(new Column("a", Column.Type.REAL));
    var settled = shape("{\"a\":true}");
    assertThat(settled.columns()).containsExactly(new Column("a", Column.Type.TEXT));
    assertThat(shape("{\"a\":1}")).isSameAs(settled);
    assertThat(shape("{\"a\":{}}")).isSameAs(settled);
  }

  @Test
  void ever_new_keys_do_not_stay_in_memory() {
    var first = shape("{\"a\":1}");
    for (int i = 0; i < 20_000; i++) {
      shape("{\"key%d\":1}".formatted(i));
    }

    assertThat(shape("{\"a\":1}")).isNotSameAs(first); // it was forgotten with the others
    assertThat(shape("{\"a\":1}")).isSameAs(shape("{\"a\":2}"));
  }

  @Test
  void a_record_may_have_very_many_keys() {
    var pairs = IntStream.range(0, 70_000).mapToObj(i -> "\"k" + i + "\":" + i);
    var record =
        json.record(
            "{\"ts\":1767323045,"
                + pairs.collect(Collectors.joining(","))
                + ",\"k9\":\"last\",\"k600\":null}");

    assertThat(record.time()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(record.values()).hasSize(70_001);
    assertThat(record.shape().columns()).hasSize(70_001);
    assertThat(Lines.values(record))
        .containsEntry("k9", "last")
        .containsEntry("k69999", 69_999L)
        .doesNotContainKey("k600");
  }

  @Test
  void a_time_within_very_many_keys_is_found() {
    var pairs = IntStream.range(0, 600).mapToObj(i -> "\"k" + i + "\":" + i);
    var record =
        json.record("{" + pairs.collect(Collectors.joining(",")) + ",\"time\":1767323045}");

    assertThat(record.time()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(record.values()).hasSize(600);
  }
}
