package dev.sluice.logs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts what comes over a connection into syslog messages, as RFC 6587 has them: each begins with
/// its length (`34 <13>...`, octet counting) or ends with a line feed or NUL. Which of the two is
/// told by its first byte, for each message.
///
/// Holds one message of at most [#LONGEST] bytes, whatever comes.
final class SyslogFrames {
  /// The longest message that is not rejected.
  static final int LONGEST = 64 * 1024;

  private static final int LENGTH_DIGITS = 9;

  /// One message.
  ///
  /// @param bytes what it is, or its beginning if it is to be rejected; without its line end
  /// @param length how many bytes it has, or has shown
  /// @param reason why it is to be rejected; null if it is not
  /// @param detail the same as a sentence
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(byte[] bytes, long length, @Nullable String reason, String detail) {}

  /// Waits for bytes.
  interface Waiting {
    /// Called before each read that may wait.
    ///
    /// @param amidMessage whether the beginning of a message has come, but not its end
    void beforeRead(boolean amidMessage) throws IOException;
  }

  private final InputStream in;
  private final Waiting waiting;
  private final byte[] buffer = new byte[LONGEST + LENGTH_DIGITS + 1];
  private int start;
  private int limit;
  private boolean ended;

  SyslogFrames(InputStream in, Waiting waiting) {
    this.in = in;
    this.waiting = waiting;
  }

  /// Whether the beginning of a message has come, but not its end.
  boolean isAmidMessage() {
    return limit > start;
  }

  /// The beginning that [#isAmidMessage] speaks of, as a message to reject.
  Frame unfinished() {
    int length = limit - start;
    return new Frame(
        copy(start, limit),
        length,
        "incomplete",
        "the connection ended within a message, after %d bytes".formatted(length));
  }

  /// Returns the next message, waiting for it; null at the end.
  ///
  /// @throws IOException if the connection fails; [#isAmidMessage] tells whether that cut off a
  ///   message
  @Nullable Frame next() throws IOException {
    if (start == limit && !fill()) {
      return null;
    }
    byte first = buffer[start];
    if (first >= '1' && first <= '9') {
      int space = digitsEnd();
      if (space > start && space < limit && buffer[space] == ' ') {
        int length = (int) Bytes.digits(buffer, start, space);
        return counted(space + 1, length);
      }
    }
    return terminated();
  }

  /// Finds where the digits at the start end, waiting for that.
  private int digitsEnd() throws IOException {
    int digits = 0;
    while (true) {
      if (start + digits == limit && !fill()) {
        return start + digits;
      }
      if (!Bytes.isDigit(buffer[start + digits])) {
        return start + digits;
      }
      if (++digits > LENGTH_DIGITS) {
        return start;
      }
    }
  }

  private Frame counted(int from, int length) throws IOException {
    if (length > LONGEST) {
      return tooLong(from, length);
    }
    int header = from - start;
    while (limit - start < header + length) {
      if (!fill()) {
        var rest = unfinished();
        start = limit;
        return rest;
      }
    }
    int begin = start + header;
    start = begin + length;
    return message(begin, start);
  }

  private Frame tooLong(int from, int length) throws IOException {
    start = from;
    while (limit - start < Rejected.KEPT_BYTES && fill()) {
      // on to what is kept of it
    }
    byte[] kept = copy(start, Math.min(limit, start + Math.min(length, Rejected.KEPT_BYTES)));
    long left = length;
    while (true) {
      int here = (int) Math.min(left, limit - start);
      start += here;
      left -= here;
      if (left == 0 || !fill()) {
        break;
      }
    }
    return tooLong(kept, length - left);
  }

  private Frame terminated() throws IOException {
    int looked = 0;
    byte[] kept = null;
    long passed = 0;
    while (true) {
      int newline = Bytes.indexOf(buffer, start + looked, limit, '\n');
      int nul = Bytes.indexOf(buffer, start + looked, newline < 0 ? limit : newline, '\0');
      int end = nul >= 0 ? nul : newline;
      if (end >= 0 || (ended && limit > start) || (ended && kept != null)) {
        int to = end < 0 ? limit : end;
        int begin = start;
        start = end < 0 ? limit : end + 1;
        if (kept != null) {
          return tooLong(kept, passed + (to - begin));
        }
        return to - begin > LONGEST ? tooLong(copy(begin, to), to - begin) : message(begin, to);
      }
      looked = limit - start;
      if (looked > LONGEST) {
        kept = kept == null ? copy(start, start + Rejected.KEPT_BYTES) : kept;
        passed += looked;
        start = limit;
        looked = 0;
      }
      fill();
    }
  }

  private static Frame tooLong(byte[] kept, long length) {
    return new Frame(
        kept,
        length,
        "too-long",
        "the message has %d bytes (expected at most %d)".formatted(length, LONGEST));
  }

  /// A message without the line end that some send within a counted one, or before the NUL.
  private Frame message(int from, int to) {
    int end = to;
    while (end > from && (buffer[end - 1] == '\n' || buffer[end - 1] == '\r')) {
      end--;
    }
    return new Frame(copy(from, end), end - from, null, "");
  }

  private byte[] copy(int from, int to) {
    return Arrays.copyOfRange(buffer, from, Math.min(to, from + LONGEST));
  }

  /// Waits for more.
  ///
  /// @return false at the end
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, limit - start);
      limit -= start;
      start = 0;
    }
    waiting.beforeRead(isAmidMessage());
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count < 0) {
      ended = true;
      return false;
    }
    limit += count;
    return true;
  }
}
