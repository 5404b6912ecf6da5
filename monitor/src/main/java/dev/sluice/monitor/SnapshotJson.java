package dev.sluice.monitor;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes a snapshot as one line of JSON: what the page, `/api/snapshot` and `/api/events` get.
final class SnapshotJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private SnapshotJson() {}

  /// @param control whether whoever gets it may steer
  static byte[] of(Snapshot snapshot, boolean control) {
    var bytes = new ByteArrayOutputStream(4 * 1024);
    try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeNumberProperty("number", snapshot.number());
      json.writeStringProperty("at", snapshot.at().toString());
      json.writeBooleanProperty("control", control);
      json.writeBooleanProperty("ready", snapshot.health().ready());
      json.writeBooleanProperty("live", snapshot.health().live());
      json.writeArrayPropertyStart("pipelines");
      snapshot.pipelines().forEach(one -> write(json, one));
      json.writeEndArray();
      json.writeArrayPropertyStart("channels");
      snapshot.channels().forEach(one -> write(json, one));
      json.writeEndArray();
      json.writeArrayPropertyStart("unreadable");
      snapshot.unreadable().forEach(one -> write(json, one));
      json.writeEndArray();
      json.writeArrayPropertyStart("taps");
      snapshot.taps().forEach(one -> write(json, one));
      json.writeEndArray();
      json.writeArrayPropertyStart("alarms");
      snapshot.alarms().forEach(one -> write(json, one));
      json.writeEndArray();
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Snapshot.Pipeline pipeline) {
    json.writeStartObject();
    json.writeStringProperty("name", pipeline.name());
    json.writeStringProperty("state", pipeline.state().name());
    json.writeNumberProperty("seconds", seconds(pipeline.elapsed()));
    if (pipeline.failure() != null) {
      json.writeStringProperty("failure", pipeline.failure());
    }
    var account = pipeline.account();
    json.writeObjectPropertyStart("account");
    json.writeNumberProperty("in", account.in());
    json.writeNumberProperty("out", account.out());
    json.writeNumberProperty("filtered", account.filtered());
    json.writeNumberProperty("dropped", account.dropped());
    json.writeNumberProperty("deadLettered", account.deadLettered());
    json.writeNumberProperty("abandoned", account.abandoned());
    json.writeNumberProperty("inFlight", account.inFlight());
    json.writeBooleanProperty("balances", account.balances());
    json.writeEndObject();
    json.writeNumberProperty("rate", rounded(pipeline.rate()));
    if (pipeline.bottleneck() != null) {
      json.writeStringProperty("bottleneck", pipeline.bottleneck());
    }
    json.writeStringProperty("explanation", pipeline.explanation());
    json.writeArrayPropertyStart("stages");
    pipeline.stages().forEach(stage -> write(json, stage));
    json.writeEndArray();
    json.writeArrayPropertyStart("links");
    for (var link : pipeline.links()) {
      json.writeStartArray();
      List.of(link.from(), link.to()).forEach(json::writeString);
      json.writeEndArray();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Snapshot.Stage stage) {
    json.writeStartObject();
    json.writeStringProperty("name", stage.name());
    json.writeNumberProperty("worker", stage.worker());
    json.writeNumberProperty("workers", stage.workers());
    json.writeNumberProperty("most", stage.most());
    json.writeNumberProperty("in", stage.in());
    json.writeNumberProperty("out", stage.out());
    json.writeNumberProperty("inRate", rounded(stage.inRate()));
    json.writeNumberProperty("outRate", rounded(stage.outRate()));
    json.writeNumberProperty("failed", stage.failed());
    json.writeNumberProperty("retried", stage.retried());
    json.writeNumberProperty("dropped", stage.dropped());
    json.writeNumberProperty("queued", stage.queued());
    json.writeNumberProperty("capacity", stage.capacity());
    json.writeNumberProperty("oldest", seconds(stage.oldest()));
    json.writeNumberProperty("busy", rounded(stage.busy()));
    json.writeNumberProperty("starved", rounded(stage.starved()));
    json.writeNumberProperty("blocked", rounded(stage.blocked()));
    json.writeNumberProperty("delayed", rounded(stage.delayed()));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Snapshot.Channel channel) {
    json.writeStartObject();
    json.writeStringProperty("name", channel.name());
    json.writeNumberProperty("size", channel.size());
    json.writeNumberProperty("capacity", channel.capacity());
    json.writeNumberProperty("sent", channel.sent());
    json.writeNumberProperty("received", channel.received());
    json.writeNumberProperty("dropped", channel.dropped());
    json.writeNumberProperty("sentRate", rounded(channel.sentRate()));
    json.writeNumberProperty("receivedRate", rounded(channel.receivedRate()));
    json.writeNumberProperty("waitingSenders", channel.waitingSenders());
    json.writeNumberProperty("waitingReceivers", channel.waitingReceivers());
    json.writeNumberProperty("sendingBlocked", seconds(channel.sendingBlocked()));
    json.writeNumberProperty("receivingBlocked", seconds(channel.receivingBlocked()));
    json.writeNumberProperty("oldest", seconds(channel.oldest()));
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Snapshot.Unreadable queue) {
    json.writeStartObject();
    json.writeStringProperty("name", queue.name());
    json.writeStringProperty("since", queue.since().toString());
    json.writeStringProperty("reason", queue.reason());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Snapshot.Tapped tap) {
    json.writeStartObject();
    json.writeStringProperty("name", tap.name());
    json.writeArrayPropertyStart("samples");
    for (var sample : tap.samples()) {
      json.writeStartObject();
      json.writeStringProperty("at", sample.at().toString());
      json.writeStringProperty("text", sample.text());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Snapshot.Raised alarm) {
    json.writeStartObject();
    json.writeStringProperty("name", alarm.name());
    json.writeStringProperty("since", alarm.since().toString());
    json.writeStringProperty("text", alarm.text());
    json.writeEndObject();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static double rounded(double number) {
    return Math.rint(number * 1e3) / 1e3;
  }
}
