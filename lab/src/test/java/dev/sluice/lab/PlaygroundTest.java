package dev.sluice.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.fixtures.Until;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Real threads and channels, each run until it has drained or was stopped.
@Timeout(60)
class PlaygroundTest {
  private static final String FAST =
      "&rate=400&service1=8&service2=8&producers=3&workers1=2&workers2=2&capacity=4&speed=2";

  static List<String> kindsAndPolicies() {
    var all = new ArrayList<String>();
    for (var kind : Knob.KIND.choices) {
      for (var overflow : Knob.OVERFLOW.choices) {
        if (!kind.equals("rendezvous") || !overflow.equals("drop-oldest")) {
          all.add("kind=%s&overflow=%s".formatted(kind, overflow));
        }
      }
    }
    return all;
  }

  private static Account account(Playground playground) {
    var account = playground.view().moment().account();
    assertThat(account.balances()).as(account.toString()).isTrue();
    return account;
  }

  private static void awaitConsumed(Playground playground, long count) throws Exception {
    Until.holds(count + " are consumed", () -> account(playground).consumed() >= count);
  }

  @ParameterizedTest
  @MethodSource("kindsAndPolicies")
  void drained_it_has_accounted_for_all(String query) throws Exception {
    for (var layout : List.of("&stages=2", "&stages=2&layout=branches&fails=20&policy=retry")) {
      try (var playground = new Playground(Settings.parse(query + FAST + layout))) {
        awaitConsumed(playground, 60);

        playground.drain();
        playground.await();

        var account = account(playground);
        assertThat(account.inFlight()).isZero();
        assertThat(account.abandoned()).isZero();
        assertThat(playground.view().state()).isEqualTo("ended");
        if (query.endsWith("wait") && !query.contains("latest")) {
          assertThat(account.dropped() + account.refused()).isZero();
        } else {
          assertThat(account.dropped() + account.refused()).isPositive();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"virtual", "platform"})
  void stopped_it_has_accounted_for_all(String threads) throws Exception {
    var playground = new Playground(Settings.parse("threads=" + threads + FAST + "&stages=2"));
    awaitConsumed(playground, 20);

    playground.close();
    playground.await();

    assertThat(account(playground).inFlight()).isZero();
    assertThat(account(playground).abandoned()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"skip,skipped", "retry,deadLettered", "dead-letter,deadLettered"})
  void a_failure_is_counted_as_its_policy_says(String policy, String where) throws Exception {
    try (var playground = new Playground(Settings.parse("poison=30&policy=" + policy + FAST))) {
      awaitConsumed(playground, 60);
      playground.drain();
      playground.await();

      var account = account(playground);
      assertThat(account.inFlight()).isZero();
      assertThat(where.equals("skipped") ? account.skipped() : account.deadLettered())
          .isPositive()
          .isEqualTo(account.produced() - account.consumed());
    }
  }

  @Test
  void a_failure_that_stops_ends_all_and_says_why() throws Exception {
    try (var playground = new Playground(Settings.parse("poison=30&policy=stop" + FAST))) {
      playground.await();

      assertThat(playground.view().state()).isEqualTo("failed");
      assertThat(playground.view().failure()).contains("the policy is to stop");
      assertThat(account(playground).inFlight()).isZero();
    }
  }

  @Test
  void what_is_tried_for_ever_keeps_its_workers_until_the_policy_changes() throws Exception {
    var settings = "poison=100" + FAST + "&policy=";
    try (var playground = new Playground(Settings.parse(settings + "retry-forever"))) {
      Until.holds(
          "all workers have something",
          () ->
              playground.view().moment().workers().getFirst().stream()
                  .allMatch(worker -> worker.item() != null));
      assertThat(account(playground).deadLettered()).isZero();

      playground.apply(Settings.parse(settings + "dead-letter"));

      Until.holds("they go on", () -> account(playground).deadLettered() > 20);
    }
  }

  @Test
  void a_change_of_rates_goes_on_with_what_is_there_and_one_of_shape_begins_anew()
      throws Exception {
    try (var playground = new Playground(Settings.parse("rate=100&service1=1"))) {
      awaitConsumed(playground, 50);
      playground.apply(Settings.parse("rate=0.1&service1=1"));
      assertThat(account(playground).produced()).isGreaterThanOrEqualTo(50);

      // Whoever waits for long, by the old settings, does not wait on.
      playground.apply(Settings.parse("rate=200&service1=1"));
      awaitConsumed(playground, 100);

      playground.apply(Settings.parse("rate=0.1&service1=1&capacity=20"));
      assertThat(account(playground).produced()).isLessThan(50);
    }
  }

  @Test
  void paused_it_stands_still_and_steps_one_event_at_a_time() throws Exception {
    var settings =
        "arrivals=constant&services=constant&producers=1&workers1=1&rate=0.1&service1=300";
    try (var playground = new Playground(Settings.parse(settings))) {
      playground.pause(); // long before the first item is due
      awaitWaiting(playground, 1); // the producer
      double at = playground.view().moment().time();

      playground.step();
      awaitWaiting(playground, 2); // the producer for the next, the worker for the end of its work
      double made = playground.view().moment().time();
      assertThat(account(playground).produced()).isEqualTo(1);
      assertThat(account(playground).consumed()).isZero();

      playground.step();
      awaitConsumed(playground, 1);
      double done = playground.view().moment().time();
      assertThat(account(playground).produced()).isEqualTo(1);

      assertThat(made).isGreaterThan(at);
      assertThat(done - made).isCloseTo(0.3, within(1e-6));
      assertThat(playground.view().moment().time()).isEqualTo(done);
      assertThat(playground.view().state()).isEqualTo("paused");
    }
  }

  private static void awaitWaiting(Playground playground, long threads) throws Exception {
    Until.holds(
        threads + " wait for their time", () -> playground.view().run().waiting() == threads);
  }

  @Test
  void a_reader_that_must_not_wait_lets_the_buffer_fill_first() throws Exception {
    var settings =
        "prime=5&capacity=10&producers=1&workers1=1&arrivals=constant&rate=20&services=constant"
            + "&service1=10";
    try (var playground = new Playground(Settings.parse(settings))) {
      Until.holds("it runs dry", () -> playground.view().moment().underflows() >= 2);

      var moment = playground.view().moment();
      assertThat(moment.account().consumed()).isGreaterThanOrEqualTo(5 * moment.underflows());
    }
  }

  @Test
  void workers_that_are_sent_nothing_steal() throws Exception {
    var settings = "kind=stealing&skew=100&workers1=4&rate=200&service1=10&capacity=100";
    try (var playground = new Playground(Settings.parse(settings))) {
      Until.holds(
          "all four have worked",
          () ->
              playground.view().moment().workers().getFirst().stream()
                  .allMatch(worker -> worker.count() > 5));
    }
  }

  @Test
  void measured_and_predicted_agree_where_the_theory_holds() throws Exception {
    var settings =
        Settings.parse(
            "producers=1&rate=50&capacity=3&overflow=drop-newest&workers1=1&service1=20&speed=5");
    try (var playground = new Playground(settings)) {
      Until.holds(
          "enough were measured",
          Duration.ofSeconds(50),
          () -> playground.view().moment().stages().getFirst().taken() > 2_500);

      var measured = playground.view().moment().stages().getFirst();
      // Threads wake late, the later the busier the machine is: theory is asked about what was.
      double arrivals = measured.throughput() / (1 - measured.loss());
      double services = measured.throughput() / measured.utilisation();
      assumeTrue(services > 40, "the machine was too busy: service took far too long");
      assertThat(services).isLessThan(55);
      assertThat(arrivals).isCloseTo(50, within(6.0));
      var expected =
          Theory.of(
                  Settings.parse(
                      String.format(
                          Locale.ROOT,
                          "producers=1&rate=%.3f&capacity=3&overflow=drop-newest&workers1=1&service1=%.3f",
                          arrivals,
                          1_000 / services)))
              .predictions()
              .getFirst();
      assertThat(measured.throughput()).isCloseTo(expected.throughput(), within(6.0));
      assertThat(measured.loss()).isCloseTo(expected.loss(), within(0.08));
      assertThat(measured.waiting()).isCloseTo(expected.waiting(), within(0.5));
      assertThat(measured.throughput() * measured.waited())
          .as("Little's law")
          .isCloseTo(measured.waiting(), within(0.1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_scenario_runs(Scenario scenario) throws Exception {
    try (var playground = new Playground(Settings.parse("speed=10&" + scenario.query))) {
      if (scenario == Scenario.POISON) { // which may take all workers away before that
        Until.holds("8 are produced", () -> account(playground).produced() >= 8);
      } else {
        awaitConsumed(playground, 8);
      }

      assertThat(new String(LabJson.of(playground.view()), UTF_8)).contains("\"balances\":true");
    }
  }
}
