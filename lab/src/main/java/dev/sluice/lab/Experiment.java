package dev.sluice.lab;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ClosedException;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Sends items through a real channel, on a clock of its own that jumps from one event to the next:
/// a million arrivals take a second, and the same seed gives the same figures.
///
/// The channel decides what fits and which item is next; here is decided only when something
/// happens. A consumer has one item in hand and takes the next when it is done.
public final class Experiment {

  /*
   * A run is cut into batches so long that their means hardly depend on each other; from how these
   * differ follows how far their mean may be off (the method of batch means, with Student's t).
   */
  private static final int BATCHES = 30;
  private static final double STUDENT = 2.045; // 97.5 %, 29 degrees of freedom

  private final Station station;
  private final SplittableRandom random;
  private final Channel<Item> channel;

  /// When each consumer at work will be done.
  private final PriorityQueue<Double> done = new PriorityQueue<>();

  private double now;
  private Batch batch = new Batch(0);

  private record Item(double arrived) {}

  /// What is added up over a part of the run.
  private static final class Batch {
    final double begun;
    long arrived;
    long lost;
    long served;
    long begunToServe;
    double busyTime;
    double waitingTime;
    double waits;

    Batch(double begun) {
      this.begun = begun;
    }
  }

  private Experiment(Station station, long seed) {
    this.station = station;
    this.random = new SplittableRandom(seed);
    this.channel =
        station.capacity() == 0
            ? Channel.bounded(1) // never used: nobody waits
            : Channel.bounded(station.capacity());
  }

  /// Runs until so many items have arrived; the first thirtieth, in which the buffer fills, does
  /// not count.
  ///
  /// @param arrivals at least 30,000, for batches that are long enough
  public static Measurement run(Station station, long arrivals, long seed) {
    if (arrivals < 1_000 * BATCHES) {
      throw new IllegalArgumentException(
          "arrivals must be at least %,d, but were %,d".formatted(1_000 * BATCHES, arrivals));
    }
    return new Experiment(station, seed).run(arrivals);
  }

  private Measurement run(long arrivals) {
    long each = arrivals / BATCHES;
    arrive(each); // until it is as it will be
    var utilisation = new double[BATCHES];
    var loss = new double[BATCHES];
    var throughput = new double[BATCHES];
    var waiting = new double[BATCHES];
    var wait = new double[BATCHES];
    long arrived = 0;
    long lost = 0;
    for (int i = 0; i < BATCHES; i++) {
      batch = new Batch(now);
      arrive(each);
      double time = now - batch.begun;
      utilisation[i] = batch.busyTime / time / station.consumers();
      loss[i] = (double) batch.lost / batch.arrived;
      throughput[i] = batch.served / time;
      waiting[i] = batch.waitingTime / time;
      wait[i] = batch.waits / Math.max(1, batch.begunToServe);
      arrived += batch.arrived;
      lost += batch.lost;
    }
    return new Measurement(
        arrived,
        lost,
        estimate(utilisation),
        estimate(loss),
        estimate(throughput),
        estimate(waiting),
        estimate(wait));
  }

  private static Measurement.Estimate estimate(double[] batches) {
    double mean = 0;
    for (double one : batches) {
      mean += one / batches.length;
    }
    double squares = 0;
    for (double one : batches) {
      squares += (one - mean) * (one - mean);
    }
    double deviation = Math.sqrt(squares / (batches.length - 1) / batches.length);
    return new Measurement.Estimate(mean, STUDENT * deviation);
  }

  private void arrive(long count) {
    for (long i = 0; i < count; i++) {
      double next = now + exponential(station.arrivals());
      while (!done.isEmpty() && done.element() <= next) {
        passTo(done.element());
        done.remove(); // at work until now
        batch.served++;
        takeNext();
      }
      passTo(next);
      batch.arrived++;
      if (done.size() < station.consumers()) {
        serve(new Item(now)); // a consumer is idle, so nothing waits before it
      } else if (station.capacity() == 0 || !isSent(new Item(now))) {
        batch.lost++;
      }
    }
  }

  private void passTo(double time) {
    batch.busyTime += done.size() * (time - now);
    batch.waitingTime += channel.size() * (time - now);
    now = time;
  }

  private boolean isSent(Item item) {
    try {
      return channel.trySend(item);
    } catch (ClosedException e) {
      throw new IllegalStateException("nobody closes it", e);
    }
  }

  private void takeNext() {
    var item = channel.tryReceive();
    if (item != null) {
      serve(item);
    }
  }

  private void serve(Item item) {
    batch.begunToServe++;
    batch.waits += now - item.arrived;
    done.add(now + exponential(station.services()));
  }

  private double exponential(double rate) {
    return -Math.log1p(-random.nextDouble()) / rate;
  }
}
