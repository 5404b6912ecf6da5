package dev.sluice.logs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// All files that are or were followed: tells whether a file that turns up is one of them, a copy
/// of one, or new. Any thread may ask.
final class FollowedFiles implements TailStream.Copies {
  /// How many files that are done with are remembered.
  private static final int MOST_ENDED = 4_000;

  /// How many files that were there before, and are nobody's business, are remembered.
  private static final int MOST_IGNORED = 100_000;

  /// How many files of a directory are looked at for what became of one of them.
  private static final int MOST_SIBLINGS = 10_000;

  private static final int COMPARED = 4 * 1024;

  /// How often a copy is looked for while files get other names.
  private static final int MOST_LOOKS = 20;

  /// What a file is that was not opened yet.
  sealed interface Verdict {
    /// It is read already, or by somebody else.
    record Known() implements Verdict {}

    /// It has, at least so far, only what another file has that is being read.
    record Copy(Followed of) implements Verdict {}

    /// It was read up to a spot, and has more.
    record More(Followed than) implements Verdict {}

    /// Nobody knows it.
    record New() implements Verdict {}
  }

  private record Live(Followed followed, FileChannel file) {}

  private final List<Live> live = new ArrayList<>();
  private final Deque<Followed> ended = new ArrayDeque<>();
  private final Map<Long, FileIdentity> ignored = new HashMap<>();
  private volatile Set<Path> inputs = Set.of();
  private volatile boolean closed;

  /// Says which files the inputs name now.
  void inputs(Set<Path> paths) {
    inputs = paths;
  }

  /// Says that the run ends, and that whatever fails from now on fails because of it.
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /// Says that `followed` is being read from `file` from now on.
  synchronized void begin(Followed followed, FileChannel file) {
    live.add(new Live(followed, file));
  }

  /// Says that a truncated file is read anew from now on. In one step: whoever found it without a
  /// reader in between would give it a second one.
  synchronized void beginAnew(Followed truncated, Followed anew, FileChannel file) {
    begin(anew, file);
    end(truncated);
  }

  /// Says that it is not any more.
  synchronized void end(Followed followed) {
    live.removeIf(one -> one.followed.equals(followed));
    remember(followed);
  }

  /// Remembers a file that nobody is to read.
  synchronized void remember(Followed followed) {
    if (ended.size() == MOST_ENDED) {
      ended.removeFirst();
    }
    ended.addLast(followed);
  }

  /// Says that nobody is to read a file.
  synchronized void ignore(FileIdentity file) {
    if (ignored.size() < MOST_IGNORED) {
      ignored.put(file.inode(), file);
    }
  }

  /// What lies beside the inputs before a run begins has nothing to do with them.
  void ignoreOthers(Collection<Path> named, Collection<Path> inputs) {
    var directories = new LinkedHashSet<Path>();
    var known = new HashSet<Path>();
    named.forEach(path -> directories.add(directoryOf(path)));
    for (var input : inputs) {
      directories.add(directoryOf(input));
      known.add(input.toAbsolutePath());
    }
    for (var directory : directories) {
      for (var path : list(directory, path -> !known.contains(path))) {
        ignore(path);
      }
    }
  }

  private void ignore(Path path) {
    try {
      ignore(FileIdentity.of(path));
    } catch (IOException e) {
      return; // gone, or not for us to read: then nobody reads it
    }
  }

  private static Path directoryOf(Path path) {
    var parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }

  private synchronized boolean isIgnored(FileIdentity.Place place, byte[] head) {
    var known = ignored.get(place.inode());
    return known != null && known.is(place, head);
  }

  /// Whether there is nothing to read in the file at `place`, which begins with `head`, because it
  /// was read, or is not to be.
  boolean isKnown(FileIdentity.Place place, byte[] head) {
    return isIgnored(place, head)
        || ended().stream()
            .anyMatch(one -> one.isFinished() && one.isAt(place) && one.spot().begins(head));
  }

  /// Whether the file at `place` is being read.
  synchronized boolean isLive(FileIdentity.Place place) {
    return live.stream().anyMatch(one -> one.followed.isAt(place));
  }

