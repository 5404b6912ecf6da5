package dev.sluice.monitor;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// Writes a snapshot as Prometheus reads it: the text format, version 0.0.4.
final class PrometheusText {
  static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder();
  private final Snapshot snapshot;

  private PrometheusText(Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  static String of(Snapshot snapshot, List<Gauge> gauges) {
    var text = new PrometheusText(snapshot);
    text.text();
    gauges.forEach(text::gauge);
    return text.text.toString();
  }

  private void gauge(Gauge gauge) {
    var name = "sluice_" + gauge.name();
    head(name, "gauge", gauge.help());
    gauge.values().get().forEach((labels, value) -> line(name, new TreeMap<>(labels), value));
  }

  private void text() {
    accounts();
    stage("in_items_total", "counter", "Items that a stage took.", Snapshot.Stage::in);
    stage("out_items_total", "counter", "Items that a stage passed on.", Snapshot.Stage::out);
    stage("failed_items_total", "counter", "Items that failed for good.", Snapshot.Stage::failed);
    stage("retries_total", "counter", "Attempts after the first.", Snapshot.Stage::retried);
    stage(
        "dropped_items_total", "counter", "Items without room before it.", Snapshot.Stage::dropped);
    stage("workers", "gauge", "Workers at work.", Snapshot.Stage::workers);
    stage("queued_items", "gauge", "Items that wait before it.", Snapshot.Stage::queued);
    stage("capacity_items", "gauge", "Items that may wait before it.", Snapshot.Stage::capacity);
    stage(
        "oldest_item_seconds",
        "gauge",
        "Age of the oldest item that waits before it, about.",
        one -> seconds(one.oldest()));
    stage("busy_ratio", "gauge", "Share of time at work, lately.", Snapshot.Stage::busy);
    stage("starved_ratio", "gauge", "Share of time waiting for items.", Snapshot.Stage::starved);
    stage("blocked_ratio", "gauge", "Share of time waiting for room.", Snapshot.Stage::blocked);
    stage("delayed_ratio", "gauge", "Share of time told to wait.", Snapshot.Stage::delayed);
    channel("sent_items_total", "counter", "Items accepted.", Snapshot.Channel::sent);
    channel("received_items_total", "counter", "Items received.", Snapshot.Channel::received);
    channel("dropped_items_total", "counter", "Items dropped.", Snapshot.Channel::dropped);
    channel("items", "gauge", "Items in it.", Snapshot.Channel::size);
    channel("capacity_items", "gauge", "Items that fit.", Snapshot.Channel::capacity);
    channel(
        "oldest_item_seconds",
        "gauge",
        "Age of its oldest item, about.",
        one -> seconds(one.oldest()));
    channel(
        "sending_blocked_seconds_total",
        "counter",
        "Time that senders waited for room.",
        one -> seconds(one.sendingBlocked()));
    channel(
        "receiving_blocked_seconds_total",
        "counter",
        "Time that receivers waited for items.",
        one -> seconds(one.receivingBlocked()));
    head("sluice_channel_unreadable", "gauge", "1 for each queue that can't be looked at.");
    snapshot
        .unreadable()
        .forEach(one -> line("sluice_channel_unreadable", Map.of("channel", one.name()), 1));
    head("sluice_alarm", "gauge", "1 for each alarm that is raised.");
    snapshot.alarms().forEach(one -> line("sluice_alarm", Map.of("alarm", one.name()), 1));
  }

  private void accounts() {
    var name = "sluice_pipeline_items_total";
    head(name, "counter", "What became of the items that the sources delivered.");
    for (var pipeline : snapshot.pipelines()) {
      var account = pipeline.account();
      outcome(name, pipeline.name(), "out", account.out());
      outcome(name, pipeline.name(), "filtered", account.filtered());
      outcome(name, pipeline.name(), "dropped", account.dropped());
      outcome(name, pipeline.name(), "dead_lettered", account.deadLettered());
      outcome(name, pipeline.name(), "abandoned", account.abandoned());
    }
    head("sluice_pipeline_in_items_total", "counter", "Items that the sources delivered.");
    for (var one : snapshot.pipelines()) {
      line(
          "sluice_pipeline_in_items_total",
          Map.of("pipeline", one.name()),
          (double) one.account().in());
    }
    head("sluice_pipeline_in_flight_items", "gauge", "Items on the way.");
    for (var one : snapshot.pipelines()) {
      line(
          "sluice_pipeline_in_flight_items",
          Map.of("pipeline", one.name()),
          (double) one.account().inFlight());
    }
    head("sluice_pipeline_running", "gauge", "Whether it has not ended.");
    for (var one : snapshot.pipelines()) {
      boolean ended = one.state() == Snapshot.State.DONE || one.state() == Snapshot.State.FAILED;
      line("sluice_pipeline_running", Map.of("pipeline", one.name()), ended ? 0 : 1);
    }
  }

  private void outcome(String name, String pipeline, String outcome, long count) {
    var labels = new LinkedHashMap<String, String>();
    labels.put("pipeline", pipeline);
    labels.put("outcome", outcome);
    line(name, labels, (double) count);
  }

  private void stage(String what, String type, String help, ToDoubleFunction<Snapshot.Stage> of) {
    var name = "sluice_stage_" + what;
    head(name, type, help);
    for (var pipeline : snapshot.pipelines()) {
      for (var stage : pipeline.stages()) {
        var labels = new LinkedHashMap<String, String>();
        labels.put("pipeline", pipeline.name());
        labels.put("stage", stage.name());
        line(name, labels, of.applyAsDouble(stage));
      }
    }
  }

  private void channel(
      String what, String type, String help, ToDoubleFunction<Snapshot.Channel> of) {
    var name = "sluice_channel_" + what;
    head(name, type, help);
    for (var channel : snapshot.channels()) {
      line(name, Map.of("channel", channel.name()), of.applyAsDouble(channel));
    }
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void line(String name, Map<String, String> labels, double value) {
    text.append(name).append('{');
    boolean first = true;
    for (var label : labels.entrySet()) {
      text.append(first ? "" : ",").append(label.getKey()).append("=\"");
      text.append(escaped(label.getValue())).append('"');
      first = false;
    }
    text.append("} ");
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      text.append((long) value);
    } else {
      text.append(value);
    }
    text.append('\n');
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
