package dev.sluice.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.net.URLDecoder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/// How the playground is set. As a query string it is what differs from the usual, so that it can
/// be shared as an address.
record Settings(Map<Knob, Double> values) {

  /// Nothing changed.
  static final Settings USUAL = parse("");

  Settings {
    values = Map.copyOf(values);
  }

  /// @param query as `capacity=5&kind=priority`; what it leaves out is as usual
  /// @throws IllegalArgumentException if anything in it makes no sense; the message says what would
  static Settings parse(String query) {
    var values = new EnumMap<Knob, Double>(Knob.class);
    for (var knob : Knob.values()) {
      values.put(knob, knob.usual);
    }
    for (var pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      var parts = pair.split("=", 2);
      var key = URLDecoder.decode(parts[0], UTF_8);
      var knob =
          Arrays.stream(Knob.values())
              .filter(one -> one.key().equals(key))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("there is no setting '%s'".formatted(key)));
      values.put(knob, knob.parse(parts.length < 2 ? "" : URLDecoder.decode(parts[1], UTF_8)));
    }
    var settings = new Settings(values);
    settings.check();
    return settings;
  }

  private void check() {
    if (is(Knob.KIND, "rendezvous") && is(Knob.OVERFLOW, "drop-oldest")) {
      throw new IllegalArgumentException(
          "a rendezvous holds nothing that could be dropped: choose overflow=drop-newest");
    }
    if (number(Knob.PRIME) > number(Knob.CAPACITY)) {
      throw new IllegalArgumentException(
          "prime is at most the capacity (%d), but was %d: it would never be reached"
              .formatted(number(Knob.CAPACITY), number(Knob.PRIME)));
    }
  }

  /// The shortest text that [#parse] makes these settings of.
  String query() {
    return Arrays.stream(Knob.values())
        .filter(knob -> get(knob) != knob.usual)
        .map(knob -> knob.key() + "=" + text(knob))
        .collect(joining("&"));
  }

  double get(Knob knob) {
    var value = values.get(knob);
    return value == null ? knob.usual : value;
  }

  int number(Knob knob) {
    return (int) get(knob);
  }

  String text(Knob knob) {
    return knob.print(get(knob));
  }

  boolean is(Knob knob, String choice) {
    return text(knob).equals(choice);
  }

  /// @param stage from 0 on
  int workers(int stage) {
    return number(Knob.valueOf("WORKERS" + (stage + 1)));
  }

  /// How long a worker takes for an item, in seconds, on average.
  ///
  /// @param stage from 0 on
  double service(int stage) {
    return get(Knob.valueOf("SERVICE" + (stage + 1))) / 1e3;
  }

  boolean branches() {
    return is(Knob.LAYOUT, "branches");
  }

  /// How many items fit into the buffer of a stage.
  int room() {
    return switch (text(Knob.KIND)) {
      case "rendezvous" -> 0;
      case "latest" -> 1;
      default -> number(Knob.CAPACITY);
    };
  }

  /// What happens when it is full, which a kind may decide by itself.
  String overflow() {
    return is(Knob.KIND, "latest") ? "drop-oldest" : text(Knob.OVERFLOW);
  }

  /// Whether producers wait for room.
  boolean waits() {
    return overflow().equals("wait");
  }

  /// How many threads it takes.
  int threads() {
    int threads = number(Knob.PRODUCERS);
    for (int stage = 0; stage < number(Knob.STAGES); stage++) {
      threads += workers(stage);
    }
    return threads;
  }

  /// Whether the same threads and channels will do for `other`.
  boolean hasShapeOf(Settings other) {
    return Arrays.stream(Knob.values())
        .filter(knob -> knob.structural)
        .allMatch(knob -> get(knob) == other.get(knob));
  }
}
