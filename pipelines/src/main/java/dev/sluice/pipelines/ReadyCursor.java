package dev.sluice.pipelines;

/// A cursor that never waits, so that a drain need not interrupt it, and that doesn't want to be
/// told of outcomes.
///
/// @param <T> what it delivers
interface ReadyCursor<T> extends Cursor<T> {}
