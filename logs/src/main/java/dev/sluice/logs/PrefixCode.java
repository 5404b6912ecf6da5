package dev.sluice.logs;

import java.util.Arrays;
import java.util.zip.ZipException;

/// One of the codes of a Deflate block (RFC 1951, 3.2): which bits stand for which symbol, as a
/// table that says so at one look, or at two for long ones.
///
/// Each symbol's entry says all that there is to do with it:
///
/// ```text
///   bit   31   LITERAL: the symbol is a byte
///     16..30   the byte; or what a length or a distance is at least; or where a LINK goes
///         15   EXCEPTION: not a byte, length or distance, but one of the next two, or no code at all
///         14   LINK: the code is longer than a look; its entry is in a second table
///         13   END: the symbol ends the block
///      8..11   how many bits the code has; of a LINK, how many more bits choose in the second table
///       0..5   how many bits the code has with the extra bits that follow it
/// ```
///
/// Shifts of a long look at the lowest six bits of a count only, so that `bits >>> entry` passes
/// over a symbol, and `bits >>> (entry >>> 8)` over its code. Bits 6, 7 and 12 are always zero.
final class PrefixCode {
  static final int LITERAL = 1 << 31;
  static final int EXCEPTION = 1 << 15;
  static final int END = 1 << 13;
  private static final int LINK = 1 << 14;

  /// The longest code there is.
  private static final int LONGEST = 15;

  /// Adds a bit to a code, and to what is passed over with it.
  private static final int ONE_BIT = 0x101;

  private static final int NONE = EXCEPTION + ONE_BIT;

  private static final int[] LITERALS = literals();
  private static final int[] DISTANCES = distances();
  private static final int[] LENGTHS = lengths();

  /// What each symbol means: its entry, yet without the length of its code.
  private final int[] meanings;

  private final int firstBits;
  private final boolean mayLack;

  /*
   * The entries of all values of the next `firstBits` bits, then the second tables. A code of a second table has up to
   * s more bits, and one has exactly s, so it has at least s + 1 symbols for its 2^s entries, and all second tables
   * together no more than symbols * 2^s / (s + 1) entries, where s is at most 15 - firstBits.
   */
  private final int[] table;

  private final int[] count = new int[LONGEST + 1];
  private final int[] next = new int[LONGEST + 1];
  private final int[] sorted;

  private PrefixCode(int[] meanings, int firstBits, boolean mayLack) {
    this.meanings = meanings;
    this.firstBits = firstBits;
    this.mayLack = mayLack;
    sorted = new int[meanings.length];
    int more = LONGEST - firstBits;
    table = new int[(1 << firstBits) + meanings.length * (1 << more) / (more + 1)];
  }

  /// For bytes, lengths of matches, and the block's end.
  static PrefixCode ofLiterals(int firstBits) {
    return new PrefixCode(LITERALS, firstBits, true);
  }

  /// For distances of matches.
  static PrefixCode ofDistances(int firstBits) {
    return new PrefixCode(DISTANCES, firstBits, true);
  }

  /// For the lengths of the other codes: these have no more than 7 bits.
  static PrefixCode ofLengths() {
    return new PrefixCode(LENGTHS, 7, false);
  }

  /// The table's first part, for one look by the lowest bits of what comes.
  int[] table() {
    return table;
  }

  /// The entry of the symbol whose code `bits` begins with, at the lowest.
  int entry(long bits) {
    int entry = table[(int) bits & ((1 << firstBits) - 1)];
    return (entry & EXCEPTION) == 0 ? entry : second(table, firstBits, entry, bits);
  }

  /// Where an exception leads to: to an entry of a second table, or nowhere.
  static int second(int[] table, int firstBits, int entry, long bits) {
    return (entry & LINK) == 0
        ? entry
        : table[(entry >>> 16) + ((int) (bits >>> firstBits) & ((1 << (entry >>> 8)) - 1))];
  }

  /// The length or distance of an entry: what it is at least, and what its extra bits add.
  static int value(int entry, long bits) {
    return (entry >>> 16) + (int) ((bits & ((1L << entry) - 1)) >>> (entry >>> 8));
  }

