package dev.sluice.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/// What a user gave for Kafka's clients, and what we add.
record Settings(Map<String, Object> given) {
  Settings {
    given = Map.copyOf(given);
  }

  /// `defaults` first, then what was given, then what must be so.
  Map<String, Object> of(Map<String, ?> defaults, Map<String, ?> fixed) {
    var all = new HashMap<String, Object>(defaults);
    all.putAll(given);
    for (var one : fixed.entrySet()) {
      var its = given.get(one.getKey());
      if (its != null && !its.toString().equals(one.getValue().toString())) {
        throw new IllegalArgumentException(
            "%s must be %s here, but was given as %s; leave it out"
                .formatted(one.getKey(), one.getValue(), shown(one.getKey(), its)));
      }
      all.put(one.getKey(), one.getValue());
    }
    return all;
  }

  String servers() {
    return String.valueOf(given.get("bootstrap.servers"));
  }

  private static boolean isSecret(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("password")
        || lower.contains("jaas")
        || lower.contains("secret")
        || lower.contains("token")
        || lower.endsWith("keystore.key");
  }

  private static String shown(String name, Object value) {
    return isSecret(name) ? "***" : value.toString();
  }

  /// `text` with `***` for every secret that was given, and for every part of one that stands in
  /// quotes.
  String redacted(@Nullable String text) {
    var shown = String.valueOf(text);
    for (var one : given.entrySet()) {
      if (isSecret(one.getKey())) {
        var value =
            one.getValue() instanceof Password password
                ? password.value()
                : one.getValue().toString();
        var parts = new ArrayList<String>();
        parts.add(value);
        var quoted = value.split("[\"']", -1);
        for (int i = 1; i < quoted.length; i += 2) {
          parts.add(quoted[i]);
        }
        for (var part : parts) {
          if (part.length() > 2) {
            shown = shown.replace(part, "***");
          }
        }
      }
    }
    return shown;
  }

  /// Makes a client of Kafka's; what is wrong with its settings is said without a secret.
  <C> C make(String what, Supplier<C> client) {
    try {
      return client.get();
    } catch (RuntimeException e) {
      var reasons = new StringBuilder(String.valueOf(e.getMessage()));
      for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
        reasons.append(": ").append(cause.getMessage());
      }
      // Without its cause: that may quote what it was given.
      throw new IllegalArgumentException(
          "the settings for a %s are not good: %s".formatted(what, redacted(reasons.toString())));
    }
  }

  /// All names with their values, secrets hidden.
  @Override
  public String toString() {
    var shown = new TreeMap<String, String>();
    given.forEach((name, value) -> shown.put(name, shown(name, value)));
    return shown.toString();
  }
}
