package dev.sluice.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What a JVM that JMH forked does: round after round of one contestant in one cell.
@State(Scope.Benchmark)
public class Measurement {

  private static final long PATIENCE_SECONDS = 60;
  private static final long MAX_GROWTH = 8;

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Param("")
  public String scenario = "";

  @Param("")
  public String contestant = "";

  @Param("")
  public String cell = "";

  /// How long a round should take.
  @Param("150")
  public long roundMillis;

  private long items;

  /// What an iteration adds up. JMH begins each at zero.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Sums {
    public long items;
    public long nanos;
    public long cpuNanos;
    public long bytes;
  }

  /// Finds how many items make a round of the wanted length.
  @Setup(Level.Trial)
  public void calibrate() throws InterruptedException {
    Watchdog.start();
    Cell place = Cell.parse(cell);
    if (place.senders() > 0) {
      Sums sums = new Sums();
      do {
        sums.nanos = 0;
        play(sums);
      } while (sums.nanos < roundMillis * 500_000);
    }
  }

  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  public void play(Sums sums) throws InterruptedException {
    Scenario what = Scenario.named(scenario);
    Cell place = Cell.parse(cell);
    long granule = what.plays(place).granule(place);
    items = Math.max(granule, items / granule * granule);

    Round round = what.round(what.contestant(contestant), place, items);
    round.prepare();
    long bytes = THREADS.getTotalThreadAllocatedBytes();
    long cpu = SYSTEM.getProcessCpuTime();
    long begin = System.nanoTime();
    round.play(PATIENCE_SECONDS);
    long nanos = System.nanoTime() - begin;
    sums.cpuNanos += SYSTEM.getProcessCpuTime() - cpu;
    sums.bytes += THREADS.getTotalThreadAllocatedBytes() - bytes;
    round.check();

    sums.items += items;
    sums.nanos += round.measured(nanos);
    items = (long) (items * Math.min(MAX_GROWTH, roundMillis * 1e6 / Math.max(1, nanos)));
  }
}
