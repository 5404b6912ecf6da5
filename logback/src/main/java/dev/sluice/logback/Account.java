package dev.sluice.logback;

/// What became of everything that was logged, in events.
///
/// Always `in = written + failed + dropped + abandoned + inFlight`; when the appender has been
/// stopped, and its thread has ended, `inFlight` is 0.
///
/// @param in given to the appender while it was started
/// @param written handed to every appender behind it; what fails within one of Logback's own
///   appenders is told by Logback
/// @param failed handed to them, of which one threw an exception
/// @param dropped by the [OverflowPolicy], or because the appender was stopped meanwhile
/// @param abandoned left when the time to stop was over
/// @param inFlight in the channel, or in the hands of a thread
public record Account(
    long in, long written, long failed, long dropped, long abandoned, long inFlight) {}
