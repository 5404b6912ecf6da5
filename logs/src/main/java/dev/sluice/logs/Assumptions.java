package dev.sluice.logs;

import java.time.Instant;
import java.time.ZoneId;

/// What is taken for granted about times that do not say it themselves.
///
/// @param zone the zone of a time without one
/// @param now when the run began: a time without a year is in the latest year that does not put it
///   more than a day after this
record Assumptions(ZoneId zone, Instant now) {}
