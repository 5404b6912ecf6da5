package dev.sluice.logs;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A text in another encoding, as UTF-8: everything behind it knows only that. What is malformed
/// becomes U+FFFD. Never waits for more while it has something to give.
final class Recoded extends BulkInput {
  private static final int BYTES = 16 * 1024;

  private final InputStream in;
  private final CharsetDecoder decoder;
  private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();

  /// What was read and is not decoded yet; made ready to be taken from.
  private final ByteBuffer raw = ByteBuffer.allocate(BYTES).flip();

  /// Roomy enough for all that `raw` can hold: no encoding has more characters than bytes.
  private final CharBuffer chars = CharBuffer.allocate(BYTES + 16).flip();

  /// What waits to be given; a char takes at most three bytes.
  private final ByteBuffer ready = ByteBuffer.allocate(3 * BYTES + 64).flip();

  private boolean ended;

  Recoded(InputStream in, Charset from) {
    this.in = in;
    decoder =
        from.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    encoder
        .onMalformedInput(CodingErrorAction.REPLACE)
        .replaceWith("\uFFFD".getBytes(StandardCharsets.UTF_8));
  }

  /// Gives `in` as UTF-8.
  ///
  /// @param given the encoding that the user says it has; null for UTF-16 where it begins with a
  ///   byte order mark of it, and else UTF-8
  static InputStream of(InputStream in, @Nullable Charset given) {
    if (StandardCharsets.UTF_8.equals(given)) {
      return in;
    }
    if (given != null) {
      return new Recoded(in, given);
    }
    return new Marked(in);
  }

  /// @return 0 only if the stream below says so
  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    while (!ready.hasRemaining()) {
      if (ended) {
        return -1;
      }
      if (!fill()) {
        return 0;
      }
    }
    int count = Math.min(length, ready.remaining());
    ready.get(into, from, count);
    return count;
  }

  private boolean fill() throws IOException {
    raw.compact();
    int count = in.read(raw.array(), raw.position(), raw.remaining());
    if (count == 0) {
      raw.flip();
      return false;
    }
    if (count > 0) {
      raw.position(raw.position() + count);
    }
    raw.flip();
    ended = count < 0;
    chars.compact();
    decoder.decode(raw, chars, ended);
    if (ended) {
      decoder.flush(chars);
    }
    chars.flip();
    ready.clear();
    encoder.encode(chars, ready, ended);
    ready.flip();
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// A stream whose first two bytes tell what it is. They are looked at by the first read: what
  /// goes wrong there is told where the reader of the text can hear it.
  private static final class Marked extends BulkInput {
    private final InputStream in;
    private final byte[] head = new byte[2];
    private int looked;
    private int given;
    private final InputStream whole = new Whole();
    private boolean decided;
    private @Nullable InputStream recoded;

    Marked(InputStream in) {
      this.in = in;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      if (!decided && !decide()) {
        return 0;
      }
      if (recoded != null) {
        return recoded.read(into, from, length);
      }
      return whole.read(into, from, length);
    }

    /// @return whether it is decided; false if nothing comes for now
    private boolean decide() throws IOException {
      while (looked < head.length && (looked == 0 || isHalfMark())) {
        int count = in.read(head, looked, head.length - looked);
        if (count < 0) {
          break;
        }
        if (count == 0) {
          return false;
        }
        looked += count;
      }
      decided = true;
      boolean utf16 =
          looked == 2
              && isHalfMark()
              && (head[0] == (byte) 0xff ? head[1] == (byte) 0xfe : head[1] == (byte) 0xff);
      if (utf16) {
        recoded = new Recoded(whole, StandardCharsets.UTF_16);
      }
      return true;
    }

    /// What was looked at, and what follows it.
    private final class Whole extends BulkInput {
      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        if (given == looked) {
          return in.read(into, from, length);
        }
        int count = Math.min(length, looked - given);
        System.arraycopy(head, given, into, from, count);
        given += count;
        return count;
      }
    }

    private boolean isHalfMark() {
      return head[0] == (byte) 0xff || head[0] == (byte) 0xfe;
    }

    @Override
    public long skip(long count) throws IOException {
      return decided && recoded == null && given == looked ? in.skip(count) : super.skip(count);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
