package dev.sluice.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/// A broker that is its own controller and listens on the loopback address.
final class Broker implements AutoCloseable {
  /// Always the same, so that it starts again on its data: 16 bytes, as base64 of URLs.
  private static final String CLUSTER = "c2x1aWNlLXRyeS1pdC1vbg";

  private final KafkaRaftServer server;

  private Broker(KafkaRaftServer server) {
    this.server = server;
  }

  /// Starts one, on what an earlier one left in `directory` if there is such.
  ///
  /// @param changes to its configuration
  static Broker start(Path directory, int port, Map<String, String> changes) throws Exception {
    format(directory);
    var properties = properties(directory, port, freePort());
    properties.putAll(changes);
    var server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    server.startup();
    return new Broker(server);
  }

  private static void format(Path directory) throws Exception {
    new Formatter()
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .setNodeId(1)
        .setClusterId(CLUSTER)
        .setDirectories(List.of(directory.toString()))
        .setMetadataLogDirectory(directory.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
        .setControllerListenerName("CONTROLLER")
        .setIgnoreFormatted(true)
        .setUnstableFeatureVersionsEnabled(false)
        .run();
  }

  private static Properties properties(Path directory, int port, int controllerPort) {
    var p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    p.put(
        "listeners",
        "CLIENTS://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
    p.put("advertised.listeners", "CLIENTS://127.0.0.1:" + port);
    p.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "CLIENTS");
    p.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    p.put("log.dirs", directory.toString());
    p.put("auto.create.topics.enable", "false");
    for (var internal :
        List.of(
            "offsets.topic.replication.factor",
            "offsets.topic.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "transaction.state.log.num.partitions",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr",
            "share.coordinator.state.topic.num.partitions")) {
      p.put(internal, "1");
    }
    // Small, and soon ready: there is nobody else to wait for.
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("log.cleaner.dedupe.buffer.size", "2097152");
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "2");
    p.put("background.threads", "2");
    p.put("broker.session.timeout.ms", "4000");
    p.put("broker.heartbeat.interval.ms", "500");
    p.put("controller.quorum.election.timeout.ms", "200");
    p.put("controller.quorum.fetch.timeout.ms", "500");
    p.put("group.min.session.timeout.ms", "1000");
    p.put("group.consumer.min.session.timeout.ms", "1000");
    p.put("group.consumer.min.heartbeat.interval.ms", "200");
    p.put(
        "group.consumer.session.timeout.ms",
        "10000"); // whose member was killed goes on after that time
    p.put("group.consumer.heartbeat.interval.ms", "1000");
    p.put("group.share.min.record.lock.duration.ms", "1000");
    p.put("group.share.min.heartbeat.interval.ms", "200");
    p.put("group.share.heartbeat.interval.ms", "500");
    p.put("group.share.min.session.timeout.ms", "1000");
    p.put("group.share.assignment.interval.ms", "0");
    return p;
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Stops it in order.
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
