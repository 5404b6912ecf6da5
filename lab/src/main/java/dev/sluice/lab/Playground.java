package dev.sluice.lab;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One [Run] at a time, and what can be done with it.
final class Playground implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();

  private volatile Settings settings;

  // What follows is guarded by lock.
  private Pace pace;
  private Run run;
  private long number;

  /// What there is to see at one moment.
  ///
  /// @param state `running`, `paused`, `draining`, `ended` or `failed`
  /// @param failure why it failed; null if it didn't
  record View(
      long number,
      Settings settings,
      String state,
      @Nullable String failure,
      Run run,
      Board.Moment moment) {}

  Playground(Settings settings) {
    this.settings = settings;
    pace = new Pace(settings.get(Knob.SPEED));
    run = new Run(() -> this.settings, pace);
  }

  /// Applies settings to what runs, or begins anew if they need other threads or channels.
  void apply(Settings next) {
    lock.lock();
    try {
      if (next.equals(settings)) {
        return;
      }
      var before = settings;
      if (!next.hasShapeOf(before) || run.isDraining()) {
        begin(next, pace.isPaused());
        return;
      }
      settings = next;
      pace.speed(next.get(Knob.SPEED));
      run.changed();
    } finally {
      lock.unlock();
    }
  }

  /// Begins anew.
  void restart() {
    lock.lock();
    try {
      begin(settings, false);
    } finally {
      lock.unlock();
    }
  }

  private void begin(Settings next, boolean paused) {
    run.close();
    settings = next;
    pace = new Pace(next.get(Knob.SPEED));
    if (paused) {
      pace.pause();
    }
    // Its settings are those of its shape, even if it outlives them by a moment.
    var first = next;
    run = new Run(() -> settings.hasShapeOf(first) ? settings : first, pace);
  }

  void pause() {
    steer(() -> pace.pause());
  }

  void resume() {
    steer(() -> pace.resume());
  }

  void step() {
    steer(() -> pace.step());
  }

  void drain() {
    steer(() -> {
      pace.resume();
      run.drain();
    });
  }

  private void steer(Runnable what) {
    lock.lock();
    try {
      what.run();
    } finally {
      lock.unlock();
    }
  }

  Settings settings() {
    return settings;
  }

  View view() {
    lock.lock();
    try {
      var state =
          run.failure() != null
              ? "failed"
              : run.isEnded()
                  ? "ended"
                  : pace.isPaused() ? "paused" : run.isDraining() ? "draining" : "running";
      return new View(++number, settings, state, run.failure(), run, run.read());
    } finally {
      lock.unlock();
    }
  }

  /// Waits until what was told to drain has ended.
  void await() throws InterruptedException {
    run().await();
  }

  private Run run() {
    lock.lock();
    try {
      return run;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    steer(() -> run.close());
  }
}
