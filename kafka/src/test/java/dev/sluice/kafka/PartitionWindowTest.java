package dev.sluice.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kafka.PartitionWindow.Polled;
import dev.sluice.testkit.Actor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartitionWindowTest {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private final Intake<KafkaRecord<String, String>> intake = new Intake<>(100, 10_000);

  private PartitionWindow<String, String> window(Order order) {
    return new PartitionWindow<>(PARTITION, 40, OffsetSet.NONE, order, intake);
  }

  private static KafkaRecord<String, String> at(
      PartitionWindow<String, String> window,
      long offset,
      @Nullable String key,
      Header... headers) {
    var raw =
        new ConsumerRecord<byte[], byte[]>(
            "t",
            0,
            offset,
            0,
            TimestampType.CREATE_TIME,
            -1,
            1,
            key == null ? null : key.getBytes(UTF_8),
            new byte[] {1},
            new RecordHeaders(headers),
            Optional.empty());
    return new KafkaRecord<>(raw, new Codecs<>(Serdes.String(), Serdes.String()), () -> window);
  }

  @Test
  void the_mark_stays_before_the_first_that_is_open_and_the_rest_is_noted() {
    var window = window(Order.AS_DELIVERED);
    var records = new ArrayList<KafkaRecord<String, String>>();
    for (long offset : List.of(40L, 41L, 45L, 46L, 47L, 48L)) { // gaps as compaction leaves them
      var one = at(window, offset, null);
      assertThat(window.polled(one)).isEqualTo(Polled.READY);
      assertThat(window.handOut()).isTrue();
      records.add(one);
    }
    for (int i : List.of(0, 1, 3, 5)) {
      window.settled(records.get(i), true);
    }

    var commit = requireNonNull(window.toCommit());

    assertThat(commit.offset()).isEqualTo(45);
    var note = OffsetSet.read(45, commit.metadata());
    assertThat(note.size()).isEqualTo(2);
    assertThat(note.contains(46)).isTrue();
    assertThat(note.contains(48)).isTrue();
    assertThat(window.toCommit()).as("told once").isNull();
    window.settled(records.get(2), true);
    window.settled(records.get(4), true);
    assertThat(requireNonNull(window.toCommit()).offset()).isEqualTo(49);
    assertThat(window.open()).isZero();
  }

  @Test
  void what_was_done_before_a_restart_is_not_handed_out_again() {
    var note = new OffsetSet.Note(40);
    note.add(41);
    var window =
        new PartitionWindow<String, String>(
            PARTITION, 40, OffsetSet.read(40, note.text()), Order.AS_DELIVERED, intake);
    var first = at(window, 40, null);

    assertThat(window.polled(first)).isEqualTo(Polled.READY);
    assertThat(window.polled(at(window, 41, null))).isEqualTo(Polled.DONE_BEFORE);
    window.handOut();
    window.settled(first, true);

    assertThat(window.watermark()).isEqualTo(42);
  }

  @Test
  void what_was_not_dealt_with_holds_the_mark() {
    var window = window(Order.AS_DELIVERED);
    var one = at(window, 40, null);
    window.polled(one);
    window.handOut();

    window.settled(one, false);

    assertThat(window.watermark()).isEqualTo(40);
    assertThat(window.toCommit()).isNull();
  }

  @Test
  void a_record_waits_for_the_one_of_its_key() throws Exception {
    var window = window(Order.BY_KEY);
    var a1 = at(window, 40, "a");
    var a2 = at(window, 41, "a");
    var b1 = at(window, 42, "b");
    var none = at(window, 43, null);

    assertThat(window.polled(a1)).isEqualTo(Polled.READY);
    assertThat(window.polled(a2)).isEqualTo(Polled.WAITS);
    assertThat(window.polled(b1)).isEqualTo(Polled.READY);
    assertThat(window.polled(none)).isEqualTo(Polled.READY);
    assertThat(window.anyWaits()).isTrue();
    window.handOut();
    window.settled(a1, true);
    assertThat(intake.take(9, 0)).containsExactly(a2);
    assertThat(window.anyWaits()).isFalse();
    window.handOut();
    window.settled(a2, true);
    assertThat(intake.take(9, 0)).isEmpty();
    assertThat(window.polled(at(window, 44, "a"))).isEqualTo(Polled.READY);
  }

  /// A reading to the end ends the intake when nothing waits: what does not wait must be in it
  /// then.
  @Test
  void what_has_waited_is_ready_before_nothing_waits() throws Exception {
    for (int round = 0; round < 2_000; round++) {
      var window = window(Order.BY_KEY);
      var first = at(window, 40, "a");
      var second = at(window, 41, "a");
      window.polled(first);
      window.polled(second);
      window.handOut();

      try (var worker = Actor.playing(() -> window.settled(first, true))) {
        while (window.anyWaits()) {
          Thread.onSpinWait();
        }
        assertThat(intake.take(1, 0)).containsExactly(second);
        worker.awaitDone();
      }
    }
  }

  @Test
  void where_an_empty_partition_begins_is_committed() {
    var window =
        new PartitionWindow<String, String>(
            PARTITION, -1, OffsetSet.NONE, Order.AS_DELIVERED, intake);

    window.passedOver(-1); // nobody knows yet
    assertThat(window.toCommit()).isNull();
    window.passedOver(7);

    assertThat(requireNonNull(window.toCommit()).offset()).isEqualTo(7);
  }

  @Test
  void the_headers_of_a_record_count_as_held_whatever_becomes_of_them() {
    var window = window(Order.AS_DELIVERED);
    var one = at(window, 40, null);
    one.headers().add("big", new byte[20_000]);
    var held = at(window, 41, null, new RecordHeader("big", new byte[20_000]));
    window.polled(one);
    assertThat(intake.isFull()).as("added since it was read").isFalse();
    window.polled(held);
    assertThat(intake.isFull()).isTrue();
    held.headers().remove("big");

    window.handOut();
    window.handOut();
    window.settled(one, true);
    window.settled(held, true);

    assertThat(intake.hasRoom()).isTrue();
  }

  @Test
  void nothing_of_a_partition_that_leaves_is_handed_out_or_held() throws Exception {
    var window = window(Order.BY_KEY);
    var a1 = at(window, 40, "a");
    var a2 = at(window, 41, "a");
    window.polled(a1);
    window.polled(a2);
    window.handOut();

    window.close();

    assertThat(window.handOut()).isFalse();
    window.settled(a1, true);
    assertThat(intake.take(9, 0)).as("what waited for it has gone").isEmpty();
    window.release();
    intake.holds(99, 0);
    assertThat(intake.isFull()).as("99 of 100 are held").isFalse();
  }

  @Test
  void a_record_cannot_be_settled_twice() {
    var window = window(Order.AS_DELIVERED);
    var one = at(window, 40, null);
    window.polled(one);
    window.handOut();
    window.settled(one, true);

    assertThatThrownBy(() -> window.settled(one, true)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void in_whatever_order_records_are_settled_a_restart_repeats_exactly_the_open_ones() {
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      var window = window(Order.AS_DELIVERED);
      var records = new ArrayList<KafkaRecord<String, String>>();
      long offset = 40;
      for (int i = 0; i < 700; i++) {
        offset += 1 + (random.nextInt(10) == 0 ? random.nextInt(5) : 0);
        var one = at(window, offset, null);
        window.polled(one);
        window.handOut();
        records.add(one);
      }
      var shuffled = new ArrayList<>(records);
      Collections.shuffle(shuffled, random);
      var done = shuffled.subList(0, 200 + random.nextInt(400));
      done.forEach(one -> window.settled(one, true));

      var commit = requireNonNull(window.toCommit());
      var note = OffsetSet.read(commit.offset(), commit.metadata());

      for (var one : records) {
        boolean repeated = one.offset() >= commit.offset() && !note.contains(one.offset());
        assertThat(repeated).as("seed %d, %s", seed, one).isEqualTo(!done.contains(one));
      }
    }
  }
}
