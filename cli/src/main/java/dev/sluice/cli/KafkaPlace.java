package dev.sluice.cli;

import dev.sluice.kafka.Kafka;
import dev.sluice.logs.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A topic as a user names it: `kafka://HOST:PORT[,HOST:PORT...]/TOPIC`, and after a `?` the
/// parameters `group=NAME`, `order=key`, `key=FIELD` and `config=FILE`.
///
/// @param servers with their ports
/// @param topic its name
/// @param group null if none is named
/// @param byKey whether records of the same key wait for each other when it is read
/// @param key the field that becomes the key of what is written; null for none
/// @param config a file of settings of Kafka's clients, for TLS and logins; null if none is named
record KafkaPlace(
    String servers,
    String topic,
    @Nullable String group,
    boolean byKey,
    @Nullable String key,
    @Nullable Path config) {
  static final String USAGE =
      "kafka://HOST:PORT/TOPIC[?group=NAME][&order=key][&key=FIELD][&config=FILE]";
  private static final Pattern SERVER = Pattern.compile("[^:/@?#\\s]+|\\[[0-9a-fA-F:.]+]");
  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  /// Reads what stands after `kafka:`.
  ///
  /// @throws UsageException if it names no topic
  static KafkaPlace parse(String rest) {
    if (!rest.startsWith("//")) {
      throw new UsageException("kafka:%s: use %s".formatted(shown(rest), USAGE));
    }
    int mark = rest.indexOf('?');
    var place = rest.substring(2, mark < 0 ? rest.length() : mark);
    int slash = place.indexOf('/');
    if (place.contains("@")) {
      throw new UsageException(
          "kafka:%s: a login does not belong here; put it into a file of settings, and name that with ?config=FILE"
              .formatted(shown(rest)));
    }
    if (slash < 1) {
      throw new UsageException("kafka:%s names no topic; use %s".formatted(shown(rest), USAGE));
    }
    var topic = place.substring(slash + 1);
    if (!TOPIC.matcher(topic).matches()) {
      throw new UsageException(
          "kafka:%s: '%s' is no name of a topic (letters, digits, '.', '_' and '-', at most 249)"
              .formatted(shown(rest), topic));
    }
    var servers = new StringBuilder();
    for (var server : place.substring(0, slash).split(",", -1)) {
      servers.append(servers.isEmpty() ? "" : ",").append(withPort(rest, server));
    }
    String group = null;
    boolean byKey = false;
    String key = null;
    Path config = null;
    for (var pair : mark < 0 ? new String[0] : rest.substring(mark + 1).split("&", -1)) {
      if (pair.startsWith("group=") && pair.length() > "group=".length()) {
        group = pair.substring("group=".length());
      } else if (pair.equals("order=key")) {
        byKey = true;
      } else if (pair.startsWith("key=") && pair.length() > "key=".length()) {
        key = pair.substring("key=".length());
      } else if (pair.startsWith("config=") && pair.length() > "config=".length()) {
        config = Path.of(pair.substring("config=".length()));
      } else {
        int equals = pair.indexOf('=');
        throw new UsageException(
            "kafka:%s has the unknown parameter '%s'; use %s"
                .formatted(shown(rest), equals < 0 ? pair : pair.substring(0, equals), USAGE));
      }
    }
    return new KafkaPlace(servers.toString(), topic, group, byKey, key, config);
  }

  private static String withPort(String rest, String server) {
    int colon = server.endsWith("]") ? -1 : server.lastIndexOf(':');
    var host = colon < 0 ? server : server.substring(0, colon);
    var port = colon < 0 ? "9092" : server.substring(colon + 1);
    if (!SERVER.matcher(host).matches()
        || !port.matches("[0-9]{1,5}")
        || Integer.parseInt(port) < 1
        || Integer.parseInt(port) > 65_535) {
      throw new UsageException(
          "kafka:%s: '%s' is no HOST:PORT; use %s".formatted(shown(rest), server, USAGE));
    }
    return host + ":" + port;
  }

  /// Whatever might be a password is not.
  private static String shown(String rest) {
    return rest.replaceAll("//[^/]*@", "//***@").replaceAll("(?i)(pass[^=&]*=)[^&]*", "$1***");
  }

  /// How messages call it.
  String name() {
    return "kafka://%s/%s%s".formatted(servers, topic, group == null ? "" : "?group=" + group);
  }

  /// Touches no broker yet.
  Kafka connect() throws IOException {
    Map<String, Object> settings = new HashMap<>();
    if (config != null) {
      var properties = new Properties();
      if (!Files.isRegularFile(config)) {
        throw new UsageException("%s: no such file (config of %s)".formatted(config, name()));
      }
      try (var reader = Files.newBufferedReader(config, StandardCharsets.UTF_8)) {
        properties.load(reader);
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            "%s is no file of settings, NAME=VALUE in each line".formatted(config));
      }
      properties.stringPropertyNames().forEach(it -> settings.put(it, properties.getProperty(it)));
    }
    settings.put("bootstrap.servers", servers);
    return Kafka.with(settings);
  }
}
