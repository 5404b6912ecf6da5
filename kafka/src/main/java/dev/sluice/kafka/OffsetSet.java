package dev.sluice.kafka;

import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.BitSet;

/// Offsets beyond a committed one, as the note that is committed with it.
///
/// ```text
///   note = "sluice1:" base64url(run*)
///   run  = gap: varint | length: varint     offsets that are not in the set, then some that are
/// ```
///
/// The first gap counts from the committed offset. A varint has seven bits in each byte, the lowest
/// first, and the top bit says that more follow. A note that is anything else is somebody else's:
/// it stands for no offsets.
final class OffsetSet {
  private static final String BEGIN = "sluice1:";

  /// A broker takes notes of up to 4,096 bytes unless it is told otherwise.
  private static final int LONGEST = 3_000;

  /// So many offsets are noted at most, and none further than that beyond the committed one.
  static final int MOST = 1 << 20;

  static final OffsetSet NONE = new OffsetSet(0, new BitSet());

  private final long base;
  private final BitSet offsets;

  private OffsetSet(long base, BitSet offsets) {
    this.base = base;
    this.offsets = offsets;
  }

  /// A note in the making: of the offsets that it is given, as many as there is room for, the
  /// lowest first.
  static final class Note {
    private final long base;
    private final ByteArrayOutputStream runs = new ByteArrayOutputStream();
    private long end;
    private long first;
    private long after;
    private boolean full;

    Note(long base) {
      this.base = base;
      end = base;
      first = base;
      after = base;
    }

    /// Adds an offset greater than all before.
    ///
    /// @return whether there is room for it, and perhaps for more
    boolean add(long offset) {
      if (offset != after) {
        flush();
        first = offset;
      }
      full |= offset - base >= MOST;
      if (!full) {
        after = offset + 1;
      }
      return !full;
    }

    private void flush() {
      if (after == first || full) {
        return;
      }
      var run = new ByteArrayOutputStream();
      varint(run, first - end);
      varint(run, after - first);
      if ((runs.size() + run.size() + 2) / 3 * 4 + BEGIN.length() > LONGEST) {
        full = true;
        return;
      }
      runs.writeBytes(run.toByteArray());
      end = after;
    }

    /// Whether it holds all that was added. For after [#text].
    boolean isComplete() {
      return !full;
    }

    /// The note; empty for no offsets.
    String text() {
      flush();
      first = after;
      return runs.size() == 0
          ? ""
          : BEGIN + Base64.getUrlEncoder().withoutPadding().encodeToString(runs.toByteArray());
    }
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long left = value;
    while (left > 0x7f) {
      to.write((int) (left & 0x7f) | 0x80);
      left >>>= 7;
    }
    to.write((int) left);
  }

  /// What `note` says, which was committed with the offset `base`.
  static OffsetSet read(long base, String note) {
    if (!note.startsWith(BEGIN) || note.length() > LONGEST) {
      return NONE;
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(note.substring(BEGIN.length()));
    } catch (IllegalArgumentException e) {
      return NONE;
    }
    var offsets = new BitSet();
    var at = new int[1];
    long end = 0;
    while (at[0] < bytes.length) {
      long gap = varint(bytes, at);
      long length = varint(bytes, at);
      if (gap < 0 || length < 1 || gap > MOST || length > MOST || end + gap + length > MOST) {
        return NONE;
      }
      offsets.set((int) (end + gap), (int) (end + gap + length));
      end += gap + length;
    }
    return new OffsetSet(base, offsets);
  }

  /// The number at `at[0]`, which is moved behind it; -1 if there is none.
  private static long varint(byte[] bytes, int[] at) {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (at[0] == bytes.length) {
        return -1;
      }
      int b = bytes[at[0]++];
      value |= (long) (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        return value;
      }
    }
    return -1;
  }

  boolean contains(long offset) {
    long i = offset - base;
    return i >= 0 && i < MOST && offsets.get((int) i);
  }

  int size() {
    return offsets.cardinality();
  }
}
