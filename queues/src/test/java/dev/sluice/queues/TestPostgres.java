package dev.sluice.queues;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;

/// A PostgreSQL of our own that can be stopped and started again on the same port, with the same
/// data.
final class TestPostgres implements AutoCloseable {
  private final Path data;
  private EmbeddedPostgres server;
  private boolean running = true;

  private TestPostgres(Path data, EmbeddedPostgres server) {
    this.data = data;
    this.server = server;
  }

  /// Starts one; a machine for which there is no server skips the test.
  static TestPostgres start(Path data) throws IOException {
    assumeThat(System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .isEqualTo("Linux amd64");
    return new TestPostgres(data, builder(data).start());
  }

  private static EmbeddedPostgres.Builder builder(Path data) {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on");
  }

  int port() {
    return server.getPort();
  }

  String jdbc() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres".formatted(port());
  }

  String target() {
    return "postgresql://postgres@127.0.0.1:%d/postgres".formatted(port());
  }

  void stop() throws IOException {
    if (running) {
      running = false;
      server.close();
    }
  }

  void startAgain() throws IOException {
    server = builder(data).setPort(server.getPort()).start();
    running = true;
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
