package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.logs.StandardOutput;
import dev.sluice.logs.UsageException;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.Outgoing;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice queue put`.
@Command(
    name = "put",
    header = "Put items into a queue, and print their ids.",
    description = {
      "",
      "Each PAYLOAD is an item; without any, each line of standard input is one. An id is printed when its item is"
          + " stored: what happens to this program after that does not matter. While the queue is full it waits.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Examples:",
      "  sluice queue put file:jobs.db 'resize cat.png'",
      "  ls *.png | sluice queue put file:jobs.db#images --priority 5",
      "  sluice queue put file:jobs.db --delay 10m --dedup nightly 'rebuild the index'"
    })
final class QueuePutCommand implements Callable<Integer> {
  private static final int MOST_LINES = 500;
  private static final int MOST_BATCH = 1 << 20;
  private static final int LONGEST = 16 << 20;

  @Mixin private QueuePlace place = new QueuePlace();

  @Parameters(index = "1..*", paramLabel = "PAYLOAD", description = "An item, as it is.")
  private List<String> payloads = List.of();

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Keep the items back for so long: 500ms, 5s, 2m, 1h, 7d.")
  private @Nullable Duration delay;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Keep the items back until then: 2027-01-01T08:00:00Z.")
  private @Nullable String at;

  @Option(
      names = "--priority",
      paramLabel = "N",
      defaultValue = "0",
      description = "The smaller, the earlier (default: ${DEFAULT-VALUE}).")
  private int priority;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Items of the same key are worked on one at a time, in this order.")
  private @Nullable String key;

  @Option(
      names = "--dedup",
      paramLabel = "ID",
      description =
          "Don't store an item if one of that ID is there, or was settled within a day; print that one's id.")
  private @Nullable String dedup;

  @Override
  public Integer call() throws Exception {
    if (delay != null && at != null) {
      throw new UsageException("--delay and --at exclude each other");
    }
    if (dedup != null && payloads.size() != 1) {
      throw new UsageException("--dedup is for one item: name exactly one PAYLOAD");
    }
    var time = at == null ? null : time(at);
    if (payloads.isEmpty() && Screen.isTerminal(0)) {
      throw new UsageException("no items: name a PAYLOAD, or pipe some lines in");
    }
    try (var out = StandardOutput.open();
        var store = place.open()) {
      var queue = place.queue(store);
      if (payloads.isEmpty()) {
        lines(queue, time, new BufferedInputStream(System.in), out);
      } else {
        send(queue, payloads.stream().map(it -> outgoing(it.getBytes(UTF_8), time)).toList(), out);
      }
    }
    return 0;
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new UsageException(
          "--at '%s' is not a time (expected 2027-01-01T08:00:00Z)".formatted(text));
    }
  }

  private Outgoing<byte[]> outgoing(byte[] payload, @Nullable Instant time) {
    var item = Outgoing.of(payload).priority(priority);
    if (delay != null) {
      item = item.after(delay);
    }
    if (time != null) {
      item = item.at(time);
    }
    try {
      if (key != null) {
        item = item.key(key);
      }
      return dedup == null ? item : item.dedup(dedup);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private void lines(
      DurableQueue<byte[]> queue, @Nullable Instant time, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    var batch = new ArrayList<Outgoing<byte[]>>();
    var line = new ByteArrayOutputStream();
    long number = 1;
    int bytes = 0;
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b != '\n') {
        line.write(b);
        if (line.size() > LONGEST) {
          send(queue, batch, out);
          throw new IOException(
              "line %d is longer than 16 MiB; the %d before it are stored"
                  .formatted(number, number - 1));
        }
        continue;
      }
      batch.add(outgoing(line.toByteArray(), time));
      bytes += line.size();
      line.reset();
      number++;
      // What has come by now goes together; nobody who types waits for more lines.
      if (batch.size() == MOST_LINES || bytes >= MOST_BATCH || in.available() == 0) {
        send(queue, batch, out);
        batch.clear();
        bytes = 0;
      }
    }
    if (line.size() > 0) {
      batch.add(outgoing(line.toByteArray(), time));
    }
    send(queue, batch, out);
  }

  private static void send(
      DurableQueue<byte[]> queue, List<Outgoing<byte[]>> items, OutputStream out)
      throws IOException, InterruptedException {
    for (var sent : queue.sendAll(items)) {
      out.write((sent.id() + "\n").getBytes(UTF_8));
    }
    out.flush();
  }
}
