package dev.sluice.channels;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Goes through an iterator one item at a time. The one in the JDK takes many ahead when split.
final class ItemSpliterator<T> implements Spliterator<T> {
  private final Iterator<T> items;

  ItemSpliterator(Iterator<T> items) {
    this.items = items;
  }

  static <T> Stream<T> stream(Receiver<T> receiver) {
    return StreamSupport.stream(new ItemSpliterator<>(receiver.iterator()), false);
  }

  @Override
  public boolean tryAdvance(Consumer<? super T> action) {
    if (!items.hasNext()) {
      return false;
    }
    action.accept(items.next());
    return true;
  }

  @Override
  public @Nullable Spliterator<T> trySplit() {
    return null;
  }

  @Override
  public long estimateSize() {
    return Long.MAX_VALUE;
  }

  @Override
  public int characteristics() {
    return ORDERED | NONNULL;
  }
}
