package dev.sluice.monitor;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// Told when an alarm is raised, and when it has ended. See [WebHook] for one that tells others.
@FunctionalInterface
public interface AlarmListener {

  /// Called on the monitor's thread, which waits for it: so it should be quick. What it throws goes
  /// to the uncaught exception handler of that thread, which goes on.
  ///
  /// @param alarm which one
  /// @param raised whether it is raised now, or has ended
  /// @param text what is so, in words, for a person
  void changed(Alarm alarm, boolean raised, String text);

  /// Writes to a log: a warning when it is raised, an information when it has ended.
  static AlarmListener log(Logger logger) {
    return (alarm, raised, text) ->
        logger.log(
            raised ? Level.WARNING : Level.INFO, "{0} ({1})", text, raised ? "raised" : "ended");
  }
}
