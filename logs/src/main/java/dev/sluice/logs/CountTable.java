package dev.sluice.logs;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/// Counts by key, where a key is any bytes. For one thread at a time.
///
/// Made for a million keys in little memory, and for being filled, added to another and cleared
/// once for each block of lines: it makes no object for a key or a count.
final class CountTable {

  /*
   * An entry is an index into `addresses`, `lengths`, `hashes`, `counts` and `excess`; entries are in the order in which
   * their keys came. `slots` is an open-addressing table, at most half full, of entry + 1; 0 is free. The bytes of the
   * keys lie one behind the other in chunks; an address is chunk << 32 | offset.
   *
   * Whoever writes a log chooses the keys. So that they cannot choose ones that collide, the hash has a seed which is
   * another one in each process.
   */

  private static final long SEED = ThreadLocalRandom.current().nextLong();
  private static final long FACTOR = 0x9e3779b97f4a7c15L;
  private static final long OTHER_FACTOR = 0xd6e8feb86659fd93L;
  private static final int FIRST_CHUNK = 4 * 1024;
  private static final int LARGEST_CHUNK = 1 << 20;

  private int[] slots = new int[64];
  private long[] addresses = new long[32];
  private int[] lengths = new int[32];
  private int[] hashes = new int[32];
  private long[] counts = new long[32];
  private long[] excess = new long[32];
  private int size;

  private byte[][] chunks = {new byte[FIRST_CHUNK]};
  private int lastChunk;
  private int used;
  private long keyBytes;

  static int hash(byte[] key, int from, int to) {
    long hash = SEED ^ (((long) to - from) * FACTOR);
    int i = from;
    for (; i <= to - 8; i += 8) {
      hash = mixed(hash ^ Bytes.word(key, i), FACTOR);
    }
    long rest = 0;
    for (; i < to; i++) {
      rest = (rest << 8) | (key[i] & 0xff);
    }
    hash = mixed(hash ^ rest, OTHER_FACTOR);
    return (int) (hash ^ (hash >>> 32));
  }

  private static long mixed(long value, long factor) {
    return Math.unsignedMultiplyHigh(value, factor) ^ (value * factor);
  }

  /// How many keys there are.
  int size() {
    return size;
  }

  /// How many bytes the keys have.
  long keyBytes() {
    return keyBytes;
  }

  /// Adds to what `[from, to)` counts, and returns its entry.
  int add(byte[] key, int from, int to, long count) {
    return add(key, from, to, hash(key, from, to), count, 0);
  }

  /// Counts the key of an entry once more.
  void addOne(int entry) {
    counts[entry]++;
  }

