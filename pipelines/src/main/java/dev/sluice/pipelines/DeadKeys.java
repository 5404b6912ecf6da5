package dev.sluice.pipelines;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The keys of which an item has become a dead letter, so that no later one may be tried.
final class DeadKeys {
  private final Function<Object, ?> key;
  private final int most;
  private final Set<Object> dead = ConcurrentHashMap.newKeySet();

  DeadKeys(OnError.KeyToDeadLetters policy) {
    this.key = policy.key();
    this.most = policy.mostKeys();
  }

  /// Why `value` may not be tried; null if it may.
  @Nullable Exception refuse(Object value) {
    if (dead.isEmpty()) {
      return null;
    }
    Object of = key.apply(value);
    return dead.contains(of) ? new SkippedKeyException(of) : null;
  }

  /// An item has failed for good.
  ///
  /// @throws IllegalStateException if too many keys have
  void add(Object value) {
    dead.add(key.apply(value));
    if (dead.size() > most) {
      throw new IllegalStateException("items of more than %d keys have failed".formatted(most));
    }
  }
}