  /// Makes this the code in which symbol i has `lengths[from + i]` bits, and none if that is 0.
  ///
  /// A code has to be complete: nothing that could come may stand for nothing. As with zlib, one of
  /// no symbol, or of one that has one bit, is taken too, but not for lengths: a block without
  /// matches has such distances.
  ///
  /// @throws ZipException if there can be no such code
  void set(byte[] lengths, int from, int symbols) throws ZipException {
    int used = sort(lengths, from, symbols);
    if (mayLack && used <= 1 && count[1] == used) {
      Arrays.fill(table, 0, 1 << firstBits, NONE);
      for (int i = 0; used == 1 && i < 1 << firstBits; i += 2) {
        table[i] = meanings[sorted[0]] + ONE_BIT;
      }
      return;
    }
    int room = 1 << LONGEST;
    for (int length = 1; length <= LONGEST; length++) {
      room -= count[length] << (LONGEST - length);
    }
    if (room != 0) {
      throw new ZipException(
          room < 0
              ? "a code of a block has more symbols than there is room for"
              : "a code of a block is incomplete");
    }
    fill();
  }

  /// Sorts the symbols by the lengths of their codes, and returns how many have one.
  private int sort(byte[] lengths, int from, int symbols) {
    Arrays.fill(count, 0);
    for (int i = 0; i < symbols; i++) {
      count[lengths[from + i]]++;
    }
    count[0] = 0;
    int sum = 0;
    for (int length = 1; length <= LONGEST; length++) {
      next[length] = sum;
      sum += count[length];
    }
    for (int i = 0; i < symbols; i++) {
      int length = lengths[from + i];
      if (length != 0) {
        sorted[next[length]++] = i;
      }
    }
    return sum;
  }

  /*
   * Codes are given out in the order of their lengths, as numbers counted up. They come with their first bit lowest,
   * so `code` is kept with its bits turned round, and a longer code begins as the same number.
   *
   * The first table is made for codes of one bit, then doubled for those of two, and so on: what is copied is right
   * for the codes that are known, and the others' places are written over, since a complete code fills them all.
   */
  private void fill() {
    int at = 0;
    int code = 0;
    for (int length = 1; length <= firstBits; length++) {
      for (int i = count[length]; i > 0; i--) {
        table[code] = meanings[sorted[at++]] + length * ONE_BIT;
        code = after(code, length);
      }
      if (length < firstBits) {
        System.arraycopy(table, 0, table, 1 << length, 1 << length);
      }
    }

    int first = -1;
    int start = 0;
    int end = 1 << firstBits;
    int more = 0;
    for (int length = firstBits + 1; length <= LONGEST; length++) {
      for (int i = count[length]; i > 0; i--) {
        if ((code & ((1 << firstBits) - 1)) != first) {
          first = code & ((1 << firstBits) - 1);
          more = length - firstBits;
          for (int codes = i; codes < 1 << more; codes = 2 * codes + count[firstBits + more]) {
            more++;
          }
          start = end;
          end += 1 << more;
          table[first] = EXCEPTION | LINK | start << 16 | more << 8 | firstBits;
        }
        int entry = meanings[sorted[at++]] + length * ONE_BIT;
        for (int j = code >>> firstBits; j < 1 << more; j += 1 << (length - firstBits)) {
          table[start + j] = entry;
        }
        code = after(code, length);
      }
    }
  }

  /// Counts up a code of `length` bits that has its first bit lowest.
  private static int after(int code, int length) {
    int bit = Integer.highestOneBit(~code & ((1 << length) - 1));
    return (code & (bit - 1)) | bit;
  }

  private static int[] literals() {
    var meanings = new int[288];
    for (int i = 0; i < 256; i++) {
      meanings[i] = LITERAL | i << 16;
    }
    meanings[256] = EXCEPTION | END;
    int length = 3;
    for (int i = 257; i < 285; i++) {
      int extra = i < 265 ? 0 : (i - 261) / 4;
      meanings[i] = length << 16 | extra;
      length += 1 << extra;
    }
    meanings[285] = 258 << 16;
    meanings[286] = EXCEPTION;
    meanings[287] = EXCEPTION;
    return meanings;
  }

  private static int[] distances() {
    var meanings = new int[32];
    int distance = 1;
    for (int i = 0; i < 30; i++) {
      int extra = i < 4 ? 0 : (i - 2) / 2;
      meanings[i] = distance << 16 | extra;
      distance += 1 << extra;
    }
    meanings[30] = EXCEPTION;
    meanings[31] = EXCEPTION;
    return meanings;
  }

  private static int[] lengths() {
    var meanings = new int[19];
    for (int i = 0; i < 19; i++) {
      meanings[i] = i << 16; // who reads them knows what follows 16, 17 and 18
    }
    return meanings;
  }
}
