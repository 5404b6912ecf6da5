package dev.sluice.kafka;

/// What a reading has done so far.
///
/// @param polled how many records it was given
/// @param handedOut how many it handed out
/// @param settled how many of these have been dealt with
/// @param givenBack how many were not, since a run was stopped
/// @param doneBefore how many it did not hand out, since they had been dealt with before a restart
/// @param commits how many commits succeeded
/// @param commitsFailed how many did not, and were made up for later or by another reading
/// @param revoked how many partitions were taken away in order
/// @param lost how many partitions, or locks of a share group, ended while records were out: others
///   have these too
/// @param buried how many records were sent to dead letters because they had been delivered too
///   often
public record ReaderStats(
    long polled,
    long handedOut,
    long settled,
    long givenBack,
    long doneBefore,
    long commits,
    long commitsFailed,
    long revoked,
    long lost,
    long buried) {}
