package dev.sluice.logs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Cuts a stream in systemd's journal export format into blocks of entries: what is between blank
/// lines, where binary values, which have their length in front, may hold anything. Used by one
/// thread; does not close its stream.
///
/// An entry of more than 1 MiB is rejected as `too-long`. A stream that breaks off within an entry
/// has it rejected as `truncated`, a damaged compressed one as `undecodable`. Holds little more
/// than one entry and one block.
final class JournalFramer {
  private static final int LONGEST = LineFramer.LONGEST_LINE;
  private static final int LENGTH_BYTES = 8;

  /*
   * buffer   | entry so far, checked up to |  not yet looked at  |
   *          0                             scanned               limit
   *
   * An entry that has become too long is given up from the front of the buffer as it is checked.
   */
  private final String source;
  private final InputStream in;
  private final Dialect dialect;
  private final int maxEntries;
  private final int maxBytes;

  private byte[] buffer = new byte[64 * 1024];
  private int scanned;
  private int limit;
  private boolean ended;
  private @Nullable IOException failure;

  /// How much of a binary value, of which nothing need be kept, is still to come.
  private long toSkip;

  private byte @Nullable [] tooLong;
  private long givenUp;

  private long offset;
  private long line;
  private long skipped;

  private byte[] units = new byte[64 * 1024];
  private int length;
  private final int[] starts;
  private final int[] ends;
  private final long[] lines;
  private final long[] offsets;
  private int count;
  private final List<Rejected> rejected = new ArrayList<>();
  private long blockOffset;
  private long blockLine;

  /// @param offset where in its file the stream begins
  /// @param line the number of the line that it begins with
  /// @param passed how many bytes before that are to be accounted for
  /// @param skipped how many runs of NUL bytes are
  JournalFramer(
      String source,
      InputStream in,
      Dialect dialect,
      long offset,
      long line,
      long passed,
      long skipped,
      int maxEntries,
      int maxBytes) {
    this.source = source;
    this.in = in;
    this.dialect = dialect;
    this.offset = offset;
    this.line = line;
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
    this.skipped = skipped;
    blockOffset = offset - passed;
    blockLine = line;
    starts = new int[maxEntries];
    ends = new int[maxEntries];
    lines = new long[maxEntries];
    offsets = new long[maxEntries];
  }

  /// Returns the next block, or null at the end. Never waits for more while it has an entry.
  @Nullable Block next() throws IOException {
    while (count < maxEntries && length < maxBytes) {
      int end = entryEnd();
      if (end >= 0) {
        entry(end);
      } else if (count > 0 || !rejected.isEmpty()) {
        break;
      } else if (ended) {
        return last();
      } else {
        fill();
      }
    }
    return block();
  }

  /// Returns where the entry at the front of the buffer ends, behind its blank line, or -1 if that
  /// is not yet there.
  private int entryEnd() {
    while (true) {
      if (toSkip > 0) {
        long skipped = Math.min(toSkip, limit - scanned);
        scanned += (int) skipped;
        toSkip -= skipped;
        giveUp();
        if (toSkip > 0) {
          return -1;
        }
      }
      int newline = Bytes.indexOf(buffer, scanned, limit, '\n');
      if (newline < 0) {
        if (limit - scanned > LONGEST) {
          scanned = limit; // a text value beyond measure
          giveUp();
        }
        return -1;
      }
      if (newline == scanned) {
        return newline + 1;
      }
      boolean binary =
          Bytes.indexOf(buffer, scanned, newline, '=') < 0
              && JournalParser.isKey(buffer, scanned, newline);
      if (!binary) {
        scanned = newline + 1;
      } else if (newline + 1 + LENGTH_BYTES > limit) {
        return -1;
      } else {
        long value = JournalParser.length(buffer, newline + 1);
        scanned = newline + 1 + LENGTH_BYTES;
        toSkip = value < 0 || value == Long.MAX_VALUE ? Long.MAX_VALUE : value + 1;
      }
      giveUp();
    }
  }

  /// Lets go of the beginning of an entry that is too long.
  private void giveUp() {
    if (tooLong == null && scanned <= LONGEST) {
      return;
    }
    if (tooLong == null) {
      tooLong = Bytes.kept(buffer, 0, scanned);
    }
    givenUp += scanned;
    pass(scanned);
  }

