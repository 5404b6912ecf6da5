package dev.sluice.monitor;

import dev.sluice.pipelines.ThrowingConsumer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Shows now and then what an item looks like, at the place of a pipeline where it is put in with
/// `peek`. Others cost the read of a flag.
///
/// What is shown is what a function of the user makes of the item: it has to leave out what must
/// not be seen. What it throws shows as a sample, and harms neither the item nor the run.
///
/// @param <T> what passes
public final class Tap<T> implements ThrowingConsumer<T> {
  private static final int MOST_SAMPLES = 10;
  private static final int MOST_CHARACTERS = 200;

  private final String name;
  private final Function<? super T, String> shown;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Snapshot.Sample> samples = new ArrayDeque<>();

  /// Whether the next item is wanted.
  private volatile boolean open = true;

  Tap(String name, Function<? super T, String> shown) {
    this.name = name;
    this.shown = shown;
  }

  @Override
  public void accept(T item) {
    if (open) {
      sample(item);
    }
  }

  private void sample(T item) {
    if (!lock.tryLock()) {
      return; // another item is being looked at
    }
    try {
      if (open) {
        open = false;
        if (samples.size() == MOST_SAMPLES) {
          samples.removeLast();
        }
        samples.addFirst(new Snapshot.Sample(Instant.now(), text(item)));
      }
    } finally {
      lock.unlock();
    }
  }

  private String text(T item) {
    String text;
    try {
      text = shown.apply(item);
    } catch (RuntimeException e) {
      text = "(cannot be shown: " + e.getClass().getName() + ")";
    }
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
  }

  /// What it has seen. Opens it for one more.
  Snapshot.Tapped read() {
    lock.lock();
    try {
      open = true;
      return new Snapshot.Tapped(name, List.copyOf(new ArrayList<>(samples)));
    } finally {
      lock.unlock();
    }
  }
}
