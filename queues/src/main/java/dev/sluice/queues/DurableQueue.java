package dev.sluice.queues;

import static java.util.Objects.requireNonNull;

import dev.sluice.pipelines.Sink;
import dev.sluice.queues.Request.Action;
import dev.sluice.queues.Request.Claim;
import dev.sluice.queues.Request.Send;
import dev.sluice.queues.Request.Settle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A queue that its items survive in: they stay until a receiver says that it has dealt with them,
/// whoever dies meanwhile.
///
/// |           | room            | full                        | an item             | none, or paused     |
/// |-----------|-----------------|-----------------------------|---------------------|---------------------|
/// | `send`    | stores it       | waits                       |                     |                     |
/// | `trySend` | stores it       | null                        |                     |                     |
/// | `send(connection, ...)` | stores it | [QueueFullException] |                     |                     |
/// | `receive` |                 |                             | leases it           | waits               |
/// | `tryReceive` |              |                             | leases it           | null                |
///
/// - **Delivery is at least once.** An item whose `send` returned is received until a receiver
///   acknowledges it: again when its holder gives it back, fails, dies, or lets the lease end.
///   Whoever lost a lease has no say over the item any more.
/// - **Order**: the smaller priority first; then by the time since when an item could be received,
///   which is when it was sent, or due, or is to be tried again. Items of the same key come one at
///   a time and as they were sent: one that is kept back, or failed and waits, holds up those
///   behind it; a dead letter doesn't ([QueueOptions#strictKeys]).
/// - **Attempts** are failures that were told ([Leased#retry]), and leases that ended while the
///   item was received by itself. Of a batch whose lease ended nobody knows which item was to
///   blame: none is charged, and from then on each of them is received alone.
/// - A thread that is interrupted while it waits gets an `InterruptedException`: then nothing was
///   stored, or leased, or settled by the call.
///
/// @param <T> what it holds; never null
public final class DurableQueue<T> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
  private static final int MOST_AT_ONCE = 1000;

  private final QueueStore store;
  private final Engine engine;
  private final long queue;
  private final String name;
  private final Codec<T> codec;
  private final QueueOptions options;

  DurableQueue(
      QueueStore store,
      Engine engine,
      long queue,
      String name,
      Codec<T> codec,
      QueueOptions options) {
    this.store = store;
    this.engine = engine;
    this.queue = queue;
    this.name = name;
    this.codec = codec;
    this.options = options;
  }

  static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name of a queue; use 1 to 100 letters, digits, '_', '.' or '-'"
              .formatted(name));
    }
  }

  /// Its name in the store.
  public String name() {
    return name;
  }

  /// How it behaves: what is stored with it, and what was said when it was opened.
  public QueueOptions options() {
    return options;
  }

  long id() {
    return queue;
  }

  QueueStore store() {
    return store;
  }

  // ---------------------------------------------------------------- sending

  /// Stores `value`, waiting for room.
  ///
  /// @throws QueueException if it was not stored, or, if its message says so, nobody knows
  public Sent send(T value) throws QueueException, InterruptedException {
    return send(Outgoing.of(value));
  }

  /// Stores `item`, waiting for room.
  public Sent send(Outgoing<T> item) throws QueueException, InterruptedException {
    return sendAll(List.of(item)).getFirst();
  }

  /// Stores all of `items` at once, waiting for room for all: all are stored, or none.
  ///
  /// @throws IllegalArgumentException if they are more than the queue can ever hold
  public List<Sent> sendAll(Collection<Outgoing<T>> items)
      throws QueueException, InterruptedException {
    return requireNonNull(send(encoded(items), Long.MAX_VALUE));
  }

  /// Stores `item` if there is room now.
  ///
  /// @return null if there was none
  public @Nullable Sent trySend(Outgoing<T> item) throws QueueException, InterruptedException {
    return send(item, Duration.ZERO);
  }

  /// Stores `item`, waiting up to `patience` for room.
  ///
  /// @return null if there was none; the item was not stored
  public @Nullable Sent send(Outgoing<T> item, Duration patience)
      throws QueueException, InterruptedException {
    var sent = send(encoded(List.of(item)), nanos(patience));
    return sent == null ? null : sent.getFirst();
  }

  /// Stores `items` as a part of the transaction that `connection` is in: they are there when, and
  /// if, it is committed. Never waits for room.
  ///
  /// The connection must lead to the same file, or the same database. On a file begin the
  /// transaction with `BEGIN IMMEDIATE`: SQLite refuses a write in one that has only read, if
  /// anyone has written since. Keys of items stay locked until the end of the transaction.
  ///
  /// @throws QueueFullException if there is no room
  /// @throws SQLException if the database fails; what the transaction is worth then, it says
  public List<Sent> sendAll(Connection connection, Collection<Outgoing<T>> items)
      throws QueueException, SQLException {
    var send = new Send(queue, encoded(items));
    if (send.items.isEmpty()) {
      return List.of();
    }
    var tables = engine.over(connection);
    try {
      tables.lock(send.lanes());
      tables.sending.send(queue, List.of(send));
      tables.writeCounts();
      engine.announceWithin(tables, tables.effects);
    } finally {
      tables.release();
    }
    var sent = send.prepared();
    if (sent == null) {
      throw new QueueFullException(full());
    }
    return sent;
  }

  /// Stores `value` as a part of the transaction that `connection` is in.
  ///
  /// @see #sendAll(Connection, Collection)
  public Sent send(Connection connection, T value) throws QueueException, SQLException {
    return sendAll(connection, List.of(Outgoing.of(value))).getFirst();
  }

  private String full() {
    return "%s: queue %s is full; receive from it, purge its dead letters, or allow it more"
        .formatted(engine.name(), name);
  }

  private List<NewItem> encoded(Collection<Outgoing<T>> items) throws QueueException {
    var encoded = new ArrayList<NewItem>(items.size());
    long bytes = 0;
    for (var item : items) {
      byte[] payload;
      try {
        payload = codec.encode(item.value());
      } catch (Exception e) {
        throw new QueueException("queue %s: cannot write an item: %s".formatted(name, e), e);
      }
      bytes += payload.length;
      encoded.add(
          new NewItem(
              payload,
              item.delay().toMillis(),
              item.at(),
              item.priority(),
              item.key(),
              item.dedup()));
    }
    if (items.size() > options.maxItems() || bytes > options.maxBytes()) {
      throw new IllegalArgumentException(
          "%d items of %d bytes will never fit into queue %s, which holds %d items and %d bytes"
              .formatted(items.size(), bytes, name, options.maxItems(), options.maxBytes()));
    }
    return encoded;
  }

  private @Nullable List<Sent> send(List<NewItem> items, long patience)
      throws QueueException, InterruptedException {
    if (items.isEmpty()) {
      return List.of();
    }
    var sent = store.perform(new Send(queue, items));
    if (sent != null || patience <= 0) {
      return sent;
    }
    var signals = store.signals();
    return signals.awaiting(
        signals.room(queue),
        patience,
        () -> store.perform(new Send(queue, items)),
        found -> found != null);
  }

  // ---------------------------------------------------------------- receiving

  /// Leases the next item, waiting for it as long as it takes.
  public Leased<T> receive() throws QueueException, InterruptedException {
    return requireNonNull(receiveMany(1, Long.MAX_VALUE)).getFirst();
  }

  /// Leases the next item, waiting up to `patience` for it.
  ///
  /// @return null if none came
  public @Nullable Leased<T> receive(Duration patience)
      throws QueueException, InterruptedException {
    var received = receiveMany(1, nanos(patience));
    return received.isEmpty() ? null : received.getFirst();
  }

  /// Leases the next item if there is one now.
  ///
  /// @return null if there is none
  public @Nullable Leased<T> tryReceive() throws QueueException, InterruptedException {
    return receive(Duration.ZERO);
  }

  /// Leases up to `most` items, at most 1,000, waiting up to `patience` for the first.
  ///
  /// @return as many as there are then; empty if none came
  public List<Leased<T>> receiveMany(int most, Duration patience)
      throws QueueException, InterruptedException {
    if (most < 1) {
      throw new IllegalArgumentException("at least 1 item must be wanted, but it was " + most);
    }
    return receiveMany(Math.min(most, MOST_AT_ONCE), nanos(patience));
  }

  private List<Leased<T>> receiveMany(int most, long patience)
      throws QueueException, InterruptedException {
    while (true) {
      long began = System.nanoTime();
      var rows = claim(most);
      if (rows.isEmpty() && patience > 0) {
        var signals = store.signals();
        rows =
            signals.awaiting(
                signals.items(queue), patience, () -> claim(most), it -> !it.isEmpty());
      }
      var received = leased(rows == null ? List.of() : rows);
      if (!received.isEmpty() || rows == null || rows.isEmpty()) {
        return received;
      }
      // All that came was unreadable, and is among the dead letters now.
      if (patience != Long.MAX_VALUE) {
        patience -= System.nanoTime() - began;
      }
    }
  }

  private List<Row> claim(int most) throws QueueException, InterruptedException {
    return store.perform(new Claim(queue, most, options.lease().toMillis()));
  }

  private List<Leased<T>> leased(List<Row> rows) throws QueueException, InterruptedException {
    var leased = new ArrayList<Leased<T>>(rows.size());
    for (var row : rows) {
      T value;
      try {
        value = codec.decode(row.payload());
      } catch (Exception e) {
        store.perform(
            new Action<>(
                List.of(row),
                tables ->
                    tables.settling.kill(row, "its bytes cannot be read: " + Leased.describe(e))));
        continue;
      }
      var item = new Leased<T>(store, row, value, options);
      if (options.extending()) {
        store.leases().add(item, row, options.lease().toMillis());
      }
      leased.add(item);
    }
    return leased;
  }

  private static long nanos(Duration patience) {
    return patience.compareTo(Duration.ofDays(365)) > 0
        ? Long.MAX_VALUE
        : Math.max(0, patience.toNanos());
  }

  /// Acknowledges all of `items`, in one commit.
  ///
  /// @return those that were not the receiver's any more
  public List<Leased<T>> ackAll(Collection<Leased<T>> items)
      throws QueueException, InterruptedException {
    if (items.isEmpty()) {
      return List.of();
    }
    var stale = store.perform(new Settle(items.stream().map(Leased::row).toList()));
    items.forEach(item -> store.leases().remove(item.row()));
    var lost = items.stream().filter(item -> stale.contains(item.row())).toList();
    lost.forEach(Leased::markLost);
    return lost;
  }

  // ---------------------------------------------------------------- administration

  /// How it is now.
  public QueueStats stats() throws QueueException, InterruptedException {
    return store.perform(new Action<>(List.of(), tables -> tables.inspection.stats(queue)));
  }

  /// Up to `most` items, by their ids from above `after`; null for those of all states.
  public List<QueueItem> list(@Nullable ItemState state, long after, int most)
      throws QueueException, InterruptedException {
    int code = state == null ? -1 : codeOf(state);
    return store.perform(
        new Action<>(List.of(), tables -> tables.inspection.items(queue, code, after, most)));
  }

  @SuppressWarnings("EnumOrdinal") // the tables' numbers are the order of the constants
  private static int codeOf(ItemState state) {
    return state.ordinal();
  }

  /// Up to `most` items that `condition` holds for, in the order of their ids. Looks through all.
  public List<QueueItem> search(Predicate<? super QueueItem> condition, int most)
      throws QueueException, InterruptedException {
    var found = new ArrayList<QueueItem>();
    long after = 0;
    while (true) {
      var page = list(null, after, 500);
      for (var item : page) {
        if (found.size() < most && condition.test(item)) {
          found.add(item);
        }
      }
      if (page.isEmpty() || found.size() >= most) {
        return found;
      }
      after = page.getLast().id();
    }
  }

  /// The item of that id, or null if it is settled or was never here.
  public @Nullable QueueItem find(long id) throws QueueException, InterruptedException {
    return store.perform(
        new Action<@Nullable QueueItem>(List.of(), t -> t.inspection.find(queue, id)));
  }

  /// What happened to the item of that id, in order, as far as it is kept: a day long, and of what
  /// went well only if the queue records it ([QueueOptions#history]).
  public List<ItemEvent> history(long id) throws QueueException, InterruptedException {
    return store.perform(new Action<>(List.of(), tables -> tables.inspection.history(id)));
  }

  /// Lets receivers get nothing, in no process, until [#resume]. Sending goes on.
  public void pause() throws QueueException, InterruptedException {
    pause(true);
  }

  /// Lets receivers get items again.
  public void resume() throws QueueException, InterruptedException {
    pause(false);
  }

  private void pause(boolean paused) throws QueueException, InterruptedException {
    store.perform(
        new Action<>(
            List.of(),
            tables -> {
              tables.administration.pause(queue, paused);
              return true;
            }));
  }

  /// Makes all dead letters ready again, with all their attempts before them and behind what waits.
  ///
  /// @return how many there were
  public int replayAll() throws QueueException, InterruptedException {
    return inSteps(step -> tables -> tables.administration.replay(queue, 0, Long.MAX_VALUE, step));
  }

  /// Makes one dead letter ready again.
  ///
  /// @return whether there was one of that id
  public boolean replay(long id) throws QueueException, InterruptedException {
    return store.perform(
            new Action<>(List.of(), tables -> tables.administration.replay(queue, id, id, 1)))
        > 0;
  }

  /// Moves items of `state`, which is not [ItemState#LEASED] or [ItemState#BLOCKED], to the end of
  /// another queue of the same store; dead letters become ready. Items with a key or a
  /// deduplication id stay, since these mean something here only; so does what has no room there.
  ///
  /// @return how many were moved
  public int move(ItemState state, DurableQueue<T> target)
      throws QueueException, InterruptedException {
    if (target.store != store) {
      throw new IllegalArgumentException("queue %s is in another store".formatted(target.name));
    }
    if (state == ItemState.LEASED || state == ItemState.BLOCKED) {
      throw new IllegalArgumentException("items that are %s cannot be moved".formatted(state));
    }
    return inSteps(
        step -> tables -> tables.administration.move(queue, target.queue, name, state, step));
  }

  /// Removes items of `state`, which is not [ItemState#LEASED], that were sent more than `age` ago.
  ///
  /// @return how many were removed
  public int purge(ItemState state, Duration age) throws QueueException, InterruptedException {
    if (state == ItemState.LEASED) {
      throw new IllegalArgumentException("items that somebody has cannot be purged");
    }
    long millis = age.toMillis();
    return inSteps(step ->
        tables -> tables.administration.purge(queue, state, tables.now() - millis + 1, step));
  }

  /// In transactions that others need not wait long for.
  private int inSteps(Function<Integer, Action.Work<Integer>> work)
      throws QueueException, InterruptedException {
    int total = 0;
    while (true) {
      int done = store.perform(new Action<>(List.of(), work.apply(MOST_AT_ONCE)));
      total += done;
      if (done < MOST_AT_ONCE) {
        return total;
      }
    }
  }

  // ---------------------------------------------------------------- pipelines

  /// Reads from here into pipelines, without an end; see [QueueSource].
  public QueueSource<T> source() {
    return new QueueSource<>(this, 64, false);
  }

  /// Writes what a pipeline gives it here; what it has counts as out when it is stored. Give it
  /// batches for speed: `batch(500, ofMillis(50)).to(queue.batchSink())`.
  public Sink<T> sink() {
    return this::send;
  }

  /// Writes lists here, each in one commit.
  public Sink<List<T>> batchSink() {
    return items -> sendAll(items.stream().map(Outgoing::of).toList());
  }

  @Override
  public String toString() {
    return engine.name() + "#" + name;
  }
}
