package dev.sluice.pipelines;

/// How a branch of a pipeline is fed.
///
/// @param capacity how many items wait before it, at least 1
/// @param slow what becomes of an item that finds no room there
/// @param counts whether an item's outcome depends on what becomes of it here; if not, this branch
///   is left out of the account, and of what a source is told
public record Branch(int capacity, Slow slow, boolean counts) {

  /// Checks the numbers.
  public Branch {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, but was " + capacity);
    }
  }

  /// One before which so many items wait, and then the others wait for it; all count.
  public static Branch buffer(int capacity) {
    return new Branch(capacity, Slow.WAIT, true);
  }

  static Branch byDefault() {
    return buffer(Edge.DEFAULT_CAPACITY);
  }

  /// With another policy for when the branch is slow.
  public Branch whenSlow(Slow policy) {
    return new Branch(capacity, policy, counts);
  }

  /// One that no item's outcome depends on.
  public Branch bestEffort() {
    return new Branch(capacity, slow, false);
  }
}
