package dev.sluice.logs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/// A file that is or was followed: which one, and how far it has been read. What a rotation does to
/// names does not change it; a truncation ends it, and what the file holds from then on is another.
///
/// Changed by the thread that reads the file, looked at by any.
final class Followed {
  /// How many of the bytes that were read last are kept, to be looked for.
  static final int SEEN = 256;

  /// How long the half line at the end of a file may be that is read from its end on.
  private static final int LONGEST_REST = 64 * 1024;

  /// How far a file has been read.
  ///
  /// @param position how many bytes of it
  /// @param head the first of them, at most [FileIdentity#HEAD]
  /// @param seen the last of them, at most [#SEEN]
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Spot(long position, byte[] head, byte[] seen) {
    static final Spot START = new Spot(0, new byte[0], new byte[0]);

    /// The place in `file` where `position` bytes have been read.
    static Spot in(FileChannel file, long position) throws IOException {
      int seen = (int) Math.min(position, SEEN);
      return new Spot(
          position,
          FileIdentity.bytes(file, 0, (int) Math.min(position, FileIdentity.HEAD)),
          FileIdentity.bytes(file, position - seen, seen));
    }

    /// The spot after `count` more bytes, which stand in `bytes` from `from` on.
    Spot after(byte[] bytes, int from, int count) {
      var longerHead = head;
      if (position == head.length && head.length < FileIdentity.HEAD) {
        int more = Math.min(count, FileIdentity.HEAD - head.length);
        longerHead = Arrays.copyOf(head, head.length + more);
        System.arraycopy(bytes, from, longerHead, head.length, more);
      }
      int kept = Math.min(SEEN - Math.min(count, SEEN), seen.length);
      int fresh = Math.min(count, SEEN);
      var last = new byte[kept + fresh];
      System.arraycopy(seen, seen.length - kept, last, 0, kept);
      System.arraycopy(bytes, from + count - fresh, last, kept, fresh);
      return new Spot(position + count, longerHead, last);
    }

    /// Whether `file` holds, up to here, what was read.
    boolean isIn(FileChannel file) throws IOException {
      return Arrays.equals(FileIdentity.bytes(file, position - seen.length, seen.length), seen);
    }

    /// Whether a file that begins with `other` may have the same beginning.
    boolean begins(byte[] other) {
      int common = Math.min(other.length, head.length);
      return common > 0 && Arrays.equals(other, 0, common, head, 0, common);
    }
  }

  private final String name;
  private final Path path;
  private final FileIdentity.Place place;
  private volatile Spot spot;
  private volatile boolean beingRead;
  private volatile long line;
  private volatile long size;
  private volatile boolean finished;

  /// @param name what the user calls it
  /// @param path where it was when it was found
  /// @param line the number of the line that begins at `spot`
  Followed(String name, Path path, FileIdentity.Place place, Spot spot, long line) {
    this.name = name;
    this.path = path;
    this.place = place;
    this.spot = spot;
    this.line = line;
    this.size = spot.position();
  }

  /// A file whose whole lines count as read, and of a compressed one, which does not grow, all.
  static Followed atEnd(String name, Path path) throws IOException {
    try (var file = FileChannel.open(path)) {
      var place = FileIdentity.Place.of(path);
      long end = place.size();
      byte[] last = FileIdentity.bytes(file, Math.max(0, end - LONGEST_REST), LONGEST_REST);
      boolean compressed = Compression.of(FileIdentity.head(file)) != null;
      int rest = 0;
      while (!compressed && rest < last.length && last[last.length - 1 - rest] != '\n') {
        rest++;
      }
      long position = rest == LONGEST_REST ? end : end - rest;
      var followed = new Followed(name, path, place, Spot.in(file, position), 1);
      if (compressed) {
        followed.finish();
      }
      return followed;
    }
  }

  String name() {
    return name;
  }

  Path path() {
    return path;
  }

  Spot spot() {
    return spot;
  }

  void spot(Spot reached) {
    spot = reached;
    saw(reached.position());
  }

  /// Whether its reader may have bytes that [#spot] does not tell of yet.
  boolean isBeingRead() {
    return beingRead;
  }

  void beingRead(boolean now) {
    beingRead = now;
  }

  /// The number of the line that comes next, once the reading has ended.
  long line() {
    return line;
  }

  void line(long next) {
    line = next;
  }

  /// The most bytes that it has been seen to have.
  long size() {
    return size;
  }

  /// Called by the thread that reads it, and by the one that looks at it now and then: the larger
  /// number may be lost, and comes again.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  void saw(long bytes) {
    size = Math.max(size, bytes);
  }

  /// Whether there is nothing in it for anybody to read, whatever it grows to.
  boolean isFinished() {
    return finished;
  }

  void finish() {
    finished = true;
  }

  boolean isAt(FileIdentity.Place other) {
    return place.isSameFile(other);
  }

  /// Who it is, for whoever wants to know it again after a restart.
  FileIdentity identity() {
    return FileIdentity.of(place, spot.head());
  }
}
