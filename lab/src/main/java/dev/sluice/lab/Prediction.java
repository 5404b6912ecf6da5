package dev.sluice.lab;

/// What queueing theory expects of a [Station] in the long run.
///
/// @param offered the work that arrives, in consumers: above their number they cannot keep up
/// @param utilisation the share of their time that the consumers are at work, from 0 to 1
/// @param loss the share of the items that finds no room, from 0 to 1
/// @param throughput items a second that are dealt with
/// @param waiting how many items wait in the buffer, on average
/// @param inside how many are there, waiting or in hand, on average
/// @param waited how long an item that is not lost waits, in seconds, on average
/// @param stayed how long it is there until it is dealt with, in seconds, on average
public record Prediction(
    double offered,
    double utilisation,
    double loss,
    double throughput,
    double waiting,
    double inside,
    double waited,
    double stayed) {

  /*
   * With n items there, arrivals come at rate a (none stays if n = K) and min(n, c) consumers finish
   * at rate s each. In balance the flow from n to n + 1 is that back:
   *
   *   p(n) a = p(n + 1) min(n + 1, c) s
   *
   * which gives all p(n) but for a factor; the sum of 1 gives that. An arrival sees n with p(n)
   * (Poisson arrivals see time averages), so p(K) is the loss; and by Little's law the mean number is
   * the rate of those that stay times the mean time.
   *
   * The products may be too large or too small for a double, so each is kept relative to the largest
   * so far.
   */
  static Prediction of(Station station) {
    return of(station, 0);
  }

  /// With producers that wait for room instead of losing items: each that waits at the door makes
  /// no other item meanwhile. Those at the door count as waiting, and none is lost.
  ///
  /// @param patient how many producers share the arrivals; 0 if they lose what finds no room
  static Prediction of(Station station, int patient) {
    int c = station.consumers();
    double weight = 1;
    double sum = 1;
    double inside = 0;
    double waiting = 0;
    double busy = 0;
    for (int n = 1; n <= station.places() + patient; n++) {
      int atDoor = Math.max(0, n - 1 - station.places());
      double making = patient == 0 ? 1 : (double) (patient - atDoor) / patient;
      weight *= station.arrivals() * making / (Math.min(n, c) * station.services());
      if (weight > 1e100) {
        sum /= weight;
        inside /= weight;
        waiting /= weight;
        busy /= weight;
        weight = 1;
      }
      sum += weight;
      inside += n * weight;
      waiting += Math.max(0, n - c) * weight;
      busy += Math.min(n, c) * weight;
    }
    double loss = patient == 0 ? weight / sum : 0;
    double throughput = busy / sum * station.services();
    return new Prediction(
        station.arrivals() / station.services(),
        busy / sum / c,
        loss,
        throughput,
        waiting / sum,
        inside / sum,
        waiting / sum / throughput,
        inside / sum / throughput);
  }
}
