package dev.sluice.broker;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// `kafka-broker [PORT] [--dir DIRECTORY] [NAME=VALUE...]`: runs a broker until a signal, and
/// prints its address when it can be used. Without a directory its data goes when it does.
public final class Main {
  private static final String USAGE =
      """
      Usage: kafka-broker [PORT] [--dir DIRECTORY] [NAME=VALUE...]

      Runs a Kafka broker to try things on, in the foreground, until Ctrl-C or SIGTERM. It listens on
      127.0.0.1 alone and prints its address when it is ready. Topics must be created:
        ./sluice topic create kafka://127.0.0.1:PORT/TOPIC --partitions 6

        PORT             where to listen (default: any free port)
        --dir DIRECTORY  keep the data there (default: a temporary directory, removed at the end)
        NAME=VALUE       a setting of the broker
      """;

  private Main() {}

  /// What the command line gave.
  private record Arguments(int port, @Nullable Path dir, Map<String, String> changes) {
    static Arguments parse(String[] args) {
      int port = 0;
      Path dir = null;
      var changes = new HashMap<String, String>();
      for (int i = 0; i < args.length; i++) {
        var arg = args[i];
        int equals = arg.indexOf('=');
        if (arg.equals("--dir") && i + 1 < args.length) {
          dir = Path.of(args[++i]);
        } else if (equals > 0 && !arg.startsWith("-")) {
          changes.put(arg.substring(0, equals), arg.substring(equals + 1));
        } else if (arg.matches("[0-9]{1,5}") && Integer.parseInt(arg) < 65_536) {
          port = Integer.parseInt(arg);
        } else {
          throw new IllegalArgumentException(
              "'%s' is no port, no NAME=VALUE and no option".formatted(arg));
        }
      }
      return new Arguments(port, dir, changes);
    }
  }

  /// Runs it.
  public static void main(String[] args) throws Exception {
    if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
      out().print(USAGE);
      return;
    }
    Arguments arguments;
    try {
      arguments = Arguments.parse(args);
    } catch (IllegalArgumentException e) {
      fail(2, e.getMessage() + "\n" + USAGE);
      return;
    }
    int port = arguments.port() == 0 ? Broker.freePort() : arguments.port();
    if (!isFree(port)) {
      fail(
          1,
          "something listens on 127.0.0.1:%d already; name another port, or none".formatted(port));
      return;
    }
    boolean passing = arguments.dir() == null;
    var dir =
        passing
            ? Files.createTempDirectory("kafka-broker")
            : Files.createDirectories(arguments.dir());
    var stopped = new CountDownLatch(1);
    Broker broker;
    try {
      broker = Broker.start(dir, port, arguments.changes());
    } catch (Exception e) {
      fail(1, "the broker did not start: " + e.getMessage());
      return;
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  broker.close();
                  if (passing) {
                    remove(dir);
                  }
                  stopped.countDown();
                },
                "stop"));
    out().println("127.0.0.1:" + port);
    stopped.await();
  }

  private static PrintStream out() {
    return new PrintStream(System.out, true, StandardCharsets.UTF_8);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true); // one that was stopped a moment ago
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void fail(int status, String message) {
    System.err.println("kafka-broker: " + message);
    System.exit(status);
  }

  private static void remove(Path dir) {
    try {
      Files.walkFileTree(
          dir,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
                throws IOException {
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      return; // somebody else was quicker
    } catch (IOException e) {
      System.err.println("kafka-broker: could not remove " + dir + ": " + e.getMessage());
    }
  }
}
