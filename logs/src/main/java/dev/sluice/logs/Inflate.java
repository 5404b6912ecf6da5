package dev.sluice.logs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Undoes Deflate (RFC 1951): a stream of blocks, each of bytes as they are, or of codes for bytes
/// and for matches, which say "again what was `length` bytes, `distance` bytes ago".
///
/// Gives all that can be known before it waits for more of `in`, and all that stands before a
/// damage before it tells of it. After it has thrown, it is of no use.
///
/// Most of the time of reading a compressed log is spent in [#decode]; everything else here is for
/// what that leaves out.
final class Inflate {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /// How far back a match can go.
  private static final int HISTORY = 32 * 1024;

  /// How much is decoded at a time: fits into one block of [ReadAhead].
  private static final int ROOM = 128 * 1024 - 512;

  private static final int FULL = HISTORY + ROOM;
  private static final int LONGEST_MATCH = 258;

  /// Matches are copied so many bytes at a time, whatever their length.
  private static final int STRIDE = 32;

  private static final int IN = 64 * 1024;

  /// What a block says of its codes has fewer bytes: 17 bits, 19 lengths of 3, and no more than 7
  /// for each of 316 lengths and 14 for the last.
  private static final int HEADER = 320;

  /// The most bits of a distance: 15 of its code, 13 extra. A length has up to 15 + 5.
  private static final int DISTANCE = 28;

  /// By these many bits codes are looked up. The first table is filled anew for each block: with
  /// more bits that takes longer than it saves.
  private static final int LITERAL_BITS = 11;

  private static final int DISTANCE_BITS = 8;

  private static final byte[] LENGTHS_ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  /// For each distance of less than a word, its least multiple that is not.
  private static final int[] WORD_OR_MORE = {0, 8, 8, 9, 8, 10, 12, 14};

  private enum Kind {
    NONE,
    STORED,
    CODED
  }

  /*
   * The input: bits [at, 8 * limit) of `buffer` are read from `in` but not yet decoded, the first in the lowest bit of
   * a byte. Bytes from `limit` on mean nothing; there are always 8 of them, so that a word can be read at any place.
   *
   * A symbol is decoded wholly or not at all, so that `at` is all there is to know where to go on.
   */
  private final InputStream in;
  private final byte[] buffer = new byte[IN + Long.BYTES];
  private int at;
  private int limit;

  /*
   * The output:
   *
   *   0        floor        given        out         FULL       length
   *   | other  |  history   |  to give   |  room     |  slack   |
   *
   * A match goes back to `floor` at most: what is before it is of another stream. A turn of the loops begins with room
   * left, and writes two bytes and the longest match at most, and what is copied beyond its end: there is slack for it,
   * so that none needs to end within a match.
   *
   * When all is given and the room is used up, the last HISTORY bytes move to the start.
   */
  private final byte[] window = new byte[FULL + 2 + LONGEST_MATCH + Long.BYTES + STRIDE];
  private int floor;
  private int given;
  private int out;

  private final PrefixCode literals = PrefixCode.ofLiterals(LITERAL_BITS);
  private final PrefixCode distances = PrefixCode.ofDistances(DISTANCE_BITS);
  private final PrefixCode lengthCodes = PrefixCode.ofLengths();
  private final byte[] lengths = new byte[320];

  private Kind block = Kind.NONE;
  private boolean isLast;
  private int stored;
  private @Nullable ZipException damage;

  /// @param in read only as far as [#read] and [#nextByte] need; not closed
  Inflate(InputStream in) {
    this.in = in;
  }

  /// Begins a stream with the next byte; after the end of the one before.
  void begin() {
    floor = out;
    isLast = false;
  }

  /// Reads a byte that is no part of a stream, or returns -1 at the end of `in`.
  int nextByte() throws IOException {
    toNextByte();
    if (left() == 0 && !fill()) {
      return -1;
    }
    int next = buffer[at >>> 3] & 0xff;
    at += 8;
    return next;
  }

