package dev.sluice.logs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Which file this is, whatever it is called: where the file system keeps it, and how it begins.
///
/// Numbers of inodes are given again as soon as a file is deleted, so a number alone may be another
/// file; a beginning alone may be a copy. Both together are the same file, read from the start.
///
/// @param device the file system
/// @param inode its number there
/// @param length how many bytes the fingerprint covers, at most [#HEAD]; fewer while the file is
///   shorter
/// @param fingerprint of these first bytes, in hexadecimal digits
record FileIdentity(long device, long inode, int length, String fingerprint) {
  /// How much of the beginning is looked at.
  static final int HEAD = 1024;

  private static final int DIGEST_BYTES = 16;

  /// Where a file is kept, and how much it holds now.
  ///
  /// @param changed when its contents changed last, in nanoseconds
  record Place(long device, long inode, long size, long changed) {
    /// What is at `path`, behind a link if it is one.
    ///
    /// @throws IOException if there is nothing, or it can't be looked at
    static Place of(Path path) throws IOException {
      var attributes = Files.readAttributes(path, "unix:dev,ino,size");
      return new Place(
          number(attributes, "dev"),
          number(attributes, "ino"),
          number(attributes, "size"),
          Files.getLastModifiedTime(path).to(TimeUnit.NANOSECONDS));
    }

    private static long number(Map<String, Object> attributes, String name) {
      return attributes.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /// Whether it is the same file, whatever it holds.
    boolean isSameFile(Place other) {
      return inode == other.inode && device == other.device;
    }
  }

  /// Looks at the file at `path`.
  static FileIdentity of(Path path) throws IOException {
    try (var file = FileChannel.open(path)) {
      return of(Place.of(path), head(file));
    }
  }

  /// @param head its first bytes
  static FileIdentity of(Place place, byte[] head) {
    int length = Math.min(head.length, HEAD);
    return new FileIdentity(place.device(), place.inode(), length, fingerprint(head, length));
  }

  /// Reads the beginning of `file`, without moving its position.
  static byte[] head(FileChannel file) throws IOException {
    return bytes(file, 0, HEAD);
  }

  /// Reads what there is of `[from, from + count)`.
  static byte[] bytes(FileChannel file, long from, int count) throws IOException {
    var bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) > 0) {
      // on to the rest
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /// Whether the file at `place`, which begins with `head`, is this one. A file that was empty when
  /// it was looked at is none that could be known again.
  boolean is(Place place, byte[] head) {
    return place.device() == device && place.inode() == inode && begins(head);
  }

  /// Where it is kept, as a text.
  String key() {
    return device + ":" + inode;
  }

  /// What [#key], [#length] and [#fingerprint] said once.
  static FileIdentity parse(String key, int length, String fingerprint) {
    var parts = key.split(":", 2);
    return new FileIdentity(
        Long.parseLong(parts[0]), Long.parseLong(parts[1]), length, fingerprint);
  }

  /// Whether the file at `path`, whose identity is `now`, is this one: the same bytes are at its
  /// beginning, and perhaps more.
  boolean isStill(FileIdentity now, Path path) throws IOException {
    if (device != now.device || inode != now.inode || length > now.length) {
      return false;
    }
    try (var file = FileChannel.open(path)) {
      return fingerprint(head(file), length).equals(fingerprint);
    }
  }

  /// Whether a file that begins with `head` begins as this one does, and so may be a copy of it.
  boolean begins(byte[] head) {
    return length > 0 && head.length >= length && fingerprint(head, length).equals(fingerprint);
  }

  private static String fingerprint(byte[] head, int length) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(head, 0, length);
      return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
