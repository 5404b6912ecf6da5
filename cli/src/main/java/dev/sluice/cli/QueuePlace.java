package dev.sluice.cli;

import static java.util.Objects.requireNonNull;

import dev.sluice.logs.DidYouMean;
import dev.sluice.logs.UsageException;
import dev.sluice.queues.Codec;
import dev.sluice.queues.Durability;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.QueueAddress;
import dev.sluice.queues.QueueOptions;
import dev.sluice.queues.QueueStore;
import dev.sluice.queues.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What all commands of `sluice queue` are told: which queue.
final class QueuePlace {
  @Parameters(
      index = "0",
      paramLabel = "QUEUE",
      description = "file:PATH[#NAME] or postgresql://[USER@]HOST[:PORT]/DATABASE[#NAME].")
  private @Nullable String queue;

  @Option(
      names = "--durability",
      paramLabel = "LEVEL",
      description =
          "For a file: full, whatever is acknowledged survives the loss of power (the default), or normal, it survives"
              + " the death of the process.")
  private String durability = "full";

  private QueueAddress address() {
    try {
      return QueueAddress.parse(requireNonNull(queue));
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /// How messages call it.
  String name() {
    var address = address();
    return address.place() + "#" + address.queue();
  }

  /// Opens the place; a file is made if there is none.
  QueueStore open() throws IOException {
    return QueueStore.open(address(), StoreOptions.standard().durability(level()));
  }

  /// Opens the place if there is one.
  QueueStore openExisting() throws IOException {
    if (address() instanceof QueueAddress.OfFile file && !Files.exists(file.path())) {
      throw new UsageException(
          "%s: no such file; 'sluice queue put' makes one".formatted(file.path()));
    }
    return open();
  }

  /// The queue, which is made if there is none.
  DurableQueue<byte[]> queue(QueueStore store, UnaryOperator<QueueOptions> change)
      throws IOException, InterruptedException {
    return store.queue(address().queue(), Codec.bytes(), change);
  }

  /// The queue, which is made if there is none.
  DurableQueue<byte[]> queue(QueueStore store) throws IOException, InterruptedException {
    return store.queue(address().queue(), Codec.bytes());
  }

  /// The queue if there is one.
  DurableQueue<byte[]> existing(QueueStore store) throws IOException, InterruptedException {
    var queues = store.queues();
    var wanted = address().queue();
    if (!queues.contains(wanted)) {
      throw new UsageException(
          "%s has no queue '%s'%s; %s"
              .formatted(
                  address().place(),
                  wanted,
                  DidYouMean.hint(wanted, queues),
                  queues.isEmpty() ? "it has none yet" : "it has " + String.join(", ", queues)));
    }
    return queue(store);
  }

  private Durability level() {
    return switch (durability.toLowerCase(Locale.ROOT)) {
      case "full" -> Durability.FULL;
      case "normal" -> Durability.NORMAL;
      default ->
          throw new UsageException(
              "--durability '%s' is neither full nor normal".formatted(durability));
    };
  }
}