  /// Reads what the stream holds; returns -1 at its end.
  ///
  /// @throws ZipException if the stream is damaged here
  /// @throws EOFException if `in` ends within the stream
  int read(byte[] into, int from, int length) throws IOException {
    if (given == out && damage == null) {
      try {
        produce();
      } catch (ZipException e) {
        damage = e;
      }
    }
    if (given == out && damage != null) {
      throw damage;
    }
    if (given == out) {
      return -1;
    }
    int count = Math.min(length, out - given);
    System.arraycopy(window, given, into, from, count);
    given += count;
    return count;
  }

  /// Decodes until there is no room, or until more input is needed and there is something to give.
  private void produce() throws IOException {
    if (out >= FULL) {
      int moved = out - HISTORY;
      System.arraycopy(window, moved, window, 0, HISTORY);
      floor = Math.max(0, floor - moved);
      given = HISTORY;
      out = HISTORY;
    }
    while (out < FULL) {
      switch (block) {
        case NONE -> {
          if (isLast || (given < out && left() < 8 * HEADER)) {
            return;
          }
          header();
        }
        case STORED -> {
          if (stored == 0) {
            block = Kind.NONE;
          } else if (left() > 0) {
            copyStored();
          } else if (given < out) {
            return;
          } else {
            more();
          }
        }
        case CODED -> {
          decode();
          if (out < FULL && !decodeOne()) {
            if (given < out) {
              return;
            }
            more();
          }
        }
      }
    }
  }

  /// How many bits can be had without waiting.
  private int left() {
    return 8 * limit - at;
  }

  /// The next bits, at least 57 of them, of which only [#left] have come: a symbol has 48 at most.
  private long word() {
    return (long) WORD.get(buffer, at >>> 3) >>> (at & 7);
  }

  private void toNextByte() {
    at = (at + 7) & -8;
  }

  private void more() throws IOException {
    if (!fill()) {
      throw new EOFException("the compressed data ends too early");
    }
  }

  private boolean fill() throws IOException {
    int done = at >>> 3;
    System.arraycopy(buffer, done, buffer, 0, limit - done);
    limit -= done;
    at &= 7;
    int count = in.read(buffer, limit, IN - limit);
    limit += Math.max(0, count);
    return count >= 0;
  }

  private int bits(int count) throws IOException {
    while (left() < count) {
      more();
    }
    int bits = (int) word() & ((1 << count) - 1);
    at += count;
    return bits;
  }

  /// Reads what a block begins with. Waits for it: so little is read with nothing to give, or not
  /// before it is all there.
  private void header() throws IOException {
    isLast = bits(1) == 1;
    switch (bits(2)) {
      case 0 -> {
        toNextByte();
        stored = bits(16);
        if (bits(16) != (~stored & 0xffff)) {
          throw new ZipException("the length of a stored block is wrong");
        }
        block = Kind.STORED;
      }
      case 1 -> {
        Arrays.fill(lengths, 0, 144, (byte) 8);
        Arrays.fill(lengths, 144, 256, (byte) 9);
        Arrays.fill(lengths, 256, 280, (byte) 7);
        Arrays.fill(lengths, 280, 288, (byte) 8);
        literals.set(lengths, 0, 288);
        Arrays.fill(lengths, 0, 32, (byte) 5);
        distances.set(lengths, 0, 32);
        block = Kind.CODED;
      }
      case 2 -> {
        codes();
        block = Kind.CODED;
      }
      default -> throw new ZipException("a block has a kind that there is not");
    }
  }

