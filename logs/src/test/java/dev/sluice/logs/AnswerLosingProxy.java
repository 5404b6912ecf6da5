package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands between a client and a PostgreSQL server, and on demand loses the answer to a COMMIT,
/// which the server has carried out, together with the connection.
final class AnswerLosingProxy implements AutoCloseable {
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
          if (new String(buffer, 0, count, ISO_8859_1).contains("COMMIT")
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
