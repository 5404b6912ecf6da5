package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// A line that was understood.
///
/// @param source the file it is from, as the user named it
/// @param line its number in that file, from 1
/// @param time when, as ISO-8601 in UTC with the precision that the line had; null if the line
///   tells none
/// @param shape names and types of `values`
/// @param values one for each column of `shape`: a `String`, `Long`, `Double`, `Boolean`, [Json] or
///   null. Not copied, and not changed by anyone after the record is made
record LogRecord(
    String source, long line, @Nullable String time, Shape shape, @Nullable Object[] values)
    implements Parsed {}
