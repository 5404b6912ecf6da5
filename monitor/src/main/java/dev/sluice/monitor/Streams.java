package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Those who watch by server-sent events: each has a virtual thread, all get the same bytes.
///
/// Each writes the newest event, then waits for a newer one. So who is slow misses some and holds
/// nobody up; who takes none for [#PATIENCE] is let go.
final class Streams {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final LiveContent content;
  private final int most;
  private final Set<Stream> open = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition newer = lock.newCondition();

  // What follows is guarded by lock.
  private @Nullable Event latest;
  private int count;
  private boolean closed;

  private record Event(long number, byte[] bytes) {}

  /// @param most how many there may be at once
  Streams(LiveContent content, int most) {
    this.content = content;
    this.most = most;
  }

  /// Serves another one, on a thread of its own, which ends the exchange.
  ///
  /// @return false if there are too many; the exchange is the caller's then
  boolean open(HttpExchange exchange) {
    lock.lock();
    try {
      if (closed || count == most) {
        return false;
      }
      count++;
    } finally {
      lock.unlock();
    }
    var stream = new Stream(exchange);
    open.add(stream);
    content.attend();
    stream.thread.start();
    return true;
  }

  private void ended(Stream stream) {
    open.remove(stream);
    content.leave();
    lock.lock();
    try {
      count--;
    } finally {
      lock.unlock();
    }
  }

  /// How many there are.
  int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// There is something new.
  void publish() {
    if (count() > 0) {
      var event = event(content.now());
      lock.lock();
      try {
        latest = event;
        newer.signalAll();
      } finally {
        lock.unlock();
      }
    }
    long now = System.nanoTime();
    open.forEach(stream -> stream.endIfStuck(now));
  }

  private static Event event(LiveContent.Update update) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("id: %d\ndata: ".formatted(update.number()).getBytes(UTF_8));
    bytes.writeBytes(update.json()); // one line: JSON escapes line ends
    bytes.writeBytes("\n\n".getBytes(UTF_8));
    return new Event(update.number(), bytes.toByteArray());
  }

  /// @return null if there will be none
  private @Nullable Event await(long after) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed && (latest == null || latest.number <= after)) {
        newer.await();
      }
      return closed ? null : latest;
    } finally {
      lock.unlock();
    }
  }

  /// Ends all of them.
  void close() {
    lock.lock();
    try {
      closed = true;
      newer.signalAll();
    } finally {
      lock.unlock();
    }
    open.forEach(stream -> stream.thread.interrupt());
  }

  private final class Stream {
    final HttpExchange exchange;
    final Thread thread = Thread.ofVirtual().name("sluice-monitor-stream").unstarted(this::run);

    /// Since when it has been writing; 0 if it isn't.
    private volatile long writes;

    Stream(HttpExchange exchange) {
      this.exchange = exchange;
    }

    void endIfStuck(long now) {
      long since = writes;
      if (since != 0 && now - since > PATIENCE.toNanos()) {
        thread.interrupt(); // which closes the socket that it is writing to
      }
    }

    private void run() {
      try (exchange) {
        exchange.sendResponseHeaders(200, 0);
        var out = exchange.getResponseBody();
        write(out, "retry: 1000\n\n".getBytes(UTF_8));
        // What is there already, so that nobody has to wait for the next.
        var event = event(content.now());
        while (event != null) {
          write(out, event.bytes);
          event = await(event.number);
        }
      } catch (IOException e) {
        // The client has left: that is how a stream ends.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // closed
      } finally {
        ended(this);
      }
    }

    private void write(java.io.OutputStream out, byte[] bytes) throws IOException {
      writes = Math.max(1, System.nanoTime());
      out.write(bytes);
      out.flush();
      writes = 0;
    }
  }
}
