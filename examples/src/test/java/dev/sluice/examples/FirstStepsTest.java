package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.DeadLetter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstStepsTest {

  @Test
  void every_number_of_both_producers_arrives() {
    assertThat(FirstSteps.channel()).isEqualTo(2 * 1_275);
  }

  @Test
  void a_generator_yields_as_many_as_are_asked_for() {
    assertThat(FirstSteps.squares(4)).containsExactly(0, 1, 4, 9);
  }

  @Test
  void the_select_takes_what_is_urgent_first() throws Exception {
    Channel<String> urgent = Channel.bounded(1);
    Channel<String> orders = Channel.bounded(1);
    orders.send("tea");
    urgent.send("water");

    assertThat(FirstSteps.select(urgent, orders)).isEqualTo("urgent: water");
    assertThat(FirstSteps.select(urgent, orders)).isEqualTo("tea");
  }

  @Test
  void the_pipeline_keeps_server_errors_and_the_lines_that_are_none(@TempDir Path dir)
      throws Exception {
    var log =
        Files.writeString(
            dir.resolve("access.log"),
            """
            ::1 - - [01/Jan/2026:00:00:00 +0000] "GET /a HTTP/1.1" 200 12
            ::1 - - [01/Jan/2026:00:00:01 +0000] "GET /b HTTP/1.1" 503 0
            not a log line
            """);
    var errors = new ArrayList<FirstSteps.Hit>();
    var rejects = new ArrayList<DeadLetter>();

    var report = FirstSteps.pipeline(log, errors::addAll, rejects::add);

    assertThat(errors).containsExactly(new FirstSteps.Hit("/b", 503));
    assertThat(rejects).extracting(DeadLetter::original).containsExactly("not a log line");
    assertThat(report.account()).isEqualTo(new Account(3, 1, 1, 0, 1, 0, 0));
  }
}
