package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.io.Serial;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The body of a [Generator], and the change of control between it and the consumer.
///
/// It doesn't know the generator: the body's thread, which refers to this, would keep it reachable.
final class Coroutine<T> implements Generator.Yield<T> {

  /*
   *              resume                    yields
   *   NEW ----------------> RUNNING ---------------> STANDING
   *    |                    |  |  ^                    |   |
   *    | unwind             |  |  '--------------------'   | unwind: the body runs once more, and
   *    v                    |  |          resume           v the yield where it stood throws
   *   ENDED <---------------'  '----------------------- RUNNING, `unwinding`
   *              returns or throws
   *
   * Whoever leaves a state hands over control: the other waits until it sees the change. Both
   * changes, and interrupts on their way, are made under the lock; so an interrupt is always at one
   * of the two, never at a body that stands still.
   *
   * All other fields belong to the one who has control.
   */

  private enum State {
    NEW,
    RUNNING,
    STANDING,
    ENDED
  }

  /// Unwinds a body that has been closed. An error, so that no `catch (Exception)` takes it.
  private static final class Unwinding extends Error {
    @Serial private static final long serialVersionUID = 1;

    Unwinding() {
      super("the generator is closed: its body has to end", null, false, false);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Generator.Body<T> body;
  private volatile State state = State.NEW; // written under the lock
  private volatile boolean unwinding; // written under the lock
  private @Nullable Thread thread;
  private @Nullable Thread consumer; // guarded by the lock
  private boolean interrupted; // whether the flag comes back to the consumer with control
  private @Nullable T item;
  private @Nullable Throwable failure;

  Coroutine(Generator.Body<T> body) {
    this.body = body;
  }

  // The consumer's side

  /// Runs the body up to its next item.
  ///
  /// @return null if it has ended
  @Nullable T resume() {
    if (state == State.ENDED) {
      return null;
    }
    run();
    var yielded = item;
    item = null;
    return yielded;
  }

  /// Ends the body, and waits until it has.
  void unwind() {
    lock.lock();
    try {
      throwIfRunning();
      unwinding = true;
      if (state == State.NEW) {
        state = State.ENDED;
      }
    } finally {
      lock.unlock();
    }
    if (state != State.ENDED) {
      run();
    }
  }

  /// Lets the body end, and waits for nothing: there is no consumer any more.
  void abandon() {
    Thread standing;
    lock.lock();
    try {
      unwinding = true;
      standing = state == State.STANDING ? thread : null;
      if (standing != null) {
        consumer = null;
        state = State.RUNNING;
      }
    } finally {
      lock.unlock();
    }
    LockSupport.unpark(standing);
  }

  /// Gives control to the body, and waits until it gives it back.
  private void run() {
    boolean begins;
    lock.lock();
    try {
      throwIfRunning();
      begins = state == State.NEW;
      if (begins) {
        thread = Thread.ofVirtual().name("generator").unstarted(this::play);
      }
      consumer = Thread.currentThread();
      state = State.RUNNING;
    } finally {
      lock.unlock();
    }
    var player = requireNonNull(thread);
    if (begins) {
      player.start();
    } else {
      LockSupport.unpark(player);
    }
    while (state == State.RUNNING) {
      passInterrupt(player);
      LockSupport.park(this);
    }
    if (interrupted) {
      interrupted = false;
      Thread.currentThread().interrupt();
    }
    var thrown = failure;
    if (thrown != null) {
      failure = null;
      Coroutine.<RuntimeException>sneak(thrown);
    }
  }

  private void passInterrupt(Thread player) {
    lock.lock();
    try {
      if (state == State.RUNNING && Thread.interrupted()) {
        player.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void throwIfRunning() {
    if (state == State.RUNNING) {
      throw new IllegalStateException(
          "the generator's body is running: one thread at a time may ask for its items, and not the"
              + " body itself");
    }
  }

  @SuppressWarnings("unchecked") // a cast to any throwable: it's erased
  private static <E extends Throwable> void sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }

  // The body's side

  private void play() {
    Throwable thrown = null;
    try {
      body.run(this);
    } catch (Unwinding e) {
      // as it should
    } catch (Throwable e) {
      thrown = e;
    }
    failure = thrown;
    if (!giveBack(State.ENDED) && thrown != null) {
      Coroutine.<RuntimeException>sneak(thrown); // to the handler of uncaught exceptions
    }
  }

  @Override
  public void accept(T item) {
    requireNonNull(item, "an item can't be null");
    if (!Thread.currentThread().equals(thread) || state != State.RUNNING) {
      throw new IllegalStateException("only the generator's body may yield, on its own thread");
    }
    if (!unwinding) {
      this.item = item;
      giveBack(State.STANDING);
      while (state == State.STANDING) {
        LockSupport.park(this);
      }
    }
    if (unwinding) {
      throw new Unwinding();
    }
  }

  /// Gives control to the consumer.
  ///
  /// @return whether there is one
  private boolean giveBack(State state) {
    Thread to;
    lock.lock();
    try {
      to = consumer;
      consumer = null;
      interrupted = Thread.interrupted();
      this.state = state;
    } finally {
      lock.unlock();
    }
    LockSupport.unpark(to);
    return to != null;
  }
}
