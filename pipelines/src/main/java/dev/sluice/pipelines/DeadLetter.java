package dev.sluice.pipelines;

/// An item that failed, with all that is needed to mend and replay it.
///
/// @param original what the source delivered; a list of them where several had become one
/// @param value what the failing stage was given: what had come of the original by then
/// @param stage the name of that stage
/// @param cause what it threw last; for an item that was not tried because an earlier one of its
///   key had failed, a [SkippedKeyException]
/// @param attempts how often it was tried
public record DeadLetter(
    Object original, Object value, String stage, Exception cause, int attempts) {}