  private synchronized List<Live> live() {
    return List.copyOf(live);
  }

  /// Those that are done with, the last first.
  private synchronized List<Followed> ended() {
    return new ArrayList<>(ended).reversed();
  }

  /// Says what the file is that was found at `path`, and is not being read.
  ///
  /// @param head its first bytes; at least one
  Verdict judge(Path path, FileIdentity.Place place, byte[] head, FileChannel file)
      throws IOException {
    if (isIgnored(place, head)) {
      return new Verdict.Known();
    }
    for (var one : ended()) {
      if (one.isAt(place) && one.spot().begins(head)) {
        if (one.isFinished() || place.size() == one.spot().position()) {
          return new Verdict.Known();
        }
        if (place.size() > one.spot().position() && one.spot().isIn(file)) {
          return new Verdict.More(one);
        }
      }
    }
    for (var one : live()) {
      var other = one.followed;
      if (isCopyName(path, other) && isCopyOf(one, place, head, file)) {
        return new Verdict.Copy(other);
      }
    }
    for (var one : ended()) {
      if (isCopyName(path, one) && one.spot().begins(head)) {
        long position = one.spot().position();
        if (place.size() < position) {
          return new Verdict.Copy(one);
        }
        if (one.spot().isIn(file)) {
          return place.size() == position ? new Verdict.Known() : new Verdict.More(one);
        }
      }
    }
    return new Verdict.New();
  }

  /// Whether the file that has been read to `spot` may begin with `head`: of one that has only just
  /// been opened nothing is known yet.
  private static boolean mayBegin(Followed.Spot spot, byte[] head) {
    return spot.position() == 0 || spot.begins(head);
  }

  /// A file that has the very name of another took its place, and is no copy of it.
  private static boolean isCopyName(Path path, Followed other) {
    return !path.equals(other.path()) && RotatedNames.isOf(path, other.path());
  }

  /// Whether the file has what the other has, or may have it, because the other was just truncated:
  /// that can be told only after its reader has noticed.
  ///
  /// The order matters. What is not the same when it is compared has been truncated by then, or is
  /// no copy. So whatever was read of it before was read before this comparison; and it is either
  /// in the spot, which is asked last, or the reader is still about to say so.
  private static boolean isCopyOf(Live one, FileIdentity.Place place, byte[] head, FileChannel file)
      throws IOException {
    if (!mayBegin(one.followed.spot(), head)) {
      return false;
    }
    int count = (int) Math.min(place.size(), COMPARED);
    long from = place.size() - count;
    try {
      boolean same =
          one.file.size() >= place.size()
              && Arrays.equals(
                  FileIdentity.bytes(file, from, count), FileIdentity.bytes(one.file, from, count));
      if (same || one.followed.isBeingRead()) {
        return true;
      }
      var spot = one.followed.spot();
      return mayBegin(spot, head) && !spot.isIn(one.file);
    } catch (ClosedChannelException e) {
      return true; // its reader has just ended: the next look will tell
    }
  }

  /// Whether a compressed file, which was found at `path`, is one that was read before it was
  /// compressed.
  boolean wasRead(Path path, byte[] uncompressedHead) {
    return live().stream().map(Live::followed).anyMatch(one -> wasRead(path, uncompressedHead, one))
        || ended().stream().anyMatch(one -> wasRead(path, uncompressedHead, one));
  }

  private static boolean wasRead(Path path, byte[] head, Followed one) {
    return isCopyName(path, one) && one.spot().begins(head);
  }

  /// The files beside `path` whose names say that they may have been there.
  static List<Path> siblings(Path path) {
    var parent = path.toAbsolutePath().getParent();
    return parent == null ? List.of() : list(parent, file -> RotatedNames.isOf(file, path));
  }

