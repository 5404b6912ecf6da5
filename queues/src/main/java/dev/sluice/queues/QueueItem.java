package dev.sluice.queues;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An item as it lies in the queue, for those who look.
///
/// @param id what the queue knows it by
/// @param state where it is
/// @param priority the smaller, the earlier
/// @param key its key, or null
/// @param dedup its deduplication id, or null
/// @param sent when it was sent
/// @param due when its lease ends, or until when it is kept back; null in the other states
/// @param deliveries how often it was received
/// @param attempts how many of these failed
/// @param holder who has it, as `PID@HOST`; null if nobody has
/// @param cause why it failed the last time; null if it never did
/// @param payload its bytes
@SuppressWarnings("ArrayRecordComponent") // a view that nobody compares
public record QueueItem(
    long id,
    ItemState state,
    int priority,
    @Nullable String key,
    @Nullable String dedup,
    Instant sent,
    @Nullable Instant due,
    int deliveries,
    int attempts,
    @Nullable String holder,
    @Nullable String cause,
    byte[] payload) {}