  private void codes() throws IOException {
    int literalCount = bits(5) + 257;
    int distanceCount = bits(5) + 1;
    int lengthCount = bits(4) + 4;
    if (literalCount > 286 || distanceCount > 30) {
      throw new ZipException("a block has more symbols than there are");
    }
    Arrays.fill(lengths, 0, LENGTHS_ORDER.length, (byte) 0);
    for (int i = 0; i < lengthCount; i++) {
      lengths[LENGTHS_ORDER[i]] = (byte) bits(3);
    }
    lengthCodes.set(lengths, 0, LENGTHS_ORDER.length);

    int count = literalCount + distanceCount;
    int known = 0;
    while (known < count) {
      int symbol = lengthSymbol();
      int times =
          switch (symbol) {
            case 16 -> 3 + bits(2);
            case 17 -> 3 + bits(3);
            case 18 -> 11 + bits(7);
            default -> 1;
          };
      if (known + times > count || (symbol == 16 && known == 0)) {
        throw new ZipException("a block repeats a length that there is not");
      }
      byte length = symbol < 16 ? (byte) symbol : symbol == 16 ? lengths[known - 1] : 0;
      Arrays.fill(lengths, known, known + times, length);
      known += times;
    }
    if (lengths[256] == 0) {
      throw new ZipException("a block has no code for its end");
    }
    literals.set(lengths, 0, literalCount);
    distances.set(lengths, literalCount, distanceCount);
  }

  private int lengthSymbol() throws IOException {
    int entry = lengthCodes.entry(word());
    while ((entry & 63) > left()) {
      more();
      entry = lengthCodes.entry(word());
    }
    if ((entry & PrefixCode.EXCEPTION) != 0) {
      throw new ZipException("a block has a length whose code there is not");
    }
    at += entry & 63;
    return entry >>> 16;
  }

  private void copyStored() {
    int count = Math.min(Math.min(stored, left() >>> 3), FULL - out);
    System.arraycopy(buffer, at >>> 3, window, out, count);
    at += 8 * count;
    out += count;
    stored -= count;
  }