  /// The files of a directory that are wanted, of the first [#MOST_SIBLINGS].
  static List<Path> list(Path directory, Predicate<Path> wanted) {
    var found = new ArrayList<Path>();
    try (var files = Files.newDirectoryStream(directory)) {
      int looked = 0;
      for (var file : files) {
        if (wanted.test(file) && Files.isRegularFile(file)) {
          found.add(file);
        }
        if (++looked == MOST_SIBLINGS) {
          break;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return found; // what can't be listed has nothing for us
    }
    return found;
  }

  /// Looks again where files have got other names meanwhile: the copy may have been one of them,
  /// and have been missed.
  @Override
  public @Nullable InputStream restOf(Followed truncated) throws IOException {
    var before = inodes(candidates(truncated));
    for (int look = 1; ; look++) {
      var rest = restIn(candidates(truncated), truncated);
      if (rest != null || look == MOST_LOOKS) {
        return rest;
      }
      var after = inodes(candidates(truncated));
      if (after.equals(before)) {
        return null;
      }
      before = after;
    }
  }

  private Set<Path> candidates(Followed truncated) {
    var candidates = new LinkedHashSet<>(siblings(truncated.path()));
    for (var input : inputs) {
      if (RotatedNames.isOf(input, truncated.path())) {
        candidates.add(input.toAbsolutePath());
      }
    }
    return candidates;
  }

  private static Map<Path, Long> inodes(Set<Path> paths) {
    var inodes = new HashMap<Path, Long>();
    for (var path : paths) {
      try {
        inodes.put(path, FileIdentity.Place.of(path).inode());
      } catch (IOException e) {
        inodes.put(path, -1L); // it has just got another name
      }
    }
    return inodes;
  }

  private @Nullable InputStream restIn(Set<Path> candidates, Followed truncated)
      throws IOException {
    for (var candidate : Ages.oldestFirst(candidates, Function.identity()).reversed()) {
      var rest = restIn(candidate, truncated);
      if (rest != null) {
        return rest;
      }
    }
    return null;
  }

  private @Nullable InputStream restIn(Path candidate, Followed truncated) throws IOException {
    FileChannel file = null;
    boolean found = false;
    try {
      var place = FileIdentity.Place.of(candidate);
      if (isLive(place)) {
        return null; // it is a log of its own, or the truncated file itself
      }
      file = FileChannel.open(candidate);
      if (!FileIdentity.Place.of(candidate).isSameFile(place)) {
        return null; // renamed meanwhile: the next look will find it
      }
      byte[] head = FileIdentity.head(file);
      var spot = truncated.spot();
      if (Compression.of(head) != null) {
        var rest = Compression.undone(Channels.newInputStream(file));
        found = skipTo(spot, rest);
        if (found) {
          forget(truncated, candidate, place, head);
          return rest;
        }
      } else if (place.size() >= spot.position() && spot.begins(head) && spot.isIn(file)) {
        found = true;
        forget(truncated, candidate, place, head);
        return Channels.newInputStream(file.position(spot.position()));
      }
      return null;
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      return null; // gone, or not readable, or broken: no copy for us
    } finally {
      if (file != null && !found) {
        file.close();
      }
    }
  }

  /// Makes sure that the copy is not taken for a log of its own.
  private void forget(Followed truncated, Path candidate, FileIdentity.Place place, byte[] head) {
    var copy =
        new Followed(
            truncated.name(),
            candidate,
            place,
            new Followed.Spot(place.size(), head, new byte[0]),
            1);
    copy.finish();
    remember(copy);
  }

  /// Reads to the spot, if it is in this stream.
  private static boolean skipTo(Followed.Spot spot, InputStream in) throws IOException {
    try {
      byte[] head = in.readNBytes(spot.head().length);
      if (!Arrays.equals(head, spot.head())) {
        return false;
      }
      // The last bytes seen may begin among the first ones.
      int overlap = (int) Math.max(0, head.length - (spot.position() - spot.seen().length));
      in.skipNBytes(spot.position() - spot.seen().length - (head.length - overlap));
      byte[] seen = in.readNBytes(spot.seen().length - overlap);
      return Arrays.equals(seen, Arrays.copyOfRange(spot.seen(), overlap, spot.seen().length));
    } catch (ZipException | EOFException e) {
      return false;
    }
  }
}
