package dev.sluice.lab;

import dev.sluice.channels.Channel;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// What the page gets, each as one line of JSON.
final class LabJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  /// More slots than that are not drawn.
  private static final int DRAWN = 60;

  private LabJson() {}

  private static byte[] write(Consumer<JsonGenerator> what) {
    var bytes = new ByteArrayOutputStream(4 * 1024);
    try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      what.accept(json);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /// What can be set, and the scenarios.
  static byte[] knobs() {
    return write(json -> {
      json.writeArrayPropertyStart("knobs");
      for (var knob : Knob.values()) {
        json.writeStartObject();
        json.writeStringProperty("key", knob.key());
        json.writeStringProperty("group", knob.group);
        json.writeStringProperty("label", knob.label);
        json.writeStringProperty("unit", knob.unit);
        json.writeArrayPropertyStart("choices");
        knob.choices.forEach(json::writeString);
        json.writeEndArray();
        json.writeNumberProperty("least", knob.least);
        json.writeNumberProperty("most", knob.most);
        json.writeStringProperty("usual", knob.print(knob.usual));
        json.writeBooleanProperty("whole", knob.whole());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("scenarios");
      for (var scenario : Scenario.values()) {
        json.writeStartObject();
        json.writeStringProperty("title", scenario.title);
        json.writeStringProperty("query", Settings.parse(scenario.query).query());
        json.writeStringProperty("text", scenario.text);
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  static byte[] of(Playground.View view) {
    var theory = Theory.of(view.settings());
    return write(json -> {
      json.writeNumberProperty("number", view.number());
      json.writeStringProperty("query", view.settings().query());
      json.writeObjectPropertyStart("settings");
      for (var knob : Knob.values()) {
        json.writeStringProperty(knob.key(), view.settings().text(knob));
      }
      json.writeEndObject();
      json.writeStringProperty("state", view.state());
      if (view.failure() != null) {
        json.writeStringProperty("failure", view.failure());
      }
      var moment = view.moment();
      json.writeNumberProperty("time", rounded(moment.time()));
      json.writeNumberProperty("span", rounded(moment.span()));
      json.writeNumberProperty("underflows", moment.underflows());
      account(json, moment.account());
      json.writeArrayPropertyStart("producers");
      moment.producers().forEach(one -> actor(json, one));
      json.writeEndArray();
      json.writeArrayPropertyStart("stages");
      for (int stage = 0; stage < moment.stages().size(); stage++) {
        stage(json, view, theory, stage);
      }
      json.writeEndArray();
      json.writeNumberProperty("bottleneck", theory.bottleneck());
      json.writeStringProperty("advice", theory.advice());
      json.writeStringProperty("verdict", theory.verdict(moment.stages()));
      json.writeStringProperty("code", Code.of(view.settings()));
    });
  }

  private static void account(JsonGenerator json, Account account) {
    json.writeObjectPropertyStart("account");
    json.writeNumberProperty("produced", account.produced());
    json.writeNumberProperty("consumed", account.consumed());
    json.writeNumberProperty("dropped", account.dropped());
    json.writeNumberProperty("refused", account.refused());
    json.writeNumberProperty("skipped", account.skipped());
    json.writeNumberProperty("deadLettered", account.deadLettered());
    json.writeNumberProperty("abandoned", account.abandoned());
    json.writeNumberProperty("inFlight", account.inFlight());
    json.writeBooleanProperty("balances", account.balances());
    json.writeEndObject();
  }

  private static void actor(JsonGenerator json, Board.Actor actor) {
    json.writeStartObject();
    json.writeStringProperty("doing", actor.doing().name());
    json.writeNumberProperty("count", actor.count());
    item(json, actor.item());
    json.writeEndObject();
  }

  private static void item(JsonGenerator json, @Nullable Item item) {
    if (item != null) {
      json.writeNumberProperty("producer", item.producer);
      json.writeNumberProperty("item", item.number);
      json.writeBooleanProperty("urgent", item.urgent);
      json.writeBooleanProperty("poisoned", item.poisoned);
    }
  }

  private static void stage(JsonGenerator json, Playground.View view, Theory theory, int stage) {
    Channel<Item> buffer = view.run().buffers().get(stage);
    var stats = buffer.stats();
    json.writeStartObject();
    json.writeNumberProperty("capacity", buffer.capacity());
    json.writeNumberProperty("size", stats.size());
    json.writeNumberProperty("waitingSenders", stats.waitingSenders());
    json.writeNumberProperty("waitingReceivers", stats.waitingReceivers());
    json.writeArrayPropertyStart("slots");
    buffer.asBlockingQueue().stream()
        .limit(DRAWN)
        .forEach(item -> {
          json.writeStartObject();
          item(json, item);
          json.writeEndObject();
        });
    json.writeEndArray();
    json.writeArrayPropertyStart("workers");
    view.moment().workers().get(stage).forEach(one -> actor(json, one));
    json.writeEndArray();
    var measured = view.moment().stages().get(stage);
    json.writeObjectPropertyStart("measured");
    json.writeNumberProperty("taken", measured.taken());
    json.writeNumberProperty("urgentWaited", rounded(measured.urgentWaited()));
    figures(
        json,
        measured.throughput(),
        measured.utilisation(),
        measured.loss(),
        measured.waiting(),
        measured.waited());
    var predicted = theory.predictions().get(stage);
    json.writeObjectPropertyStart("predicted");
    figures(
        json,
        predicted.throughput(),
        predicted.utilisation(),
        predicted.loss(),
        predicted.waiting(),
        predicted.waited());
    json.writeEndObject();
  }

  private static void figures(
      JsonGenerator json,
      double throughput,
      double utilisation,
      double loss,
      double waiting,
      double waited) {
    json.writeNumberProperty("throughput", rounded(throughput));
    json.writeNumberProperty("utilisation", rounded(utilisation));
    json.writeNumberProperty("loss", rounded(loss));
    json.writeNumberProperty("waiting", rounded(waiting));
    json.writeNumberProperty("waited", rounded(waited));
    json.writeNumberProperty("little", rounded(throughput * waited));
    json.writeEndObject();
  }

  private static double rounded(double number) {
    return Double.isFinite(number) ? Math.rint(number * 1e4) / 1e4 : 0;
  }
}
