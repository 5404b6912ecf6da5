package dev.sluice.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// Where messages for a person go, and what can be drawn there.
///
/// Java cannot tell which of the standard streams are terminals; the launcher can, and passes their
/// numbers as the system property `sluice.tty`: `02` when input and errors are. Without it none is.
final class Screen {
  /// How wide a screen is taken to be that does not tell.
  static final int USUAL_COLUMNS = 80;

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\t]]");

  private final PrintStream out;
  private final boolean redraws;
  private final boolean unicode;
  private final IntSupplier columns;

  /// @param redraws whether what was written in a line can be written over
  /// @param unicode whether it shows more than ASCII
  /// @param columns how wide it is now
  Screen(PrintStream out, boolean redraws, boolean unicode, IntSupplier columns) {
    this.out = out;
    this.redraws = redraws;
    this.unicode = unicode;
    this.columns = columns;
  }

  /// Standard error.
  static Screen standardError(Map<String, String> environment) {
    var unicode = System.err.charset().newEncoder().canEncode('━');
    if (!isTerminal(2) || isDumb(environment)) {
      return new Screen(System.err, false, unicode, () -> USUAL_COLUMNS);
    }
    var width = new Width(System::nanoTime, Screen::askWidth);
    Signals.each("WINCH", signal -> width.changed());
    return new Screen(System.err, true, unicode, width);
  }

  /// Whether the standard stream 0, 1 or 2 is a terminal.
  static boolean isTerminal(int stream) {
    return System.getProperty("sluice.tty", "").contains(Integer.toString(stream));
  }

  /// Whether what goes to the standard stream 1 or 2 may be coloured: it is a terminal that can,
  /// and the user has not set `NO_COLOR`.
  static boolean colours(int stream, Map<String, String> environment) {
    var refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return isTerminal(stream) && !refused && !isDumb(environment);
  }

  /// `text` without what a terminal would obey. It may come from a log or the name of a file.
  static String printable(String text) {
    return CONTROL.matcher(text).replaceAll("\uFFFD");
  }

  boolean redraws() {
    return redraws;
  }

  boolean unicode() {
    return unicode;
  }

  int columns() {
    return columns.getAsInt();
  }

  /// Writes at once, so that nothing else comes in between.
  void write(String text) {
    out.print(text);
    out.flush();
  }

  private static boolean isDumb(Map<String, String> environment) {
    return environment.getOrDefault("TERM", "dumb").equals("dumb");
  }

  /// The width of the terminal behind standard error, 0 if it does not tell.
  private static int askWidth() {
    try {
      var stty =
          new ProcessBuilder("sh", "-c", "stty size <&2 2>/dev/null")
              .redirectError(Redirect.INHERIT)
              .start();
      try (var size = new Scanner(stty.getInputStream(), System.out.charset())) {
        size.nextInt(); // the rows come first
        return size.nextInt();
      } finally {
        stty.waitFor(1, TimeUnit.SECONDS);
      }
    } catch (IOException | NoSuchElementException e) {
      return 0; // no stty here, or it knows no size: the usual width will do
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /// Asks for the width when it may have changed, at most once a second: each time starts a
  /// process.
  static final class Width implements IntSupplier {
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final AtomicBoolean changed = new AtomicBoolean(true);
    private final LongSupplier clock;
    private final IntSupplier ask;
    private long asked;
    private int known;

    Width(LongSupplier clock, IntSupplier ask) {
      this.clock = clock;
      this.ask = ask;
    }

    void changed() {
      changed.set(true);
    }

    @Override
    public int getAsInt() {
      var now = clock.getAsLong();
      var mayAsk = known == 0 || now - asked >= PAUSE;
      if (mayAsk && changed.getAndSet(false)) {
        asked = now;
        var answer = ask.getAsInt();
        known = answer > 0 ? answer : USUAL_COLUMNS;
      }
      return known;
    }
  }
}