  /*
   * The loop that the time is spent in. Everything is in locals, and what needs care it leaves to decodeOne: the end of
   * the block, damage, the last bytes of the input.
   *
   * The lowest `count` bits of `bits` come next, then the bytes from `next` on. A refill ORs a whole word above them,
   * but moves `next` only over the bytes that fit wholly: what is left of the word is ORed once more by the next refill,
   * with the same value. So 8 * next - count is where the undecoded bits begin. How many bits there are at least:
   *
   *   after a refill                            56
   *   after two bytes of the first table        34
   *   after a length                            14   enough to look for a distance
   *   after a refill, if fewer than 28 + 11     39
   *   after a distance                          11   enough to look for what is next
   *
   * and after a third byte, or one of a second table, 19. A turn moves `next` by less than 16 bytes.
   *
   * What the processor waits for is the chain from one look to the next, and branches that it cannot foretell. So a
   * look is made as soon as its bits are known, before refills and copies, and a match is copied in strides whatever
   * its length: in a log half of them have more than 8 bytes, a quarter more than 16, a tenth more than 39.
   */
  private void decode() {
    byte[] buffer = this.buffer;
    byte[] window = this.window;
    int[] literals = this.literals.table();
    int[] distances = this.distances.table();
    int floor = this.floor;
    int out = this.out;
    int next = (at >>> 3) + 1;
    int enough = limit - 3 * Long.BYTES;
    if (next > enough) {
      return;
    }
    int count = 8 - (at & 7);
    long bits = (buffer[next - 1] & 0xffL) >>> (at & 7);
    bits |= (long) WORD.get(buffer, next) << count;
    next += (63 - count) >>> 3;
    count |= 56;
    int entry = literals[(int) bits & ((1 << LITERAL_BITS) - 1)];

    while (out < FULL && next <= enough) {
      bits |= (long) WORD.get(buffer, next) << count;
      next += (63 - count) >>> 3;
      count |= 56;
      if (entry < 0) {
        window[out++] = (byte) (entry >>> 16);
        bits >>>= entry;
        count -= entry & 63;
        entry = literals[(int) bits & ((1 << LITERAL_BITS) - 1)];
        if (entry < 0) {
          window[out++] = (byte) (entry >>> 16);
          bits >>>= entry;
          count -= entry & 63;
          entry = literals[(int) bits & ((1 << LITERAL_BITS) - 1)];
          if (entry < 0) {
            window[out++] = (byte) (entry >>> 16);
            bits >>>= entry;
            count -= entry & 63;
            entry = literals[(int) bits & ((1 << LITERAL_BITS) - 1)];
            continue;
          }
        }
      }
      if ((entry & PrefixCode.EXCEPTION) != 0) {
        entry = PrefixCode.second(literals, LITERAL_BITS, entry, bits);
        if (entry < 0) {
          window[out++] = (byte) (entry >>> 16);
          bits >>>= entry;
          count -= entry & 63;
          entry = literals[(int) bits & ((1 << LITERAL_BITS) - 1)];
          continue;
        }
        if ((entry & PrefixCode.EXCEPTION) != 0) {
          break;
        }
      }
      int length = PrefixCode.value(entry, bits);
      bits >>>= entry;
      count -= entry & 63;

      int far = distances[(int) bits & ((1 << DISTANCE_BITS) - 1)];
      if (count < DISTANCE + LITERAL_BITS) {
        bits |= (long) WORD.get(buffer, next) << count;
        next += (63 - count) >>> 3;
        count |= 56;
      }
      if ((far & PrefixCode.EXCEPTION) != 0) {
        far = PrefixCode.second(distances, DISTANCE_BITS, far, bits);
        if ((far & PrefixCode.EXCEPTION) != 0) {
          count += entry & 63; // back to where the match begins
          break;
        }
      }
      int distance = PrefixCode.value(far, bits);
      if (distance > out - floor) {
        count += entry & 63;
        break;
      }
      bits >>>= far;
      count -= far & 63;
      entry = literals[(int) bits & ((1 << LITERAL_BITS) - 1)];

      int end = out + length;
      int from = out - distance;
      if (distance < Long.BYTES) {
        // What repeats is shorter than a word. Once it has been written for as long as one, it can
        // be
        // had from further back: by a multiple of the distance.
        for (int i = 0; i < Long.BYTES; i++) {
          window[out++] = window[from++];
        }
        from = out - WORD_OR_MORE[distance];
      }
      do {
        WORD.set(window, out, (long) WORD.get(window, from));
        WORD.set(window, out + 8, (long) WORD.get(window, from + 8));
        WORD.set(window, out + 16, (long) WORD.get(window, from + 16));
        WORD.set(window, out + 24, (long) WORD.get(window, from + 24));
        out += STRIDE;
        from += STRIDE;
      } while (out < end);
      out = end;
    }
    this.out = out;
    at = 8 * next - count;
  }

  /// Decodes one symbol, or returns false if not all of it has come.
  private boolean decodeOne() throws ZipException {
    long bits = word();
    int entry = literals.entry(bits);
    int used = entry & 63;
    if (used > left()) {
      return false;
    }
    if ((entry & PrefixCode.LITERAL) != 0) {
      window[out++] = (byte) (entry >>> 16);
    } else if ((entry & PrefixCode.END) != 0) {
      block = Kind.NONE;
    } else if ((entry & PrefixCode.EXCEPTION) != 0) {
      throw new ZipException("a byte or length has a code that there is not");
    } else {
      int length = PrefixCode.value(entry, bits);
      bits >>>= entry;
      int far = distances.entry(bits);
      used += far & 63;
      if (used > left()) {
        return false;
      }
      if ((far & PrefixCode.EXCEPTION) != 0) {
        throw new ZipException("a distance has a code that there is not");
      }
      int distance = PrefixCode.value(far, bits);
      if (distance > out - floor) {
        throw new ZipException(
            "a match goes back %d bytes, where there are %d".formatted(distance, out - floor));
      }
      for (int end = out + length; out < end; out++) {
        window[out] = window[out - distance];
      }
    }
    at += used;
    return true;
  }
}
