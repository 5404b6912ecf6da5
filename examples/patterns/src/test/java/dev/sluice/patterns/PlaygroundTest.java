package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class PlaygroundTest {
  @Test
  void the_page_is_there_for_this_machine() throws Exception {
    try (var lab = Playground.open();
        var client = HttpClient.newHttpClient()) {
      assertThat(lab.page().getHost()).isIn("127.0.0.1", "localhost");

      var answer = client.send(HttpRequest.newBuilder(lab.page()).build(), BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("<html");
    }
  }
}
