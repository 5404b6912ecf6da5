package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.broker.BrokerProcess;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker that wants TLS and a login: what a user gives for that reaches Kafka's clients, and no
/// message tells of it.
@Timeout(120)
class SecuredTest {
  private static final String PASSWORD = "tea-at-five";
  private static final String STORE_PASSWORD = "keep-it-closed";

  @TempDir static Path dir;
  private static BrokerProcess broker;

  @BeforeAll
  static void start() throws Exception {
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                dir.resolve("server.p12").toString(),
                "-storepass",
                STORE_PASSWORD,
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-validity",
                "30")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    var changes = new LinkedHashMap<String, String>();
    changes.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
    changes.put("ssl.keystore.location", dir.resolve("server.p12").toString());
    changes.put("ssl.keystore.type", "PKCS12");
    changes.put("ssl.keystore.password", STORE_PASSWORD);
    changes.put("ssl.truststore.location", dir.resolve("server.p12").toString());
    changes.put("ssl.truststore.type", "PKCS12");
    changes.put("ssl.truststore.password", STORE_PASSWORD);
    changes.put("sasl.enabled.mechanisms", "PLAIN");
    changes.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    changes.put(
        "listener.name.clients.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\""
            + " password=\"%1$s\" user_broker=\"%1$s\" user_anna=\"%1$s\";".formatted(PASSWORD));
    broker = BrokerProcess.start(dir.resolve("broker"), changes);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static Map<String, Object> settings(String password) {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", broker.address());
    settings.put("security.protocol", "SASL_SSL");
    settings.put("ssl.truststore.location", dir.resolve("server.p12").toString());
    settings.put("ssl.truststore.type", "PKCS12");
    settings.put("ssl.truststore.password", STORE_PASSWORD);
    settings.put("sasl.mechanism", "PLAIN");
    settings.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"anna\" password=\"%s\";"
            .formatted(password));
    return settings;
  }

  @Test
  void records_go_through_tls_and_a_login() throws Exception {
    try (var kafka = Kafka.with(settings(PASSWORD))) {
      kafka.topics().create("secured", 1);
      Pipeline.from(Source.of(Outgoing.of("k", "v")))
          .batch(10, Duration.ofMillis(10))
          .to(kafka.sink("secured", Serdes.String(), Serdes.String()))
          .run();
      var report =
          Pipeline.from(kafka.source("secured", "g", Serdes.String(), Serdes.String()).untilEnd())
              .to(Sink.discard())
              .run();
      assertThat(report.account().out()).isEqualTo(1);
    }
  }

  @Test
  void a_wrong_password_is_said_to_be_so_and_not_repeated() throws Exception {
    try (var kafka = Kafka.with(settings("wrong-tea"))) {
      assertThatThrownBy(() -> kafka.topics().create("other", 1))
          .isInstanceOf(TopicException.class)
          .hasMessageContaining("refused the login")
          .hasMessageNotContaining("wrong-tea");
    }
  }

  @Test
  void a_broken_setting_is_named_without_its_secret() throws Exception {
    var settings = settings(PASSWORD);
    settings.put("sasl.jaas.config", "no.such.Module required password=\"tell-nobody\";");
    try (var kafka = Kafka.with(settings)) {
      assertThatThrownBy(() -> kafka.topics().names())
          .satisfies(e -> {
            for (Throwable t = e; t != null; t = t.getCause()) {
              assertThat(String.valueOf(t.getMessage())).doesNotContain("tell-nobody");
            }
          })
          .hasMessageContaining("no.such.Module");
      assertThat(kafka.settings().toString())
          .contains("sasl.mechanism=PLAIN")
          .doesNotContain("tell-nobody")
          .doesNotContain(STORE_PASSWORD);
    }
  }
}
