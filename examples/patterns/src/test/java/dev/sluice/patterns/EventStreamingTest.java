package dev.sluice.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventStreamingTest {
  @TempDir Path dir;

  @Test
  void each_subscriber_goes_on_where_it_was_and_can_go_back() throws Exception {
    var stream = new EventStreaming(dir.resolve("events"));
    stream.publish("a");
    stream.publish("b");
    var anna = new ArrayList<String>();
    stream.subscribe("anna", anna::add).run();
    stream.publish("c");
    stream.subscribe("anna", anna::add).run();
    assertThat(anna).containsExactly("a", "b", "c");

    var late = new ArrayList<String>();
    stream.subscribe("ben", late::add).run();
    assertThat(late).containsExactly("a", "b", "c");

    stream.seek("anna", 1);
    anna.clear();
    stream.subscribe("anna", anna::add).run();
    assertThat(anna).containsExactly("b", "c");
  }

  @Test
  void what_a_subscriber_failed_at_comes_again() throws Exception {
    var stream = new EventStreaming(dir.resolve("events"));
    for (var event : List.of("a", "b", "c")) {
      stream.publish(event);
    }
    var seen = new ArrayList<String>();
    assertThatThrownBy(() ->
            stream
                .subscribe(
                    "anna",
                    event -> {
                      if (event.equals("b")) {
                        throw new IllegalStateException("not today");
                      }
                      seen.add(event);
                    })
                .run())
        .hasMessage("not today");

    stream.subscribe("anna", seen::add).run();

    assertThat(seen).containsExactly("a", "b", "c");
  }

  @Test
  void usually_who_subscribes_late_misses_what_was_before() throws Exception {
    var seen = new ArrayList<String>();
    CompletableFuture<Void> consumed;
    try (var publisher = new SubmissionPublisher<String>()) {
      publisher.submit("before");
      consumed = publisher.consume(seen::add);
      publisher.submit("after");
    }
    consumed.join();

    assertThat(seen).containsExactly("after");
  }
}
