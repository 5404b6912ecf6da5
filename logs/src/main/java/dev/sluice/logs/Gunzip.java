package dev.sluice.logs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Undoes gzip (RFC 1952): what [java.util.zip.GZIPInputStream] does, in less than half of its
/// time.
///
/// ```text
///   stream  = member member* anything
///   member  = header deflated crc: 4 size: 4                 of what was deflated; little-endian
///   header  = 1f 8b 08 flags: 1 time: 4 extra-flags: 1 system: 1
///             [length: 2 extra: length bytes]                if flags has 04
///             [name: bytes up to a zero]                     if flags has 08
///             [comment: bytes up to a zero]                  if flags has 10
///             [crc of the header: 2]                         if flags has 02
/// ```
///
/// Members are one text. What follows a member and does not begin as one is passed over, as are
/// flags that mean nothing yet.
///
/// Damage is told as a [ZipException], an end that comes too early as an [EOFException], after all
/// bytes before it were read; bytes of a member whose crc is wrong were, too. What `in` throws
/// comes through as it is. Whatever was thrown is thrown again by each later read.
///
/// Never waits for more while it has something to give. Holds some 250 KB, whatever it reads. For
/// one thread.
final class Gunzip extends BulkInput {
  private static final int MAGIC = 0x8b1f;
  private static final int DEFLATED = 8;
  private static final int HEADER_CRC = 0x02;
  private static final int EXTRA = 0x04;
  private static final int NAME = 0x08;
  private static final int COMMENT = 0x10;

  private enum State {
    BEFORE_FIRST,
    BETWEEN,
    WITHIN,
    ENDED
  }

  private final InputStream in;
  private final Inflate inflate;
  private final CRC32 crc = new CRC32();
  private int size;
  private State state = State.BEFORE_FIRST;
  private @Nullable IOException failure;

  /// @param in closed with this one
  Gunzip(InputStream in) {
    this.in = in;
    inflate = new Inflate(in);
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (failure != null) {
      throw failure;
    }
    try {
      return next(into, from, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  private int next(byte[] into, int from, int length) throws IOException {
    while (state != State.ENDED) {
      if (state != State.WITHIN) {
        state = begin() ? State.WITHIN : State.ENDED;
      } else {
        int count = inflate.read(into, from, length);
        if (count >= 0) {
          crc.update(into, from, count);
          size += count;
          return count;
        }
        trailer();
        state = State.BETWEEN;
      }
    }
    return -1;
  }

  /// Begins the next member, if there is one.
  private boolean begin() throws IOException {
    try {
      header();
    } catch (ZipException | EOFException e) {
      if (state == State.BEFORE_FIRST) {
        throw e;
      }
      return false;
    }
    inflate.begin();
    crc.reset();
    size = 0;
    return true;
  }

  private void header() throws IOException {
    crc.reset();
    if ((headerByte() | headerByte() << 8) != MAGIC) {
      throw new ZipException("not in gzip format");
    }
    int method = headerByte();
    if (method != DEFLATED) {
      throw new ZipException("a gzip member has method %d (expected 8)".formatted(method));
    }
    int flags = headerByte();
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(headerByte() | headerByte() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      int actual = (int) crc.getValue() & 0xffff;
      int told = headerByte() | headerByte() << 8;
      if (told != actual) {
        throw new ZipException(
            "the header of a gzip member has crc %04x, but says %04x".formatted(actual, told));
      }
    }
  }

  private int headerByte() throws IOException {
    int next = nextByte();
    crc.update(next);
    return next;
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      headerByte();
    }
  }

  private void skipText() throws IOException {
    while (headerByte() != 0) {}
  }

  private void trailer() throws IOException {
    int toldCrc = nextInt();
    int actual = (int) crc.getValue();
    if (toldCrc != actual) {
      throw new ZipException(
          "a gzip member has crc %08x, but says %08x".formatted(actual, toldCrc));
    }
    int toldSize = nextInt();
    if (toldSize != size) {
      throw new ZipException(
          "a gzip member has size %d, but says %d"
              .formatted(Integer.toUnsignedLong(size), Integer.toUnsignedLong(toldSize)));
    }
  }

  private int nextInt() throws IOException {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= nextByte() << shift;
    }
    return value;
  }

  private int nextByte() throws IOException {
    int next = inflate.nextByte();
    if (next < 0) {
      throw new EOFException("the compressed data ends too early");
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
