package dev.sluice.patterns;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Prints what happens, a line each: when, who, what; everybody in a colour of their own.
final class Story implements Narrator {
  private static final int[] COLOURS = {36, 33, 35, 32, 34, 96, 93, 95, 92, 94};
  private static final int MOST_COLOURED = 1_000;

  private final PrintStream out;
  private final boolean coloured;
  private final long start = System.nanoTime();
  private final Map<String, Integer> colours = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  Story(PrintStream out, boolean coloured) {
    this.out = out;
    this.coloured = coloured;
  }

  @Override
  public void tell(String who, String what) {
    double seconds = (System.nanoTime() - start) / 1e9;
    lock.lock(); // a line at a time, and in the order of its times
    try {
      out.println(
          who.equals("account")
              ? bold("%n%s: %s".formatted(who, what))
              : String.format(Locale.ROOT, "%8.3f s  %s  %s", seconds, name(who), what));
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  private String name(String who) {
    var padded = "%-12s".formatted(who);
    if (!coloured) {
      return padded;
    }
    int known = colours.size() < MOST_COLOURED ? colours.size() : 0;
    int colour = colours.computeIfAbsent(who, _ -> COLOURS[known % COLOURS.length]);
    return "\033[%dm%s\033[0m".formatted(colour, padded);
  }

  private String bold(String text) {
    return coloured ? "\033[1m" + text + "\033[0m" : text;
  }
}
