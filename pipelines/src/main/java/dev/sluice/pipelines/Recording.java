package dev.sluice.pipelines;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/// Makes events for the flight recorder, once somebody has begun to record.
///
/// Not a method of the events: merely to load their classes starts the recorder, which takes Java
/// eighty milliseconds, and a short program would notice.
final class Recording {
  private Recording() {}

  /// The event of a run that begins now; null as long as nobody has ever recorded.
  static @Nullable RunEvent beginRun() {
    if (!FlightRecorder.isInitialized()) {
      return null;
    }
    var event = new RunEvent();
    event.begin();
    return event;
  }

  /// Tells of a run that ends now.
  ///
  /// @param begun what was made when it began; if that is null and somebody has begun to record
  ///   since, the event has no duration
  static void endRun(
      @Nullable RunEvent begun, String name, Report report, @Nullable Throwable thrown) {
    var event = begun == null && FlightRecorder.isInitialized() ? new RunEvent() : begun;
    if (event != null) {
      event.end(name, report, thrown);
    }
  }

  /// The event of a worker that begins to wait; null as long as nobody has ever recorded.
  static @Nullable StallEvent beginStall() {
    if (!FlightRecorder.isInitialized()) {
      return null;
    }
    var event = new StallEvent();
    event.begin();
    return event;
  }
}
