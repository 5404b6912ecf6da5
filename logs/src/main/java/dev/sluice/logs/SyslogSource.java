package dev.sluice.logs;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Syslog over the network: listens at `syslog+tcp://[HOST]:PORT` or `syslog+udp://[HOST]:PORT`
/// until the run ends, on the loopback interface unless a host is named.
///
/// | | TCP (RFC 6587) | UDP (RFC 5426) |
/// |---|---|---|
/// | a message | by its length, or up to a line feed | a datagram |
/// | when the run is slower | the senders wait | what we cannot keep is dropped and counted |
/// | what nobody sees | nothing | what the network and the kernel drop |
///
/// Each sender's address is a source, up to [#MOST_PEERS]. Whoever sends can take so much: so many
/// connections, so many bytes for a message, so long without a word.
final class SyslogSource implements RunSource, Closeable {
  static final String TCP = "syslog+tcp";
  static final String UDP = "syslog+udp";

  /// How many connections there may be at a time; more are closed at once.
  static final int MOST_CONNECTIONS = 256;

  static final int MOST_PEERS = 1_000;

  private static final String OTHERS = "others";

  /// How long the rest of a message may take.
  private static final Duration WITHIN_MESSAGE = Duration.ofMinutes(1);

  /// How long a connection may say nothing.
  private static final Duration BETWEEN_MESSAGES = Duration.ofHours(1);

  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int LONGEST_DATAGRAM = 64 * 1024;
  private static final int KERNEL_BUFFER = 4 * 1024 * 1024;
  private static final Pattern FORM =
      Pattern.compile(
          "(syslog\\+(?:tcp|udp))://(\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/?#@]*):(\\d{1,5})/?");

  private final String name;
  private final Consumer<String> tell;
  private final @Nullable ServerSocket server;
  private final @Nullable DatagramSocket datagrams;
  private final Messages messages;
  private final Map<String, SourceCounts> peers = new LinkedHashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong received = new AtomicLong();
  private final Dialect dialect;

  /// What was told last, by the thread that listens.
  private String told = "";

  private SyslogSource(
      String scheme, InetSocketAddress address, Dialect dialect, Consumer<String> tell)
      throws IOException {
    this.tell = tell;
    this.dialect = dialect;
    messages = new Messages(dialect, this::countsOf);
    int port;
    if (scheme.equals(TCP)) {
      var opened = new ServerSocket();
      try {
        opened.setReuseAddress(true);
        opened.bind(address, MOST_CONNECTIONS);
      } catch (IOException e) {
        opened.close();
        throw e;
      }
      server = opened;
      datagrams = null;
      port = opened.getLocalPort();
    } else {
      var opened = new DatagramSocket(null);
      try {
        opened.setOption(StandardSocketOptions.SO_RCVBUF, KERNEL_BUFFER);
        opened.bind(address);
      } catch (IOException e) {
        opened.close();
        throw e;
      }
      server = null;
      datagrams = opened;
      port = opened.getLocalPort();
    }
    name = "%s://%s:%d".formatted(scheme, shown(address.getAddress()), port);
  }

  private static String shown(InetAddress address) {
    var text = address.getHostAddress();
    return text.contains(":") ? "[" + text + "]" : text;
  }

  /// Whether an argument names such a source.
  static boolean isOne(String argument) {
    return argument.startsWith("syslog+");
  }

