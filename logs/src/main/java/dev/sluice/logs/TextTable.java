package dev.sluice.logs;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Texts that recur from block to block, each at a place that it keeps: by that is known how often
/// it came in a block, and where that is to be added.
///
/// For one thread at a time, except [#home]: that is for the one who gets the counts of blocks,
/// which are handed over after their texts have got places.
final class TextTable {

  /*
   * An open-addressing table whose entries never change. A text is at most REACH places after that of its hash, or not
   * here, so that who chooses the texts cannot make searches long. A text's bytes are in `keys`, and all else that a
   * search needs in one cell of four numbers: with 20,000 texts, most of the time goes into waiting for memory.
   */

  private static final int FIRST_PLACES = 1 << 8;
  private static final int REACH = 16;
  private static final int BYTES = 32; // for a text, on average

  private static final int CELL = 4;
  private static final int HASH = 0;
  private static final int FROM = 1;
  private static final int END = 2;
  private static final int INDEX = 3;

  private final int most;
  private final int[] cells;
  private final byte[] keys;
  private final TopCounts.@Nullable Counter[] homes;
  private int used;
  private int keyBytes = 1; // so that no text ends at 0, which is a free place
  private long recurred;
  private boolean full;

  /// @param most how many places it and those that come after it may have, a power of two
  TextTable(int most) {
    this(most, Math.min(FIRST_PLACES, most));
  }

  private TextTable(int most, int places) {
    this.most = most;
    cells = new int[CELL * places];
    keys = new byte[BYTES * places];
    homes = new TopCounts.Counter[places];
  }

  /// Itself, or, if it has become full, an empty one: a larger one if texts did recur, else a
  /// smaller one.
  TextTable orNext() {
    if (!full && used <= homes.length / 4 * 3) {
      return this;
    }
    int places =
        recurred > used
            ? Math.min(2 * homes.length, most)
            : Math.max(homes.length / 2, Math.min(FIRST_PLACES, most));
    return new TextTable(most, places);
  }

  /// The place of the text that is `[from, to)`, which it has from now on; -1 if there is none.
  int place(byte[] bytes, int from, int to) {
    int hash = CountTable.hash(bytes, from, to);
    for (int i = 0; i < REACH; i++) {
      int place = (hash + i) & (homes.length - 1);
      int cell = CELL * place;
      int end = cells[cell + END];
      if (end == 0) {
        return take(place, hash, bytes, from, to);
      }
      if (cells[cell + HASH] == hash
          && Arrays.equals(keys, cells[cell + FROM], end, bytes, from, to)) {
        recurred++;
        return place;
      }
    }
    return -1;
  }

  private int take(int place, int hash, byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > keys.length - keyBytes) {
      full = true;
      return -1;
    }
    System.arraycopy(bytes, from, keys, keyBytes, length);
    int cell = CELL * place;
    cells[cell + HASH] = hash;
    cells[cell + FROM] = keyBytes;
    keyBytes += length;
    cells[cell + END] = keyBytes;
    used++;
    return place;
  }

  /// What was last kept for a place, whatever that means now.
  int index(int place) {
    return cells[CELL * place + INDEX];
  }

  void index(int place, int index) {
    cells[CELL * place + INDEX] = index;
  }

  /// Where `whole` counts the text at a place. It must always be the same one.
  TopCounts.Counter home(int place, TopCounts whole) {
    var home = homes[place];
    if (home == null || home.gone) {
      int cell = CELL * place;
      home = whole.counter(Bytes.text(keys, cells[cell + FROM], cells[cell + END]));
      homes[place] = home;
    }
    return home;
  }
}
