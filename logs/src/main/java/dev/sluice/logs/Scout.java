package dev.sluice.logs;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/// Looks again and again where the inputs of a [Follower] are, and has a [Tail] for each file.
///
/// One look:
/// 1. see which file each name leads to now;
/// 2. tell the tails whose names lead elsewhere;
/// 3. where that is so, look for files that came and went meanwhile: beside the name, under the
///    names that rotation gives;
/// 4. start a tail for each file that nobody reads.
///
/// It looks often while there is something to see and seldom while there is not, and spends no more
/// than a tenth of its time, unless a look takes long.
final class Scout {
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMillis(250);

  /// However long a look takes.
  private static final Duration LONGEST_OF_ALL = Duration.ofSeconds(1);

  /// How long after a rotation the neighbourhood of a name is looked at: a file that is renamed
  /// while its directory is being listed may not be in the list.
  private static final Duration WATCHED = Duration.ofSeconds(2);

  /// A compressed file is read when it has not changed for so long: whoever makes it is done.
  private static final Duration SETTLED = Duration.ofSeconds(1);

  private static final Duration RETRY = Duration.ofSeconds(2);

  /// From so many open files on, those that are quiet are closed until they grow.
  private static final int CROWD = 256;

  private static final int MOST_OPEN = 1_024;
  private static final Duration RESTS_AFTER = Duration.ofSeconds(5);

  /// With many files open the buffers of each must be small.
  private static final int FEW = 64;

  private static final int SMALL_BLOCK = 32 * 1024;

  private static final int MOST_KNOWN = 20_000;

  /// How many compressed files are read at a time.
  private static final int MOST_COMPRESSED = 4;

  private final Follower.Plan plan;
  private final Tail.Shop shop;
  private final Function<String, SourceCounts> counts;
  private final List<Tail> tails = new ArrayList<>();
  private final Map<String, Tail> lastOfName = new HashMap<>();

  /// Names beside which there may be files that nobody has seen, and until when.
  private final Map<Path, Neighbourhood> watched = new LinkedHashMap<>();

  private final Map<Path, Long> failed = new HashMap<>();

  /// Files that nobody has to read, as they were when that was found out.
  private final Set<FileIdentity.Place> known = new HashSet<>();

  private @Nullable Thread thread;
  private boolean changed;
  private boolean first = true;

  private record Neighbourhood(String name, long until) {}

  private record Found(String name, Path path, FileIdentity.Place place) {}

  Scout(Follower.Plan plan, Tail.Shop shop, Function<String, SourceCounts> counts) {
    this.plan = plan;
    this.shop = shop;
    this.counts = counts;
  }

  void start() {
    thread = Thread.ofVirtual().name("follow").start(this::lookUntilStopped);
  }

  void stop() throws InterruptedException {
    shop.files().close();
    if (thread != null) {
      thread.interrupt();
      thread.join();
    }
    for (var tail : tails) {
      tail.stop();
    }
  }

