package dev.sluice.cli;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Shows a person how far a run has come, from its start until [#close].
///
/// | | on a terminal | elsewhere |
/// |---|---|---|
/// | `AUTO` | one line, redrawn up to ten times a second | a plain line every five seconds |
/// | `ALWAYS` | the same | one line, redrawn, taken to be 80 columns wide |
/// | `NEVER` | nothing | nothing |
///
/// The redrawn line is gone after [#close]. A run that is over at once shows nothing. What else is
/// to be told meanwhile goes through [#say], or it would be written into the line.
final class Progress implements AutoCloseable {

  /// When to show it.
  enum When {
    AUTO,
    ALWAYS,
    NEVER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// How far a run has come.
  ///
  /// @param done how many bytes were read, as they are in the files: compressed ones count
  ///   compressed
  /// @param total how many there are, or [#UNKNOWN]
  /// @param lines how many lines they held
  /// @param rejected how many of those were rejected
  /// @param slowest the stage that all others wait for; null if there is none
  record Snapshot(long done, long total, long lines, long rejected, @Nullable String slowest) {
    /// The total of a run that reads a pipe.
    static final long UNKNOWN = -1;
  }

  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration PLAIN = Duration.ofSeconds(5);

  /// How often who writes plain lines looks how far the run is.
  private static final Duration PLAIN_LOOK = Duration.ofSeconds(1);

  private static final Duration FIRST = Duration.ofMillis(300);
  private static final Duration RATES_OVER = Duration.ofSeconds(5);
  private static final Duration LEFT_AFTER = Duration.ofSeconds(2);
  private static final String CLEAR = "\r\u001B[K";

  private record Sample(long at, Snapshot snapshot) {}

  private final String name;
  private final boolean shown;
  private final boolean redrawn;
  private final Screen screen;
  private final Supplier<Snapshot> source;
  private final LongSupplier clock;
  private final long started;
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Guards the line on the screen and what follows here.
  private final ReentrantLock lock = new ReentrantLock();

  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private long due;
  private boolean drawn;
  private int linesAbove;
  private Function<Screen.Size, List<String>> above = size -> List.of();

  /// Makes one that shows something only when told to [#tick].
  ///
  /// @param clock nanoseconds from any origin
  Progress(String name, When when, Screen screen, Supplier<Snapshot> source, LongSupplier clock) {
    this.name = name;
    this.shown = when != When.NEVER;
    this.redrawn = when == When.ALWAYS || screen.redraws();
    this.screen = screen;
    this.source = source;
    this.clock = clock;
    this.started = clock.getAsLong();
    this.due = started + (redrawn ? FIRST : PLAIN).toNanos();
    samples.add(new Sample(started, new Snapshot(0, Snapshot.UNKNOWN, 0, 0, null)));
  }

  /// Starts to show it.
  ///
  /// @param name the command, as it stands before each plain line
  /// @param source tells how far the run is; asked up to ten times a second, by another thread
  static Progress start(String name, When when, Screen screen, Supplier<Snapshot> source) {
    var progress = new Progress(name, when, screen, source, System::nanoTime);
    if (progress.shown) {
      // A platform thread: parsers that keep every carrier busy would hold a virtual one back.
      Thread.ofPlatform().name("progress").daemon().start(progress::tickUntilClosed);
    }
    return progress;
  }

  private void tickUntilClosed() {
    try {
      var look = redrawn ? REDRAW : PLAIN_LOOK;
      while (!closed.await(look.toNanos(), TimeUnit.NANOSECONDS)) {
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Draws the line if it is time to.
  void tick() {
    lock.lock();
    try {
      var now = clock.getAsLong();
      if (!shown || closed.getCount() == 0) {
        return;
      }
      var rates = ratesAt(now);
      if (now - due < 0) {
        return;
      }
      due = now + (redrawn ? REDRAW : PLAIN).toNanos();
      draw(rates);
    } finally {
      lock.unlock();
    }
  }

  private ProgressLine ratesAt(long now) {
    var snapshot = source.get();
    while (samples.size() > 1 && now - samples.getFirst().at > RATES_OVER.toNanos()) {
      samples.removeFirst();
    }
    var first = samples.getFirst();
    samples.addLast(new Sample(now, snapshot));
    var seconds = Math.max(now - first.at, 1) / 1e9;
    return new ProgressLine(
        snapshot,
        (snapshot.done - first.snapshot.done) / seconds,
        (snapshot.lines - first.snapshot.lines) / seconds,
        now - started >= LEFT_AFTER.toNanos());
  }

  /// Where it is redrawn, shows these lines above it from now on, as far as there is room.
  void above(Function<Screen.Size, List<String>> lines) {
    lock.lock();
    try {
      above = lines;
    } finally {
      lock.unlock();
    }
  }

  private void draw(ProgressLine line) {
    if (redrawn) {
      // One column stays free: a terminal may move on to the next line after the last.
      var size = screen.size();
      var text = new StringBuilder(erased());
      var lines = above.apply(new Screen.Size(size.rows() - 1, size.columns() - 1));
      for (var one : lines.subList(0, Math.clamp(size.rows() - 2, 0, lines.size()))) {
        text.append(Screen.cut(one, size.columns() - 1)).append('\n');
        linesAbove++;
      }
      text.append(line.within(size.columns() - 1, screen.unicode()));
      screen.write(text.toString());
      drawn = true;
    } else {
      screen.write(name + ": " + line.plain() + System.lineSeparator());
    }
  }

  /// What takes away all that is drawn, and is ready for more.
  private String erased() {
    var erasing = linesAbove == 0 ? CLEAR : "\r\u001B[%dA\u001B[J".formatted(linesAbove);
    linesAbove = 0;
    drawn = false;
    return erasing;
  }

  /// Writes a line of text above the progress; also when none is shown, and after [#close].
  void say(String text) {
    lock.lock();
    try {
      screen.write((drawn ? erased() : "") + text + System.lineSeparator());
    } finally {
      lock.unlock();
    }
  }

  /// Takes the line away. Nothing is drawn after it returns.
  @Override
  public void close() {
    lock.lock();
    try {
      closed.countDown();
      if (drawn) {
        screen.write(erased());
      }
    } finally {
      lock.unlock();
    }
  }
}
