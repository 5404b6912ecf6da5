package dev.sluice.queues;

import org.jspecify.annotations.Nullable;

/// An item that was received: all that is needed to deal with it later.
///
/// @param token which of its leases this is; the tables know only the last one
/// @param attempts how many attempts had failed before
@SuppressWarnings("ArrayRecordComponent") // never compared
record Row(
    long queue,
    long id,
    long token,
    int attempts,
    long sent,
    int priority,
    @Nullable String key,
    @Nullable String dedup,
    byte[] payload) {}
