package dev.sluice.queues;

/// What became of an item that was sent.
///
/// @param id what the queue knows it by: larger than that of any earlier item, and never used again
/// @param duplicate whether an item with the same deduplication id was there already; `id` is that
///   one's, and nothing was stored
public record Sent(long id, boolean duplicate) {}
