package dev.sluice.logs;

/// What became of a line: a [LogRecord] or a [Malformed].
sealed interface Parsed permits LogRecord, Malformed {}
