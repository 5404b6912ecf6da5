package dev.sluice.races;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What rewritten code calls. On a thread that plays no part each does what it stands in for.
///
/// Public only because that code is in other packages.
public final class Hooks {

  /// The class that the annotated method stands in for a method of, with the same name; if that is
  /// an instance method, its receiver comes first.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @interface InsteadOf {
    Class<?> value();
  }

  /// Who parks for so few nanoseconds waits for no wake-up, but lets others go on, as by a yield.
  private static final long A_NAP = 100_000;

  private Hooks() {}

  /// A step that others can see follows: the turn may go to another part first.
  public static void point(String where) {
    var part = Run.playing();
    if (part != null) {
      part.run.point(part, where);
    }
  }

  /// One of the calls below follows, which give the turn away themselves if need be.
  public static void at(String where) {
    var part = Run.playing();
    if (part != null) {
      part.run.at(part, where);
    }
  }

  /// A class is about to be initialised, which is one step: another part that gets the turn midway
  /// and needs the class would wait for it outside of the schedule.
  public static void beginInitialiser() {
    var part = Run.playing();
    if (part != null) {
      part.initialisers++;
    }
  }

  /// The class has been initialised.
  public static void endInitialiser() {
    var part = Run.playing();
    if (part != null) {
      part.initialisers--;
    }
  }

  /// Whether a channel spins and yields before it parks. What it has learned of that is no matter
  /// of a schedule: it seldom does here, so that most schedules are about parking.
  public static boolean isWorthIt() {
    var part = Run.playing();
    return part == null || part.run.random.nextInt(8) == 0;
  }

  @InsteadOf(LockSupport.class)
  public static void park() {
    park(null);
  }

  @InsteadOf(LockSupport.class)
  public static void park(@Nullable Object blocker) {
    var part = Run.playing();
    if (part == null) {
      LockSupport.park(blocker);
    } else {
      part.park(Part.FOREVER);
    }
  }

  @InsteadOf(LockSupport.class)
  public static void parkNanos(long nanos) {
    parkNanos(null, nanos);
  }

  @InsteadOf(LockSupport.class)
  public static void parkNanos(@Nullable Object blocker, long nanos) {
    var part = Run.playing();
    if (part == null) {
      LockSupport.parkNanos(blocker, nanos);
    } else if (nanos > A_NAP) {
      part.park(nanos);
    } else if (nanos > 0) {
      part.run.nap(part, nanos);
    }
  }

  @InsteadOf(LockSupport.class)
  public static void unpark(@Nullable Thread thread) {
    var part = Run.playing();
    if (part == null) {
      LockSupport.unpark(thread);
    } else if (thread != null) {
      part.run.here(part);
      part.run.part(thread).unpark();
    }
  }

  @InsteadOf(Thread.class)
  @SuppressWarnings({"ThreadPriorityCheck", "NamedLikeContextualKeyword"})
  public static void yield() {
    var part = Run.playing();
    if (part == null) {
      Thread.yield();
    } else {
      part.run.stepAside(part);
    }
  }

  @InsteadOf(Thread.class)
  public static void onSpinWait() {
    var part = Run.playing();
    if (part == null) {
      Thread.onSpinWait();
    } else {
      part.run.stepAside(part);
    }
  }

  @InsteadOf(Thread.class)
  public static boolean interrupted() {
    var part = Run.playing();
    return part == null ? Thread.interrupted() : part.interrupted();
  }

  @InsteadOf(Thread.class)
  public static boolean isInterrupted(Thread thread) {
    var part = Run.playing();
    return part == null ? thread.isInterrupted() : part.run.part(thread).isInterrupted();
  }

  @InsteadOf(Thread.class)
  public static void interrupt(Thread thread) {
    var part = Run.playing();
    if (part == null) {
      thread.interrupt();
    } else {
      part.run.here(part);
      part.run.part(thread).interrupt();
    }
  }

  /// Parts play on virtual threads, but half of the schedules say that they are platform threads.
  @InsteadOf(Thread.class)
  public static boolean isVirtual(Thread thread) {
    var part = Run.playing();
    return part == null ? thread.isVirtual() : part.run.virtual;
  }

  @InsteadOf(System.class)
  public static long nanoTime() {
    var part = Run.playing();
    return part == null ? System.nanoTime() : part.run.nanoTime();
  }

  @InsteadOf(ThreadLocalRandom.class)
  public static int nextInt(ThreadLocalRandom random) {
    var part = Run.playing();
    return part == null ? random.nextInt() : part.run.random.nextInt();
  }

  @InsteadOf(ThreadLocalRandom.class)
  public static int nextInt(ThreadLocalRandom random, int bound) {
    var part = Run.playing();
    return part == null ? random.nextInt(bound) : part.run.random.nextInt(bound);
  }
}
