package dev.sluice.queues;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// Stands between a client and a PostgreSQL server, and on demand loses the answer to a COMMIT,
/// which the server has carried out, together with the connection.
final class AnswerLosingProxy implements AutoCloseable {
  /// The text of a COMMIT, and what the client calls it from then on, if it is to be used again.
  private static final Pattern TEXT =
      Pattern.compile("P.{4}([^\\x00]*)\\x00COMMIT\\x00", Pattern.DOTALL);

  private static final Pattern USE = Pattern.compile("B.{4}\\x00([^\\x00]+)\\x00", Pattern.DOTALL);

  private final ServerSocket listening;
  private final int port;
  private final AtomicInteger toLose = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();

  AnswerLosingProxy(int port) throws IOException {
    this.port = port;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /// Loses the answers to the next `count` commits.
  void lose(int count) {
    toLose.set(count);
  }

  int lost() {
    return lost.get();
  }

  private void accept() {
    try {
      while (true) {
        var client = listening.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), port);
        var link = new Link(client, server);
        Thread.ofPlatform().daemon().start(link::up);
        Thread.ofPlatform().daemon().start(link::down);
      }
    } catch (IOException e) {
      // closed: the end of the test
    }
  }

  private final class Link {
    private final Socket client;
    private final Socket server;
    private final Set<String> names = new HashSet<>();
    private volatile boolean loses;

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void up() {
      try {
        var in = client.getInputStream();
        var out = server.getOutputStream();
        byte[] buffer = new byte[64 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (isCommit(new String(buffer, 0, count, ISO_8859_1))
              && toLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            loses = true;
          }
          out.write(buffer, 0, count);
        }
        server.shutdownOutput();
      } catch (IOException e) {
        end();
      }
    }

    private boolean isCommit(String sent) {
      var text = TEXT.matcher(sent);
      if (text.find()) {
        names.add(text.group(1));
        return true;
      }
      return USE.matcher(sent).results().anyMatch(use -> names.contains(use.group(1)));
    }

    void down() {
      try (InputStream in = server.getInputStream();
          OutputStream out = client.getOutputStream()) {
        byte[] buffer = new byte[64 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (loses) {
            lost.incrementAndGet();
            break;
          }
          out.write(buffer, 0, count);
        }
      } catch (IOException e) {
        // the other side has ended it
      } finally {
        end();
      }
    }

    private void end() {
      try (client;
          server) {
        loses = false;
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
