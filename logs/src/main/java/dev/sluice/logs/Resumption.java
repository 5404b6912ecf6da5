package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Finds out where a run with a [Checkpoint] goes on: for each source at the place where the target
/// that has least of it ended.
final class Resumption {
  private final Checkpoint checkpoint;
  private final List<LogSource> sources;
  private final List<Target> targets;
  private final Map<Target, Map<String, Position>> had = new HashMap<>();
  private final Map<Target, TargetPositions> positions = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  /// @param sources whose formats are known as far as they can be
  Resumption(Checkpoint checkpoint, List<LogSource> sources, List<Target> targets) {
    this.checkpoint = checkpoint;
    this.sources = sources.stream().filter(LogSource::isReadable).toList();
    this.targets = targets;
  }

  /// Refuses inputs in which nobody can go on somewhere.
  ///
  /// @throws UsageException if an input is not a file, or is named twice
  static void check(List<Inputs.Input> inputs) {
    var names = new HashSet<String>();
    for (var input : inputs) {
      if (input.error() != null) {
        continue; // reading it will tell
      }
      var path = input.path();
      if (path == null || (Files.exists(path) && !Files.isRegularFile(path))) {
        throw new UsageException(
            "--checkpoint needs files, in which one can go on from any place; %s is not one"
                .formatted(path == null ? "standard input" : path));
      }
      if (!names.add(input.name())) {
        throw new UsageException(
            "%s is named twice; with --checkpoint each file is read once".formatted(input.name()));
      }
    }
  }

  /// Opens the targets, and tells the sources where to begin.
  void begin(List<LogFormat> formats) throws IOException {
    var sizes = new HashMap<String, Long>();
    for (var source : sources) {
      track(source, sizes);
    }
    for (var target : targets) {
      had.put(target, target.resume(formats, checkpoint.bookmark(target.key())));
    }
    var begun = new HashMap<String, Position>();
    for (var source : sources) {
      beginAnewIfCutOff(source);
      var least = had.values().stream().map(source::in).min(Comparator.naturalOrder());
      var from = least.orElse(Position.START);
      begun.put(
          source.name(),
          source.resumeAt(from, source.size() == sizes.getOrDefault(source.name(), -1L)));
      if (from.offset() > 0) {
        notes.add(
            "%s: continued at line %,d (byte %,d)"
                .formatted(source.name(), from.line(), from.offset()));
      }
    }
    had.forEach((target, its) -> positions.put(target, new TargetPositions(its, begun)));
  }

  /// What each target has, and has not.
  Map<Target, TargetPositions> positions() {
    return positions;
  }

  /// Where the run goes on, and where it cannot, in words.
  List<String> notes() {
    return notes;
  }

  private void track(LogSource source, Map<String, Long> sizes) throws IOException {
    var before = checkpoint.tracked(source.name());
    if (before != null) {
      sizes.put(source.name(), before.size());
    } else if (checkpoint.wasName(source.name())) {
      notes.add(
          source.name()
              + ": another file than the one that an earlier run read; read from its start");
    }
    checkpoint.track(source.name(), source.file(), source.size(), source.format(), false);
  }

  private void beginAnewIfCutOff(LogSource source) throws IOException {
    var furthest = had.values().stream().map(source::in).max(Comparator.naturalOrder());
    if (furthest.isEmpty() || !source.endsBefore(furthest.get())) {
      return;
    }
    notes.add(
        "%s: has %,d bytes, but %,d had been read of it; it was cut off, so read from its start"
            .formatted(source.name(), source.size(), furthest.get().offset()));
    checkpoint.track(source.name(), source.file(), source.size(), source.format(), true);
    had.values().forEach(its -> its.remove(source.name()));
  }
}
