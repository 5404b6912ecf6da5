package dev.sluice.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Checks that what went in came out: nothing lost, nothing twice, each sender's items in order.
///
/// ```java
/// new Conservation<String>()
///     .accepted(sentByA)
///     .accepted(sentByB)
///     .delivered(receivedByC)
///     .delivered(receivedByD)
///     .leftover(channel.cancel())
///     .check();
/// ```
///
/// Let each thread write down its own items in a list of its own, and hand over the lists when the
/// threads have ended: a shared list would order the threads and hide their races.
///
/// @param <T> what travels; all items differ by `equals`
public final class Conservation<T> {
  private static final int SHOWN = 10;

  private record Origin(int sender, int position) {}

  private final List<List<T>> accepted = new ArrayList<>();
  private final List<List<T>> delivered = new ArrayList<>();
  private final List<T> leftovers = new ArrayList<>();
  private boolean inAnyOrder;

  /// Makes an empty account.
  public Conservation() {}

  /// What was accepted from one sender, in order.
  public Conservation<T> accepted(Collection<? extends T> items) {
    accepted.add(List.copyOf(items));
    return this;
  }

  /// What one receiver got, in order.
  public Conservation<T> delivered(Collection<? extends T> items) {
    delivered.add(List.copyOf(items));
    return this;
  }

  /// What was left when all deliveries had ended, in order. Given more than once, the parts follow
  /// each other.
  public Conservation<T> leftover(Collection<? extends T> items) {
    leftovers.addAll(items);
    return this;
  }

  /// Lets items arrive in another order than they were sent in.
  public Conservation<T> inAnyOrder() {
    inAnyOrder = true;
    return this;
  }

  /// Fails if the account does not balance.
  ///
  /// @throws AssertionError that names the items concerned
  public void check() {
    var missing = origins();
    var latest = new HashMap<Integer, Integer>();
    for (int receiver = 0; receiver < delivered.size(); receiver++) {
      var from = new HashMap<Integer, Integer>();
      settle(delivered.get(receiver), "receiver " + receiver, missing, from);
      from.forEach((sender, position) -> latest.merge(sender, position, Math::max));
    }
    settle(leftovers, "the leftovers", missing, latest);
    if (!missing.isEmpty()) {
      throw new AssertionError(
          "%d of %d items were lost: %s"
              .formatted(
                  missing.size(),
                  accepted.stream().mapToInt(List::size).sum(),
                  missing.keySet().stream().limit(SHOWN).toList()));
    }
  }

  private Map<T, Origin> origins() {
    var origins = new HashMap<T, Origin>();
    for (int sender = 0; sender < accepted.size(); sender++) {
      var items = accepted.get(sender);
      for (int position = 0; position < items.size(); position++) {
        var item = items.get(position);
        if (origins.put(item, new Origin(sender, position)) != null) {
          throw new AssertionError(item + " was accepted twice: items must differ");
        }
      }
    }
    return origins;
  }

  /// Strikes `items` from what is missing; `latest` is the last position seen from each sender.
  private void settle(
      List<T> items, String holder, Map<T, Origin> missing, Map<Integer, Integer> latest) {
    for (var item : items) {
      var origin = missing.remove(item);
      if (origin == null) {
        var known = accepted.stream().anyMatch(list -> list.contains(item));
        throw new AssertionError(
            "%s was %s: see %s"
                .formatted(item, known ? "delivered twice" : "never accepted", holder));
      }
      var before = latest.put(origin.sender(), origin.position());
      if (!inAnyOrder && before != null && before > origin.position()) {
        throw new AssertionError(
            "%s came after %s, which sender %d sent later: see %s"
                .formatted(
                    item, accepted.get(origin.sender()).get(before), origin.sender(), holder));
      }
    }
  }
}
