package dev.sluice.logs;

import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// What is taken for granted about times that do not say it themselves.
///
/// @param zone the zone of a time without one; null for this machine's, which is looked up only
///   when such a time comes: that takes longer than to read ten thousand lines that have none
/// @param now when the run began: a time without a year is in the latest year that does not put it
///   more than a day after this
record Assumptions(@Nullable ZoneId zone, Instant now) {
  @Override
  public ZoneId zone() {
    return zone == null ? ZoneId.systemDefault() : zone;
  }
}
