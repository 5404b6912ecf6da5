package dev.sluice.patterns;

import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Publish, subscribe, and replay from a position: events stay, and each subscriber knows how far
/// it is. Here they are the lines of a file; for several machines they are a topic.
///
/// @param events a line for each
record EventStreaming(Path events) {
  private static final int MOST_OPEN = 100;

  void publish(String event) throws IOException {
    Files.write(events, List.of(event), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// What subscriber `name` has not seen yet.
  Pipeline subscribe(String name, Sink<String> subscriber) throws IOException {
    var position = events.resolveSibling(name + ".position");
    // @start region="event-streaming"
    var unseen = NumberedLine.after(events, read(position));
    return Pipeline.from(
            Source.committing(unseen, MOST_OPEN, event -> write(position, event.number())))
        .map(NumberedLine::text)
        .to(subscriber);
    // @end
  }

  /// Lets subscriber `name` go on after event `number`, seen or not.
  void seek(String name, long number) throws IOException {
    write(events.resolveSibling(name + ".position"), number);
  }

  private static long read(Path position) throws IOException {
    return Files.exists(position) ? Long.parseLong(Files.readString(position)) : 0;
  }

  /// Replaces it in one step, so that nobody ever reads a half.
  private static void write(Path position, long number) throws IOException {
    var next = position.resolveSibling(position.getFileName() + ".next");
    Files.writeString(next, Long.toString(number));
    Files.move(next, position, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
