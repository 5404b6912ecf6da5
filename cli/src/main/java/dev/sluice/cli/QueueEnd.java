package dev.sluice.cli;

import dev.sluice.logs.LogEnd;
import dev.sluice.logs.UsageException;
import dev.sluice.queues.Codec;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.Leased;
import dev.sluice.queues.Outgoing;
import dev.sluice.queues.QueueAddress;
import dev.sluice.queues.QueueStore;
import dev.sluice.queues.StoreOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Queues as ends of `sluice logs`: an item is a line.
public final class QueueEnd implements LogEnd {
  private static final int SHARE = 4;

  @Override
  public String scheme() {
    return "queue";
  }

  @Override
  public String usage() {
    return "queue:QUEUE (as in 'sluice queue')";
  }

  private static QueueAddress address(String rest) {
    try {
      return QueueAddress.parse(rest);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String place(String rest) {
    var address = address(rest);
    var place =
        address instanceof QueueAddress.OfFile file
            ? "file:" + file.path().toAbsolutePath().normalize()
            : address.place();
    return "queue:%s#%s".formatted(place, address.queue());
  }

  @Override
  public Outlet outlet(String rest) throws IOException {
    var opened = Opened.of(address(rest));
    return new Outlet() {
      @Override
      public void write(List<byte[]> records) throws IOException, InterruptedException {
        opened.send(records);
      }

      @Override
      public void close() {
        opened.store.close();
      }
    };
  }

  @Override
  public Inlet inlet(String rest, boolean endless) throws IOException {
    var address = address(rest);
    if (address instanceof QueueAddress.OfFile file && !Files.exists(file.path())) {
      throw new UsageException(
          "%s: no such file; 'sluice queue put' makes one".formatted(file.path()));
    }
    return new Received(Opened.of(address));
  }

  /// A queue, and the store that it is in.
  private record Opened(QueueStore store, DurableQueue<byte[]> queue) {
    static Opened of(QueueAddress address) throws IOException {
      var store = QueueStore.open(address, StoreOptions.standard());
      try {
        return new Opened(store, store.queue(address.queue(), Codec.bytes()));
      } catch (InterruptedException e) {
        store.close();
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while a queue was opened");
      } catch (IOException e) {
        store.close();
        throw e;
      }
    }

    /// In as few transactions as the queue's bound allows, each of which a quarter of it holds: a
    /// send waits for room for all that it has, and those who receive go on meanwhile.
    void send(List<byte[]> records) throws IOException, InterruptedException {
      long most = Math.max(1, queue.options().maxItems() / SHARE);
      long mostBytes = queue.options().maxBytes() / SHARE;
      var next = new ArrayList<Outgoing<byte[]>>();
      long bytes = 0;
      for (var record : records) {
        if (!next.isEmpty() && (next.size() >= most || bytes + record.length > mostBytes)) {
          sendAll(next);
          next.clear();
          bytes = 0;
        }
        next.add(Outgoing.of(record));
        bytes += record.length;
      }
      sendAll(next);
    }

    private void sendAll(List<Outgoing<byte[]>> records) throws IOException, InterruptedException {
      try {
        queue.sendAll(records);
      } catch (IllegalArgumentException e) {
        throw new IOException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private record Item(Leased<byte[]> leased) implements Line {
    @Override
    public byte[] bytes() {
      return leased.value();
    }
  }

  private record Received(Opened opened) implements Inlet {
    @Override
    public List<Line> receive(int most, Duration patience)
        throws IOException, InterruptedException {
      return opened.queue.receiveMany(most, patience).stream().<Line>map(Item::new).toList();
    }

    @Override
    public int done(Collection<Line> lines) throws IOException, InterruptedException {
      return opened
          .queue
          .ackAll(lines.stream().map(line -> ((Item) line).leased()).toList())
          .size();
    }

    @Override
    public void undone(Collection<Line> lines) throws IOException, InterruptedException {
      for (var line : lines) {
        ((Item) line).leased().release();
      }
    }

    /// What is still leased becomes ready again.
    @Override
    public void close() {
      opened.store.close();
    }
  }
}