  private void passAll() {
    boolean unfinished = limit > 0 && buffer[limit - 1] != '\n';
    pass(limit);
    line += unfinished ? 1 : 0;
  }

  private void pass(int bytes) {
    for (int i = Bytes.indexOf(buffer, 0, bytes, '\n');
        i >= 0;
        i = Bytes.indexOf(buffer, i + 1, bytes, '\n')) {
      line++;
    }
    System.arraycopy(buffer, bytes, buffer, 0, limit - bytes);
    limit -= bytes;
    offset += bytes;
    scanned = 0;
  }

  /// Takes the entry whose blank line ends at `end`.
  private void entry(int end) {
    int size = end - 1; // without the blank line
    if (tooLong != null) {
      tooLong(givenUp + size);
    } else if (size > 0) {
      add(size - 1); // and without the end of its last line
    }
    pass(end);
  }

  private void tooLong(long size) {
    byte[] kept = tooLong == null ? new byte[0] : tooLong;
    rejected.add(
        new Rejected(
            source,
            line,
            offset - givenUp,
            "too-long",
            "the entry has %d bytes (expected at most %d)".formatted(size, LONGEST),
            kept,
            size));
    tooLong = null;
    givenUp = 0;
  }

  private void add(int size) {
    if (length + size > units.length) {
      units = Arrays.copyOf(units, Math.max(length + size, 2 * units.length));
    }
    System.arraycopy(buffer, 0, units, length, size);
    starts[count] = length;
    length += size;
    ends[count] = length;
    lines[count] = line;
    offsets[count++] = offset;
  }

  private @Nullable Block last() throws IOException {
    var cause = failure;
    failure = null;
    boolean interrupted =
        cause instanceof ClosedByInterruptException || cause instanceof InterruptedIOException;
    if (interrupted) {
      return null;
    }
    boolean damaged = cause instanceof ZipException || cause instanceof EOFException;
    if (cause != null && !damaged) {
      throw cause;
    }
    if (cause != null) {
      reject("undecodable", "the compressed stream is damaged: " + cause.getMessage());
    } else if (tooLong != null) {
      tooLong(givenUp + limit);
      passAll();
    } else if (toSkip > 0) {
      reject("truncated", "the stream ends within a value");
    } else if (limit > 0) {
      int size = buffer[limit - 1] == '\n' ? limit - 1 : limit;
      if (size > 0) {
        add(size); // the last entry needs no blank line
      }
      passAll();
    }
    return block();
  }

  private void reject(String reason, String detail) {
    rejected.add(
        new Rejected(
            source,
            line,
            offset - givenUp,
            reason,
            Bytes.excerpt(detail),
            tooLong == null ? Bytes.kept(buffer, 0, limit) : tooLong,
            givenUp + limit));
    tooLong = null;
    givenUp = 0;
    toSkip = 0;
    passAll();
  }

  private @Nullable Block block() {
    if (offset == blockOffset && count == 0 && rejected.isEmpty()) {
      return null;
    }
    long from = offset - givenUp; // an entry that is being given up is of the next block
    boolean open = givenUp > 0;
    long toOffset = open ? Math.max(blockOffset, from) : offset;
    var block =
        new Block(
            source,
            dialect.format(),
            Arrays.copyOf(units, length),
            Arrays.copyOf(starts, count),
            Arrays.copyOf(ends, count),
            count,
            count > 0 ? lines[0] : line,
            toOffset - length,
            List.copyOf(rejected),
            toOffset - blockOffset,
            line - blockLine,
            skipped,
            dialect,
            new Block.Places(Arrays.copyOf(lines, count), Arrays.copyOf(offsets, count)));
    blockOffset = toOffset;
    blockLine = line;
    length = 0;
    count = 0;
    skipped = 0;
    rejected.clear();
    return block;
  }

  private void fill() {
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length); // a longer entry is given up
    }
    try {
      int read = in.read(buffer, limit, buffer.length - limit);
      if (read < 0) {
        ended = true;
      } else {
        limit += read;
      }
    } catch (IOException e) {
      failure = e;
      ended = true;
    }
  }
}