  /// Begins to listen.
  ///
  /// @param given the format that the user says the messages have; null for syslog
  /// @param tell takes what a person must know, from any thread
  /// @throws UsageException if `argument` is not understood
  /// @throws IOException if nobody can listen there; its message says why
  static SyslogSource listen(String argument, @Nullable Dialect given, Consumer<String> tell)
      throws IOException {
    var matcher = FORM.matcher(argument);
    int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : -1;
    if (port < 0 || port > 65_535) {
      throw new UsageException(
          "'%s' is no address to listen at (expected syslog+tcp://[HOST]:PORT or syslog+udp://[HOST]:PORT, as %s://:5514)"
              .formatted(argument, argument.startsWith(UDP) ? UDP : TCP));
    }
    var host = matcher.group(2);
    try {
      var address =
          host.isEmpty()
              ? InetAddress.getByAddress(new byte[] {127, 0, 0, 1})
              : InetAddress.getByName(host);
      return new SyslogSource(
          matcher.group(1),
          new InetSocketAddress(address, port),
          given == null ? Dialect.of(LogFormat.SYSLOG) : given,
          tell);
    } catch (UnknownHostException e) {
      throw new UsageException("'%s': there is no host '%s'".formatted(argument, host));
    } catch (IOException e) {
      var advice =
          port > 0 && port < 1024 ? "; ports below 1024 are root's, take a higher one" : "";
      throw new IOException("cannot listen at %s: %s%s".formatted(argument, reason(e), advice), e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof BindException ? lower(e) : Inputs.reason(e);
  }

  private static String lower(IOException e) {
    var told = String.valueOf(e.getMessage());
    return told.contains("in use") ? "somebody else listens there" : told;
  }

  /// `syslog+tcp://127.0.0.1:5514`, with the port that is really listened at.
  String name() {
    return name;
  }

  private SourceCounts countsOf(String peer) {
    synchronized (peers) {
      var known = peers.get(peer);
      if (known == null) {
        var whose = peers.size() < MOST_PEERS ? peer : OTHERS;
        known = peers.computeIfAbsent(whose, this::newCounts);
      }
      return known;
    }
  }

  private SourceCounts newCounts(String peer) {
    var made = new SourceCounts(name + "/" + peer);
    made.detection(new Detection(dialect.format(), dialect.format().id(), 1, 1, dialect));
    return made;
  }

  private List<SourceCounts> all() {
    synchronized (peers) {
      return peers.isEmpty() ? List.of(new SourceCounts(name)) : List.copyOf(peers.values());
    }
  }

  @Override
  public boolean isReadable() {
    return true;
  }

  @Override
  public boolean isEndless() {
    return true;
  }

  @Override
  public Set<LogFormat> formats() {
    return Set.of(dialect.format());
  }

  @Override
  public List<String> detections() {
    return List.of("%s: listening for %s".formatted(name, dialect.format().id()));
  }

  @Override
  public List<LogAccount.SourceAccount> accounts() {
    return all().stream().map(SourceCounts::account).toList();
  }

  @Override
  public long position() {
    return received.get();
  }

  @Override
  public long size() {
    return -1;
  }

  @Override
  public long lines() {
    return all().stream().mapToLong(SourceCounts::lines).sum();
  }

  @Override
  public long rejected() {
    return all().stream().mapToLong(SourceCounts::rejected).sum();
  }

  @Override
  public List<String> guarantees() {
    return List.of(
        server != null
            ? name
                + ": senders wait when this run is slower; what had come over a connection when the run or the connection"
                + " is killed may be lost, since syslog has no acknowledgement"
            : name
                + ": what is dropped here is counted; what the network or the kernel drops before cannot be seen (use TCP"
                + " where each message counts)");
  }

  @Override
  public Cursor<Work> open() {
    var worker = Thread.ofPlatform().daemon().name("syslog");
    if (datagrams != null) {
      var socket = datagrams;
      worker.start(() -> receive(socket));
    } else if (server != null) {
      var socket = server;
      worker.start(() -> accept(socket));
    }
    return new Listening();
  }

  private final class Listening implements Cursor<Work> {
    @Override
    public Work next() throws InterruptedException {
      var work = messages.take();
      work.counts().delivered(work);
      return work;
    }

    @Override
    public void settled(Work work, Outcome outcome) {
      work.counts().settled(work, outcome);
    }

    @Override
    public void close() throws IOException {
      SyslogSource.this.close();
    }
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
    if (datagrams != null) {
      datagrams.close();
    }
    for (var connection : connections) {
      connection.close();
    }
    messages.close();
  }

  private void receive(DatagramSocket socket) {
    var packet = new DatagramPacket(new byte[LONGEST_DATAGRAM], LONGEST_DATAGRAM);
    while (!socket.isClosed()) {
      try {
        packet.setLength(LONGEST_DATAGRAM);
        socket.receive(packet);
        int end = packet.getLength();
        byte[] bytes = packet.getData();
        received.addAndGet(end);
        while (end > 0
            && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r' || bytes[end - 1] == 0)) {
          end--;
        }
        messages.offer(
            packet.getAddress().getHostAddress(),
            new SyslogFrames.Frame(Arrays.copyOf(bytes, end), end, null, ""));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          trouble(e);
        }
      }
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        var connection = socket.accept();
        if (connections.size() >= MOST_CONNECTIONS) {
          tellOnce(
              "more than %d connections: those beyond are refused".formatted(MOST_CONNECTIONS));
          connection.close();
          continue;
        }
        connections.add(connection);
        if (socket.isClosed()) {
          connection.close(); // it came in the last moment
        }
        Thread.ofVirtual().name("syslog-connection").start(() -> serve(connection));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          trouble(e);
        }
      }
    }
  }

  /// Waits a little, since what fails may go on failing.
  private void trouble(IOException e) {
    tellOnce(Inputs.reason(e));
    LockSupport.parkNanos(PAUSE.toNanos());
  }

  private void tellOnce(String what) {
    if (!what.equals(told)) {
      told = what;
      tell.accept("%s: %s".formatted(name, what));
    }
  }

  private void serve(Socket connection) {
    var peer = connection.getInetAddress().getHostAddress();
    try (connection) {
      var frames =
          new SyslogFrames(
              connection.getInputStream(),
              amidMessage -> {
                var patience = amidMessage ? WITHIN_MESSAGE : BETWEEN_MESSAGES;
                connection.setSoTimeout((int) patience.toMillis());
              });
      serve(frames, peer);
    } catch (SocketException e) {
      return; // closed by one of the two sides
    } catch (IOException e) {
      tell.accept("%s/%s: %s".formatted(name, peer, Inputs.reason(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  private void serve(SyslogFrames frames, String peer) throws IOException, InterruptedException {
    try {
      for (var frame = frames.next(); frame != null; frame = frames.next()) {
        received.addAndGet(frame.length());
        messages.put(peer, frame);
      }
    } catch (SocketTimeoutException | SocketException e) {
      if (frames.isAmidMessage()) {
        messages.put(peer, frames.unfinished());
      }
    }
  }
}
