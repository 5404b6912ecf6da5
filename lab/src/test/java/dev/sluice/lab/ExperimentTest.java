package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Theory beside a real channel: for each station twenty runs, of a million arrivals each with the
/// build's profile `soak`.
class ExperimentTest {
  private static final int ARRIVALS = Integer.getInteger("sluice.soak.arrivals", 200_000);
  private static final int SEEDS = 20;

  @ParameterizedTest(name = "{0}/s to {2} x {1}/s, room for {3}")
  @CsvSource({
    "80, 100, 1, 9", // M/M/1/K, mostly in time
    "100, 100, 1, 4", // as much as one can deal with
    "150, 100, 1, 19", // too much
    "250, 100, 3, 7", // M/M/c/K
    "390, 100, 4, 32", // close to the edge
    "50, 100, 2, 0", // no room but in hand: Erlang's loss
    "900, 100, 8, 0",
  })
  void theory_and_measurement_agree(double arrivals, double services, int consumers, int capacity) {
    var station = new Station(arrivals, services, consumers, capacity);
    var theory = station.predict();
    int[] holds = new int[5];

    for (int seed = 1; seed <= SEEDS; seed++) {
      var measured = Experiment.run(station, ARRIVALS, seed);
      holds[0] += measured.utilisation().holds(theory.utilisation()) ? 1 : 0;
      holds[1] += measured.loss().holds(theory.loss()) ? 1 : 0;
      holds[2] += measured.throughput().holds(theory.throughput()) ? 1 : 0;
      holds[3] += measured.waiting().holds(theory.waiting()) ? 1 : 0;
      holds[4] += measured.waited().holds(theory.waited()) ? 1 : 0;
    }

    // Of 20 intervals of 95 %, 19 are expected to hold; fewer than 15 happen once in 3,000 times.
    assertThat(Arrays.stream(holds).boxed())
        .as("utilisation, loss, throughput, waiting, waited")
        .allMatch(n -> n >= 15);
  }

  @Test
  void a_million_arrivals_in_one_run_are_within_one_in_a_hundred() {
    var station = new Station(250, 100, 3, 7);
    var theory = station.predict();

    var measured = Experiment.run(station, 1_000_000, 7);

    assertThat(measured.arrived()).isBetween(990_000L, 1_000_000L);
    assertThat(measured.throughput().mean())
        .isCloseTo(theory.throughput(), within(0.01 * theory.throughput()));
    assertThat(measured.waited().mean()).isCloseTo(theory.waited(), within(0.01 * theory.waited()));
    assertThat(measured.loss().mean()).isCloseTo(theory.loss(), within(0.02 * theory.loss()));
  }

  @Test
  void the_same_seed_gives_the_same_figures() {
    var station = new Station(250, 100, 3, 7);

    assertThat(Experiment.run(station, 30_000, 3)).isEqualTo(Experiment.run(station, 30_000, 3));
  }

  @Test
  void known_cases_come_out_as_in_the_books() {
    // M/M/1/K: p(K) = (1 - r) r^K / (1 - r^(K + 1))
    double r = 0.8;
    double loss = (1 - r) * Math.pow(r, 10) / (1 - Math.pow(r, 11));
    assertThat(new Station(80, 100, 1, 9).predict().loss()).isCloseTo(loss, within(1e-12));
    // as much as one can deal with: each number of items is as likely as any other
    assertThat(new Station(100, 100, 1, 4).predict().loss()).isCloseTo(1.0 / 6, within(1e-12));
    // Erlang B with 2 Erlang and 2 servers: (4/2) / (1 + 2 + 2)
    assertThat(new Station(200, 100, 2, 0).predict().loss()).isCloseTo(0.4, within(1e-12));
    // room for nearly all: M/M/1, wait r / (1 - r) / s
    assertThat(new Station(50, 100, 1, 10_000).predict().waited()).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void littles_law_holds_and_nothing_overflows_however_large_the_buffer() {
    for (double arrivals : new double[] {1e-6, 1, 99.9, 100, 100.1, 1e9}) {
      var p = new Station(arrivals, 100, 1, 900_000).predict();

      assertThat(p.utilisation()).isBetween(0.0, 1.0);
      assertThat(p.loss()).isBetween(0.0, 1.0);
      assertThat(p.throughput() * p.stayed()).isCloseTo(p.inside(), within(1e-6 * p.inside()));
      assertThat(arrivals * (1 - p.loss()))
          .isCloseTo(p.throughput(), within(1e-6 * p.throughput()));
    }
  }

  @Test
  void what_makes_no_sense_is_refused_in_words() {
    assertThatThrownBy(() -> new Station(0, 1, 1, 1)).hasMessageContaining("more than 0");
    assertThatThrownBy(() -> new Station(1, 1, 0, 1)).hasMessageContaining("at least 1");
    assertThatThrownBy(() -> Experiment.run(new Station(1, 1, 1, 1), 10, 1))
        .hasMessageContaining("at least 30,000");
  }
}
