package dev.sluice.channels;

import java.time.Duration;

/// What a channel has done and who waits for it, at about one moment. Of a channel at rest it
/// balances: `sent = received + dropped + cancelled + size`.
///
/// @param name the channel's
/// @param size how many items are in it
/// @param capacity how many fit
/// @param weight how much weight is in it: the size, unless it is bounded by weight
/// @param maxWeight how much weight fits: the capacity, unless it is bounded by weight
/// @param sent how many items it has accepted
/// @param received how many have been received
/// @param dropped how many its overflow policy has dropped
/// @param cancelled how many [Receiver#cancel] has returned
/// @param waitingSenders how many threads wait for room
/// @param waitingReceivers how many threads wait for an item
/// @param sendingBlocked how long senders were parked, all together, without those who still are
/// @param receivingBlocked how long receivers were parked, all together, without those who still
///   are
public record Stats(
    String name,
    int size,
    int capacity,
    long weight,
    long maxWeight,
    long sent,
    long received,
    long dropped,
    long cancelled,
    int waitingSenders,
    int waitingReceivers,
    Duration sendingBlocked,
    Duration receivingBlocked) {}
