package dev.sluice.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where messages for a person go, and what can be drawn there.
///
/// Java cannot tell which of the standard streams are terminals; the launcher can, and passes their
/// numbers as the system property `sluice.tty`: `02` when input and errors are. Without it none is.
final class Screen {
  /// How large a screen is taken to be that does not tell.
  static final Size USUAL = new Size(24, 80);

  /// How much fits, in characters.
  record Size(int rows, int columns) {}

  private static final char ESCAPE = '\u001B';
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\t]]");

  private final PrintStream out;
  private final boolean redraws;
  private final boolean unicode;
  private final Supplier<Size> size;

  /// @param redraws whether what was written in a line can be written over
  /// @param unicode whether it shows more than ASCII
  /// @param size how large it is now
  Screen(PrintStream out, boolean redraws, boolean unicode, Supplier<Size> size) {
    this.out = out;
    this.redraws = redraws;
    this.unicode = unicode;
    this.size = size;
  }

  /// Standard output.
  static Screen standardOutput(Map<String, String> environment) {
    return standard(1, System.out, environment);
  }

  /// Standard error.
  static Screen standardError(Map<String, String> environment) {
    return standard(2, System.err, environment);
  }

  private static Screen standard(int stream, PrintStream out, Map<String, String> environment) {
    var unicode = out.charset().newEncoder().canEncode('━');
    if (!isTerminal(stream) || isDumb(environment)) {
      return new Screen(out, false, unicode, () -> USUAL);
    }
    var size = new Measured(System::nanoTime, Screen::askSize);
    Signals.each("WINCH", signal -> size.changed());
    return new Screen(out, true, unicode, size);
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
    return size.get().columns();
  }

  Size size() {
    return size.get();
  }

  /// The first `columns` characters of `line`; the colours in it take no room, and end with it.
  static String cut(String line, int columns) {
    int shown = 0;
    boolean coloured = false;
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == ESCAPE) {
        coloured = true;
        i = Math.max(i, line.indexOf('m', i));
      } else if (++shown > columns) {
        return line.substring(0, i) + (coloured ? ESCAPE + "[0m" : "");
      }
    }
    return line;
  }

  /// Writes at once, so that nothing else comes in between.
  void write(String text) {
    out.print(text);
    out.flush();
  }

  private static boolean isDumb(Map<String, String> environment) {
    return environment.getOrDefault("TERM", "dumb").equals("dumb");
  }

  /// The size of the terminal behind standard error, or of that which controls this process; null
  /// if neither tells.
  private static @Nullable Size askSize() {
    try {
      var stty =
          new ProcessBuilder("sh", "-c", "(stty size <&2 || stty size </dev/tty) 2>/dev/null")
              .redirectError(Redirect.INHERIT)
              .start();
      try (var size = new Scanner(stty.getInputStream(), System.out.charset())) {
        int rows = size.nextInt();
        return new Size(rows, size.nextInt());
      } finally {
        stty.waitFor(1, TimeUnit.SECONDS);
      }
    } catch (IOException | NoSuchElementException e) {
      return null; // no stty here, or it knows no size: the usual one will do
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /// Asks for the size when it may have changed, at most once a second: each time starts a process.
  static final class Measured implements Supplier<Size> {
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

    private final AtomicBoolean changed = new AtomicBoolean(true);
    private final LongSupplier clock;
    private final Supplier<@Nullable Size> ask;
    private long asked;
    private @Nullable Size known;

    Measured(LongSupplier clock, Supplier<@Nullable Size> ask) {
      this.clock = clock;
      this.ask = ask;
    }

    void changed() {
      changed.set(true);
    }

    @Override
    public Size get() {
      var now = clock.getAsLong();
      var last = known;
      var mayAsk = last == null || now - asked >= PAUSE;
      if (mayAsk && changed.getAndSet(false)) {
        asked = now;
        var answer = ask.get();
        last =
            answer == null
                ? USUAL
                : new Size(
                    answer.rows() > 0 ? answer.rows() : USUAL.rows(),
                    answer.columns() > 0 ? answer.columns() : USUAL.columns());
        known = last;
      }
      return last == null ? USUAL : last;
    }
  }
}
