package dev.sluice.channels;

import java.io.Serial;
import java.util.List;

/// Thrown by [Receiver#drainTo] when the collection refused an item by throwing: hands over what
/// was taken from the channel and not added.
public final class RefusedItemsException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient List<?> items;

  RefusedItemsException(List<?> items, Throwable cause) {
    super(
        "the collection refused an item; "
            + items.size()
            + " items were taken from the channel and not added",
        cause);
    this.items = items;
  }

  /// The items that were taken and not added, the refused one first; they are the caller's now.
  public List<?> items() {
    return items;
  }
}
