package dev.sluice.logs;

import dev.sluice.pipelines.Cursor;
import dev.sluice.pipelines.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Lines of an end that another module provides. Each is a record, or none, whatever it holds; it
/// is done there when it has been dealt with: every target has what came of it, or it was filtered,
/// skipped or made a dead letter. It is given back if the run was stopped before.
///
/// Where settling waits for a disk or a server, the thread that reads does it, and the end of the
/// run.
final class EndSource implements RunSource, Closeable {
  private static final int MOST_AT_ONCE = LineFramer.BLOCK_LINES;
  private static final Duration LOOK = Duration.ofMillis(200);

  private final String name;
  private final String guarantee;
  private final LogEnd.Inlet inlet;
  private final boolean endless;
  private final @Nullable Dialect given;
  private final Charset encoding;
  private final Assumptions assumptions;
  private final Consumer<String> tell;
  private final SourceCounts counts;
  private final Deque<Cut> cut = new ArrayDeque<>();
  private final Map<Work, List<LogEnd.Line>> out = new ConcurrentHashMap<>();
  private final Queue<Settled> settled = new ConcurrentLinkedQueue<>();
  private final ReentrantLock settling = new ReentrantLock();
  private @Nullable Dialect dialect;
  private long line = 1;
  private volatile long position;
  private boolean closed;

  /// A block, and what it was made of.
  private record Cut(Work work, List<LogEnd.Line> lines) {}

  /// A line, and its text in UTF-8.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Text(LogEnd.Line line, byte[] bytes) {}

  private record Settled(List<LogEnd.Line> lines, boolean done) {}

  private EndSource(
      String name,
      String guarantee,
      LogEnd.Inlet inlet,
      boolean endless,
      @Nullable Dialect given,
      @Nullable Charset encoding,
      Assumptions assumptions,
      Consumer<String> tell) {
    this.name = name;
    this.guarantee = guarantee;
    this.inlet = inlet;
    this.endless = endless;
    this.given = given;
    this.encoding = encoding == null ? StandardCharsets.UTF_8 : encoding;
    this.assumptions = assumptions;
    this.tell = tell;
    counts = new SourceCounts(name);
  }