  private void lookUntilStopped() {
    var pause = SHORTEST;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        long began = System.nanoTime();
        changed = false;
        look();
        first = false;
        var took = Duration.ofNanos(System.nanoTime() - began);
        pause = changed ? SHORTEST : min(pause.multipliedBy(3).dividedBy(2), LONGEST);
        Thread.sleep(max(pause, min(took.multipliedBy(9), LONGEST_OF_ALL)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the run ends
    } catch (RuntimeException | Error e) {
      shop.out().close(e); // which fails the run
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void look() {
    var found = find();
    steer(found);
    watchNames();
    searchNeighbourhoods(found);
    for (var one : found.values()) {
      if (!shop.files().isLive(one.place)) {
        consider(one, true);
      }
    }
    failed.values().removeIf(until -> until - System.nanoTime() < 0);
    if (known.size() > MOST_KNOWN) {
      known.clear(); // they will be found out again
    }
    if (tails.size() > CROWD) {
      tails.stream().filter(tail -> tail.idle().compareTo(RESTS_AFTER) > 0).forEach(Tail::rest);
    }
  }

  /// What the inputs name now, and which files these are.
  private Map<Path, Found> find() {
    var found = new LinkedHashMap<Path, Found>();
    for (var input : Inputs.find(plan.arguments(), plan.excluded())) {
      var path = input.path();
      if (path == null || input.error() != null || !Files.isRegularFile(path)) {
        continue;
      }
      try {
        found.put(path, new Found(input.name(), path, FileIdentity.Place.of(path)));
      } catch (IOException e) {
        changed = true; // it went while it was looked at
      }
    }
    shop.files().inputs(found.keySet());
    return found;
  }

  private static List<Path> siblings(Path path) {
    var all = new ArrayList<Path>();
    for (var sibling : FollowedFiles.siblings(path)) {
      all.add(path.isAbsolute() ? sibling : path.resolveSibling(sibling.getFileName()));
    }
    return all;
  }

  /// Tells each tail where its file is, and remembers where something has changed.
  private void steer(Map<Path, Found> found) {
    tails.removeIf(this::isOver);
    for (var tail : tails) {
      var followed = tail.followed();
      var atName = found.get(followed.path());
      boolean own = atName != null && tail.isAt(atName.place);
      var named = found.values().stream().filter(one -> tail.isAt(one.place)).findAny();
      named.ifPresent(one -> followed.saw(one.place.size()));
      if (tail.takeTruncated() || (!own && !tail.isMoved())) {
        watch(followed.name(), followed.path());
      }
      tail.whereabouts(own, named.isPresent());
    }
  }

  private boolean isOver(Tail tail) {
    if (!tail.isOver()) {
      return false;
    }
    changed = true;
    if (tail.failure() != null) {
      failed.put(tail.followed().path(), System.nanoTime() + RETRY.toNanos());
    }
    lastOfName.remove(tail.followed().name(), tail);
    return true;
  }

  private void watch(String name, Path path) {
    changed = true;
    watched.put(path, new Neighbourhood(name, System.nanoTime() + WATCHED.toNanos()));
  }

  /// A file that the user named may come and go before anybody has seen it under its name.
  private void watchNames() {
    for (var argument : plan.arguments()) {
      var path = Path.of(argument);
      boolean seen =
          tails.stream().anyMatch(tail -> tail.followed().path().equals(path) && !tail.isMoved());
      if ((first || !seen) && !Inputs.isGlob(argument) && !Files.isDirectory(path)) {
        watched.put(path, new Neighbourhood(argument, System.nanoTime() + WATCHED.toNanos()));
      }
    }
  }

  private void searchNeighbourhoods(Map<Path, Found> found) {
    watched.values().removeIf(one -> one.until - System.nanoTime() < 0);
    watched.forEach((path, neighbourhood) -> {
      var strangers = new ArrayList<Found>();
      for (var sibling : siblings(path)) {
        if (!found.containsKey(sibling) && !plan.excluded().test(sibling)) {
          try {
            var place = FileIdentity.Place.of(sibling);
            if (!shop.files().isLive(place)) {
              strangers.add(new Found(neighbourhood.name, sibling, place));
            }
          } catch (IOException e) {
            changed = true; // it has just got another name: the next look will see it
          }
        }
      }
      Ages.oldestFirst(strangers, Found::path).forEach(one -> consider(one, false));
    });
  }

  /// Starts to read a file, if it is to be read.
  ///
  /// @param named whether an input leads to it
  private void consider(Found one, boolean named) {
    if (tails.size() >= MOST_OPEN || failed.containsKey(one.path) || known.contains(one.place)) {
      return;
    }
    FileChannel file = null;
    boolean taken = false;
    try {
      file = FileChannel.open(one.path);
      var place = FileIdentity.Place.of(one.path);
      if (!place.isSameFile(one.place)) {
        changed = true; // renamed meanwhile: the next look will see what it is called now
        return;
      }
      taken = begin(new Found(one.name, one.path, place), named, file);
    } catch (NoSuchFileException e) {
      changed = true; // renamed or deleted meanwhile
    } catch (ClosedByInterruptException e) {
      return; // the run ends
    } catch (IOException e) {
      failed.put(one.path, System.nanoTime() + RETRY.toNanos());
      var its = counts.apply(one.name);
      if (its.error() == null) {
        its.error(Inputs.reason(e));
        shop.tell().accept(one.path + ": " + Inputs.reason(e));
      }
    } finally {
      close(file, taken);
    }
  }

  private void close(@Nullable FileChannel file, boolean taken) {
    try {
      if (file != null && !taken) {
        file.close();
      }
    } catch (IOException e) {
      shop.tell().accept("a file could not be closed: " + Inputs.reason(e));
    }
  }

  /// @return whether the file has a tail now
  private boolean begin(Found one, boolean named, FileChannel file) throws IOException {
    byte[] head = FileIdentity.head(file);
    if (Compression.mayBecome(head)) {
      return false; // empty, or too short to tell
    }
    boolean compressed = Compression.of(head) != null;
    if (first && named && !compressed && !plan.fromEnd()) {
      return start(fresh(one), one, named, file, false);
    }
    if (compressed) {
      return beginCompressed(one, named, file, head);
    }
    return switch (shop.files().judge(one.path, one.place, head, file)) {
      case FollowedFiles.Verdict.Known _ -> {
        known.add(one.place);
        yield false;
      }
      case FollowedFiles.Verdict.Copy _ -> false; // the next look asks again
      case FollowedFiles.Verdict.More(var than) ->
          start(
              new Followed(than.name(), one.path, one.place, than.spot(), than.line()),
              one,
              named,
              file,
              false);
      case FollowedFiles.Verdict.New _ -> start(fresh(one), one, named, file, false);
    };
  }

  private static Followed fresh(Found one) {
    return new Followed(one.name, one.path, one.place, Followed.Spot.START, 1);
  }

  private boolean beginCompressed(Found one, boolean named, FileChannel file, byte[] head)
      throws IOException {
    var age = Duration.between(Files.getLastModifiedTime(one.path).toInstant(), Instant.now());
    boolean busy = tails.stream().filter(Tail::isCompressed).count() >= MOST_COMPRESSED;
    if (busy || (!first && age.compareTo(SETTLED) < 0)) {
      return false;
    }
    if (shop.files().isKnown(one.place, head)) {
      known.add(one.place);
      return false;
    }
    if (!first && shop.files().wasRead(one.path, uncompressedHead(file))) {
      shop.files().ignore(FileIdentity.of(one.place, head));
      return false;
    }
    shop.files().ignore(FileIdentity.of(one.place, head)); // once it has been read
    return start(fresh(one), one, named, file, true);
  }

  private static byte[] uncompressedHead(FileChannel file) throws IOException {
    @SuppressWarnings("resource") // would close the file, which is read from its start again
    var in = Compression.undone(Channels.newInputStream(file));
    try {
      return in.readNBytes(FileIdentity.HEAD);
    } catch (ZipException | EOFException e) {
      return new byte[0]; // broken: its reader will tell
    } finally {
      file.position(0);
    }
  }

  private boolean start(
      Followed followed, Found one, boolean named, FileChannel file, boolean compressed) {
    var its = counts.apply(followed.name());
    its.error(null);
    int block = tails.size() < FEW ? LineFramer.BLOCK_BYTES : SMALL_BLOCK;
    var before = lastOfName.get(followed.name());
    // What an older file has yet to give does not come between the newest and its successor.
    boolean late = before != null && !before.isMoved() && !before.isOver();
    var previous = late ? null : before;
    var tail = new Tail(shop, its, followed, one.place, file, previous, compressed, block);
    tail.whereabouts(named, named);
    tails.add(tail);
    if (!late) {
      lastOfName.put(followed.name(), tail);
    }
    changed = true;
    tail.start();
    return true;
  }
}
