package dev.sluice.queues;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What was sent, as bytes.
@SuppressWarnings("ArrayRecordComponent") // never compared
record NewItem(
    byte[] payload,
    long delay,
    @Nullable Instant at,
    int priority,
    @Nullable String key,
    @Nullable String dedup) {
  /// Whether where it goes depends on nothing but itself.
  boolean isPlain() {
    return key == null && dedup == null;
  }
}