  /// Opens the end and looks at what is there, without waiting for more.
  ///
  /// @param endless whether to wait for more when nothing is left
  /// @param encoding of the lines; null for UTF-8
  static EndSource open(
      LogEnd end,
      String rest,
      boolean endless,
      @Nullable Dialect given,
      @Nullable Charset encoding,
      Assumptions assumptions,
      Consumer<String> tell)
      throws IOException {
    var name = end.place(rest);
    var source =
        new EndSource(
            name,
            end.guarantee(rest),
            end.inlet(rest, endless),
            endless,
            given,
            encoding,
            assumptions,
            tell);
    try {
      source.receive(Duration.ZERO);
      return source;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      source.close();
      throw new InterruptedIOException(name + ": interrupted while it was opened");
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /// Whether anything came.
  private boolean receive(Duration patience) throws IOException, InterruptedException {
    var lines = inlet.receive(MOST_AT_ONCE, patience).stream().map(this::text).toList();
    if (lines.isEmpty()) {
      return false;
    }
    var known = dialect == null ? detect(lines) : dialect;
    var block = new ArrayList<Text>();
    long size = 0;
    for (var one : lines) {
      int length = one.bytes().length;
      boolean whole = length > LineFramer.LONGEST_LINE;
      if (!block.isEmpty()
          && (whole
              || size + length > LineFramer.BLOCK_BYTES
              || block.size() >= inlet.mostTogether())) {
        add(known, block);
        block = new ArrayList<>();
        size = 0;
      }
      block.add(one);
      size += length;
      if (whole) {
        add(known, block);
        block = new ArrayList<>();
        size = 0;
      }
    }
    if (!block.isEmpty()) {
      add(known, block);
    }
    return true;
  }

  private Text text(LogEnd.Line line) {
    var bytes = line.bytes();
    return new Text(
        line,
        encoding.equals(StandardCharsets.UTF_8)
            ? bytes
            : new String(bytes, encoding).getBytes(StandardCharsets.UTF_8));
  }

  private Dialect detect(List<Text> lines) {
    var head = new ByteArrayOutputStream();
    for (var one : lines) {
      if (head.size() < LineFramer.HEAD_BYTES) {
        head.write(one.bytes(), 0, Math.min(one.bytes().length, LineFramer.HEAD_BYTES));
        head.write('\n');
      }
    }
    var found =
        given == null
            ? FormatDetector.detect(head.toByteArray(), true, assumptions)
            : FormatDetector.given(given, head.toByteArray(), true, assumptions);
    counts.detection(found);
    var known = found.dialect() == null ? Dialect.of(LogFormat.PLAIN) : found.dialect();
    dialect = known;
    return known;
  }

  private void add(Dialect known, List<Text> lines) {
    int count = lines.size();
    long first = line;
    long offset = position;
    var bytes = new ByteArrayOutputStream();
    var starts = new int[count];
    var ends = new int[count];
    List<Rejected> rejected = List.of();
    long size = 0;
    if (lines.getFirst().bytes().length > LineFramer.LONGEST_LINE) {
      var longest = lines.getFirst().bytes();
      size = longest.length;
      rejected =
          List.of(
              new Rejected(
                  name,
                  first,
                  offset,
                  "too-long",
                  "the line has %d bytes (expected at most %d)"
                      .formatted(longest.length, LineFramer.LONGEST_LINE),
                  Bytes.kept(longest, 0, longest.length),
                  longest.length));
      count = 0;
    } else {
      for (int i = 0; i < count; i++) {
        var text = lines.get(i).bytes();
        starts[i] = bytes.size();
        bytes.write(text, 0, text.length);
        ends[i] = bytes.size();
      }
      size = bytes.size();
    }
    var block =
        new Block(
            name,
            known.format(),
            bytes.toByteArray(),
            Arrays.copyOf(starts, count),
            Arrays.copyOf(ends, count),
            count,
            first,
            offset,
            rejected,
            size,
            lines.size(),
            0,
            known,
            null);
    line += lines.size();
    position = offset + size;
    cut.add(new Cut(new Work(block, counts), lines.stream().map(Text::line).toList()));
  }

  @Override
  public boolean isReadable() {
    return true;
  }

  @Override
  public boolean isEndless() {
    return endless;
  }

  @Override
  public Set<LogFormat> formats() {
    return dialect == null ? Set.of() : Set.of(dialect.format());
  }

  @Override
  public List<String> detections() {
    var found = counts.detection();
    return List.of("%s: %s".formatted(name, found == null ? "nothing is ready" : found.inWords()));
  }

  @Override
  public List<LogAccount.SourceAccount> accounts() {
    return List.of(counts.account());
  }

  @Override
  public long position() {
    return counts.account().bytes();
  }

  @Override
  public long size() {
    return -1;
  }

  @Override
  public long lines() {
    return counts.lines();
  }

  @Override
  public long rejected() {
    return counts.rejected();
  }

  @Override
  public List<String> guarantees() {
    return List.of(name + ": " + guarantee);
  }

  @Override
  public Cursor<Work> open() {
    return new Reading();
  }

  private final class Reading implements Cursor<Work> {
    @Override
    public @Nullable Work next() throws IOException, InterruptedException {
      settle();
      while (cut.isEmpty()) {
        boolean some = receive(endless ? LOOK : Duration.ZERO);
        settle();
        if (!some && !endless) {
          return null;
        }
      }
      var next = cut.remove();
      out.put(next.work(), next.lines());
      counts.delivered(next.work());
      return next.work();
    }

    @Override
    public void settled(Work work, Outcome outcome) throws IOException, InterruptedException {
      counts.settled(work, outcome);
      var lines = out.remove(work);
      if (lines != null) {
        settled.add(new Settled(lines, outcome != Outcome.ABANDONED));
      }
      if (inlet.settlesAtOnce()) {
        settle();
      }
    }
  }

  /// Tells the end what was settled since.
  private void settle() throws IOException, InterruptedException {
    settling.lock();
    try {
      var done = new ArrayList<LogEnd.Line>();
      var undone = new ArrayList<LogEnd.Line>();
      for (var one = settled.poll(); one != null; one = settled.poll()) {
        (one.done() ? done : undone).addAll(one.lines());
      }
      if (!done.isEmpty()) {
        int lost = inlet.done(done);
        if (lost > 0) {
          tell.accept(
              "%s: %,d lines were taken over by others meanwhile, and may be written twice"
                  .formatted(name, lost));
        }
      }
      if (!undone.isEmpty()) {
        inlet.undone(undone);
      }
    } finally {
      settling.unlock();
    }
  }

  /// After the last line was settled; what was not is given back.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (inlet) {
      settle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(name + ": interrupted while it was closed");
    }
  }
}
