package dev.sluice.monitor;

import dev.sluice.monitor.Backlog.Depth;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A queue elsewhere, as it was when it was last looked at. One thread looks, others read.
final class WatchedBacklog {
  private final String name;
  private final Backlog backlog;
  private final Lately<Depth> lately = new Lately<>();
  private volatile Snapshot.@Nullable Channel latest;

  WatchedBacklog(String name, Backlog backlog) {
    this.name = name;
    this.backlog = backlog;
  }

  String name() {
    return name;
  }

  /// @throws InterruptedException if interrupted while it waited for an answer
  void look(long nanos) throws InterruptedException {
    Depth now;
    try {
      now = backlog.look();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      latest = null; // that it is missing is what the snapshots say of it
      return;
    }
    var then = lately.add(nanos, now);
    double seconds = Math.max(1e-9, (nanos - then.nanos()) / 1e9);
    latest =
        new Snapshot.Channel(
            name,
            Math.clamp(now.size(), 0, Integer.MAX_VALUE),
            Math.clamp(now.capacity(), 0, Integer.MAX_VALUE),
            now.sent(),
            now.received(),
            0,
            (now.sent() - then.reading().sent()) / seconds,
            (now.received() - then.reading().received()) / seconds,
            0,
            0,
            Duration.ZERO,
            Duration.ZERO,
            now.oldest());
  }

  /// Null while nobody can tell.
  Snapshot.@Nullable Channel read() {
    return latest;
  }
}
