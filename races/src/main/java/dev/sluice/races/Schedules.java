package dev.sluice.races;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import net.bytebuddy.agent.ByteBuddyAgent;

/// Plays a scene under many schedules.
public final class Schedules {
  private static final long SEED = 20_261_121;
  private static final long COUNT = Long.getLong("races.schedules", 1_000);
  private static final int ONLY = Integer.getInteger("races.only", -1);

  static {
    Rewriter.install(ByteBuddyAgent.install());
  }

  private final boolean timed;

  private Schedules(boolean timed) {
    this.timed = timed;
  }

  /// Schedules of a scene that never waits with a timeout. Where nobody can go on but by a timeout
  /// of the code under test, the scene fails: it would have covered up for a lost wake-up.
  public static Schedules untimed() {
    return new Schedules(false);
  }

  /// Schedules of a scene that waits with timeouts, which fire at any time.
  public static Schedules timed() {
    return new Schedules(true);
  }

  /// A scene: sets up, makes its parts, awaits them, and looks at what became of it.
  @FunctionalInterface
  public interface Scene {
    void play(Stage stage) throws Exception;
  }

  /// Plays `scene` `-Draces.schedules` times.
  ///
  /// @return how many different schedules these were
  /// @throws AssertionError if one fails, with its number: `-Draces.only` plays that one alone
  public int play(Scene scene) throws InterruptedException {
    Set<Long> different = new HashSet<>();
    long first = Math.max(0, ONLY);
    long end = ONLY < 0 ? COUNT : ONLY + 1L;
    for (long number = first; number < end; number++) {
      var random = new SplittableRandom(SEED + number);
      try {
        different.add(new Run((int) number, random, timed, scene::play).play());
      } catch (AssertionError e) {
        throw new AssertionError(
            "schedule " + number + " (-Draces.only=" + number + "): " + e.getMessage(),
            e.getCause());
      }
    }
    return different.size();
  }
}
