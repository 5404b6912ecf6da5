package dev.sluice.queues;

import dev.sluice.queues.Request.Action;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A file or a database that holds queues, opened by this process.
///
/// Any number of processes may have the same one open, and any number of threads may use it.
/// Opening takes nothing from anybody: what others have leased stays theirs.
public final class QueueStore implements AutoCloseable {
  private static final long CLOSE_PATIENCE = TimeUnit.SECONDS.toMillis(60);

  private final Engine engine;
  private final Owner owner;
  private final Signals signals = new Signals();
  private final Leases leases = new Leases();
  private final BlockingQueue<Request<?>> waiting = new LinkedBlockingQueue<>();
  private final Action<Boolean> end = new Action<>(List.of(), tables -> true);
  private final List<Thread> writers = new ArrayList<>();
  private final Keeper keeper;
  private final Thread watcher;
  private final Thread keeping;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile long used = System.nanoTime();

  private QueueStore(Engine engine, Owner owner, Schema schema, long patience)
      throws QueueException {
    this.engine = engine;
    this.owner = owner;
    try {
      engine.prepare(schema);
    } catch (SQLException e) {
      throw engine.explain(e);
    }
    keeper = new Keeper(this, engine, signals, leases);
    for (int i = 0; i < engine.writers(); i++) {
      var writer = new Writer(engine, waiting, this::committed, it -> it == end, patience);
      writers.add(start("sluice-queue-writer-" + i, writer));
    }
    keeping = start("sluice-queue-keeper", keeper);
    watcher =
        start(
            "sluice-queue-watcher",
            () -> {
              try {
                engine.watch(signals);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // closed
              }
            });
    long pid = owner.pid();
    try {
      perform(
          new Action<>(
              List.of(),
              tables -> {
                tables.administration.enter(pid, owner.started(), owner.host());
                return true;
              }));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new QueueException(engine.name() + ": interrupted while it was opened", e);
    } catch (QueueException e) {
      close();
      throw e;
    }
  }

  /// Opens a file, which is made if there is none; its directory must be there.
  public static QueueStore open(Path file) throws QueueException {
    return open(file, StoreOptions.standard());
  }

  /// Opens a file, which is made if there is none; its directory must be there.
  public static QueueStore open(Path file, StoreOptions options) throws QueueException {
    return open(new QueueAddress.OfFile(file, "default"), options);
  }

  /// Opens what `address` names.
  public static QueueStore open(QueueAddress address, StoreOptions options) throws QueueException {
    return open(address, options, Time.system(), Schema.current());
  }

  static QueueStore open(QueueAddress address, StoreOptions options, Time time, Schema schema)
      throws QueueException {
    var owner = Owner.current();
    long patience = options.patience().toMillis();
    var engine =
        switch (address) {
          case QueueAddress.OfFile file ->
              new SqliteEngine(file.path(), options.durability(), patience, owner, time);
          case QueueAddress.Postgres server -> new PostgresEngine(server, owner, time);
        };
    return new QueueStore(engine, owner, schema, patience);
  }

  private static Thread start(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).start(work);
  }

  /// The queue of that name, as it is; it is made with the standard options if there is none.
  public <T> DurableQueue<T> queue(String name, Codec<T> codec)
      throws QueueException, InterruptedException {
    return queue(name, codec, QueueOptions.standard(), false);
  }

  /// The queue of that name, which is made if there is none. What `options` say of the queue is
  /// stored with it and holds for all who use it.
  public <T> DurableQueue<T> queue(String name, Codec<T> codec, QueueOptions options)
      throws QueueException, InterruptedException {
    return queue(name, codec, options, true);
  }

  /// The queue of that name with its options changed by `change`: what it does not touch stays as
  /// it was set, by whomever.
  public <T> DurableQueue<T> queue(String name, Codec<T> codec, UnaryOperator<QueueOptions> change)
      throws QueueException, InterruptedException {
    return queue(name, codec, change.apply(queue(name, codec).options()));
  }

  private <T> DurableQueue<T> queue(
      String name, Codec<T> codec, QueueOptions options, boolean named)
      throws QueueException, InterruptedException {
    DurableQueue.checkName(name);
    record Found(long id, QueueOptions options) {}
    var found =
        perform(
            new Action<>(
                List.of(),
                tables -> {
                  long id = tables.administration.queue(name, options, named);
                  return new Found(id, tables.administration.options(id, options));
                }));
    return new DurableQueue<>(this, engine, found.id(), name, codec, found.options());
  }

  /// The names of the queues that are there.
  public List<String> queues() throws QueueException, InterruptedException {
    return perform(new Action<>(List.of(), tables -> tables.administration.queues()));
  }

  /// Gives room on the disk back now, which otherwise happens little by little.
  public void compact() throws QueueException, InterruptedException {
    perform(
        new Action<>(
            List.of(),
            tables -> {
              tables.compact();
              return true;
            }));
  }

  /// Who this is in the tables: `PID@HOST`.
  public String holder() {
    return owner.name();
  }

  Signals signals() {
    return signals;
  }

  Leases leases() {
    return leases;
  }

  boolean isClosed() {
    return closed.get();
  }

  boolean isIdle() {
    return System.nanoTime() - used > TimeUnit.MILLISECONDS.toNanos(900);
  }

  /// Hands `request` over to be done; not after the end.
  <R extends Request<?>> R submit(R request) throws QueueException {
    checkOpen();
    waiting.add(request);
    if (closed.get() && waiting.remove(request)) {
      checkOpen();
    }
    return request;
  }

  void checkOpen() throws QueueException {
    if (closed.get()) {
      throw new QueueException(engine.name() + ": was closed");
    }
  }

  /// Has `request` done.
  <R extends @Nullable Object> R perform(Request<R> request)
      throws QueueException, InterruptedException {
    return submit(request).await();
  }

  private void committed(Effects effects) {
    used = System.nanoTime();
    signals.tell(effects);
    if (effects.due() != Long.MAX_VALUE) {
      keeper.dueIn(0);
    }
  }

  /// Ends the use: gives back what is still leased, without an attempt counted, and waits until
  /// what was begun is done. Calls that wait fail.
  ///
  /// Items that were received and not settled will be received again: settle them before.
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    var giving = new Action<>(List.of(), tables -> tables.settling.releaseAll());
    waiting.add(giving);
    waiting.add(end);
    signals.end();
    watcher.interrupt();
    engine.close();
    boolean interrupted = false;
    var threads = new ArrayList<>(writers);
    threads.add(keeping);
    threads.add(watcher);
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_PATIENCE);
    for (var thread : threads) {
      LockSupport.unpark(thread);
      while (thread.isAlive() && !thread.equals(Thread.currentThread())) {
        try {
          long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
          if (left <= 0 || thread.join(Duration.ofMillis(left))) {
            break;
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    for (var left : new ArrayList<>(waiting)) {
      if (!left.equals(end) && left.take()) {
        left.fail(new QueueException(engine.name() + ": was closed"));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