  /// Adds to what `[from, to)` counts.
  ///
  /// @param already what a key that is not here yet may have counted before, without being seen:
  ///   its count begins with it
  /// @return the entry
  int add(byte[] key, int from, int to, int hash, long count, long already) {
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != 0) {
      int entry = slots[slot] - 1;
      if (hashes[entry] == hash && isKey(entry, key, from, to)) {
        counts[entry] += count;
        return entry;
      }
      slot = (slot + 1) & mask;
    }
    if (size == addresses.length) {
      grow();
      slot = free(hash);
    }
    slots[slot] = size + 1;
    addresses[size] = keep(key, from, to);
    lengths[size] = to - from;
    hashes[size] = hash;
    counts[size] = already + count;
    excess[size] = already;
    return size++;
  }

  private boolean isKey(int entry, byte[] key, int from, int to) {
    int offset = offset(entry);
    return lengths[entry] == to - from
        && Arrays.equals(chunk(entry), offset, offset + lengths[entry], key, from, to);
  }

  private long keep(byte[] key, int from, int to) {
    int length = to - from;
    if (used + length > chunks[lastChunk].length) {
      int room = (int) Math.min(LARGEST_CHUNK, 2L * chunks[lastChunk].length);
      lastChunk++;
      if (lastChunk == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * chunks.length);
      }
      chunks[lastChunk] = new byte[Math.max(room, length)];
      used = 0;
    }
    System.arraycopy(key, from, chunks[lastChunk], used, length);
    long address = ((long) lastChunk << 32) | used;
    used += length;
    keyBytes += length;
    return address;
  }

  private void grow() {
    int room = 2 * size;
    addresses = Arrays.copyOf(addresses, room);
    lengths = Arrays.copyOf(lengths, room);
    hashes = Arrays.copyOf(hashes, room);
    counts = Arrays.copyOf(counts, room);
    excess = Arrays.copyOf(excess, room);
    slots = new int[2 * room];
    for (int entry = 0; entry < size; entry++) {
      slots[free(hashes[entry])] = entry + 1;
    }
  }

  private int free(int hash) {
    int slot = hash & (slots.length - 1);
    while (slots[slot] != 0) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  /// Adds all that `other` has.
  ///
  /// @param already as in [#add]
  void addAll(CountTable other, long already) {
    for (int entry = 0; entry < other.size; entry++) {
      int offset = other.offset(entry);
      add(
          other.chunk(entry),
          offset,
          offset + other.lengths[entry],
          other.hashes[entry],
          other.counts[entry],
          already);
    }
  }

  /// Forgets all keys, and keeps most of its room.
  void clear() {
    Arrays.fill(slots, 0);
    size = 0;
    chunks[0] = chunks[lastChunk];
    Arrays.fill(chunks, 1, chunks.length, new byte[0]);
    lastChunk = 0;
    used = 0;
    keyBytes = 0;
  }

  /// The bytes among which the key of an entry is.
  byte[] chunk(int entry) {
    return chunks[(int) (addresses[entry] >>> 32)];
  }

  /// Where in [#chunk] it begins.
  int offset(int entry) {
    return (int) addresses[entry];
  }

  int length(int entry) {
    return lengths[entry];
  }

  long count(int entry) {
    return counts[entry];
  }

  /// How much of [#count] was never seen, only possible.
  long excess(int entry) {
    return excess[entry];
  }

  private int hash(int entry) {
    return hashes[entry];
  }

  /// The entries, the highest counts first; of equal ones the smaller key.
  int[] byCount() {
    var order = new Integer[size];
    Arrays.setAll(order, entry -> entry);
    Arrays.sort(
        order,
        (one, other) -> {
          int most = Long.compare(counts[other], counts[one]);
          return most != 0 ? most : compareKeys(one, other);
        });
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  private int compareKeys(int one, int other) {
    int from = offset(one);
    int otherFrom = offset(other);
    return Arrays.compareUnsigned(
        chunk(one), from, from + lengths[one], chunk(other), otherFrom, otherFrom + lengths[other]);
  }

  /// Whether this has the key of an entry of `other`.
  boolean has(CountTable other, int entry) {
    int offset = other.offset(entry);
    int slot = other.hashes[entry] & (slots.length - 1);
    while (slots[slot] != 0) {
      int own = slots[slot] - 1;
      if (hashes[own] == other.hashes[entry]
          && isKey(own, other.chunk(entry), offset, offset + other.lengths[entry])) {
        return true;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return false;
  }

  /// A table of the `most` entries with the highest counts.
  CountTable highest(int most) {
    var table = new CountTable();
    long[] sorted = Arrays.copyOf(counts, size);
    Arrays.sort(sorted);
    long least = most >= size ? Long.MIN_VALUE : sorted[size - most];
    int equal = most;
    for (long count : sorted) {
      equal -= count > least ? 1 : 0;
    }
    for (int entry = 0; entry < size; entry++) {
      if (counts[entry] > least || (counts[entry] == least && equal-- > 0)) {
        int offset = offset(entry);
        long seen = counts[entry] - excess[entry];
        table.add(chunk(entry), offset, offset + lengths[entry], hash(entry), seen, excess[entry]);
      }
    }
    return table;
  }
}
