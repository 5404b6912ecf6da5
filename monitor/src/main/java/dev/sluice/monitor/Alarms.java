package dev.sluice.monitor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The alarms of a monitor and which of them are raised. Used by one thread at a time.
final class Alarms {
  private final List<One> all = new ArrayList<>();

  private static final class One {
    final Alarm alarm;
    final AlarmListener listener;
    final Alarm.Gauge gauge;
    Snapshot.@Nullable Raised raised;

    One(Alarm alarm, AlarmListener listener) {
      this.alarm = alarm;
      this.listener = listener;
      this.gauge = alarm.gauge();
    }
  }

  /// A change that somebody has to be told of.
  record Change(Alarm alarm, AlarmListener listener, boolean raised, String text) {
    void tell() {
      try {
        listener.changed(alarm, raised, text);
      } catch (RuntimeException | Error e) {
        var thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
  }

  void add(Alarm alarm, AlarmListener listener) {
    all.add(new One(alarm, listener));
  }

  /// Looks at all of them. What an alarm is about and is not there any more ends it; one about a
  /// queue of which nobody can tell stays as it is.
  List<Change> look(Snapshot snapshot, long nanos) {
    var changes = new ArrayList<Change>();
    for (var one : all) {
      if (snapshot.unreadable().stream().anyMatch(it -> it.name().equals(one.alarm.where()))) {
        continue;
      }
      var read = one.gauge.read(snapshot, nanos);
      double value = read.orElse(0);
      boolean before = one.raised != null;
      boolean raised = read.isPresent() && one.alarm.isRaised(value, before);
      var text = one.alarm.text(value);
      if (raised != before) {
        changes.add(new Change(one.alarm, one.listener, raised, text));
      }
      var since = one.raised == null ? snapshot.at() : one.raised.since();
      one.raised = raised ? new Snapshot.Raised(one.alarm.name(), since, text) : null;
    }
    return changes;
  }

  List<Snapshot.Raised> raised() {
    var raised = new ArrayList<Snapshot.Raised>();
    for (var one : all) {
      if (one.raised != null) {
        raised.add(one.raised);
      }
    }
    return List.copyOf(raised);
  }
}
