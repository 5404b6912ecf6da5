package dev.sluice.benchmarks;

import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;

/// What a pipeline's source delivers: [Item#ALL], again and again, up to a number.
final class Input extends AbstractCollection<Item> {

  private final int size;

  Input(long size) {
    this.size = Math.toIntExact(size);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Iterator<Item> iterator() {
    return new Iterator<>() {
      private int left = size;
      private int at;

      @Override
      public boolean hasNext() {
        return left > 0;
      }

      @Override
      public Item next() {
        if (left-- <= 0) {
          throw new NoSuchElementException();
        }
        Item item = Item.ALL[at];
        at = Item.next(at);
        return item;
      }
    };
  }
}
