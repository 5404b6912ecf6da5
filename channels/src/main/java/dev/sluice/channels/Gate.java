package dev.sluice.channels;

import org.jspecify.annotations.Nullable;

/// Why sending is over, and what to throw then: a channel has one, and each of its registered
/// senders has its own.
///
/// Changed under the channel's lock for closing only. The cause never changes after the seal of the
/// buffer or the close that it tells of: so who has seen either may read it.
final class Gate {
  private final String owner;
  private volatile boolean closed;
  private @Nullable Throwable cause;

  /// @param owner what a message says is closed, such as "the channel"
  Gate(String owner) {
    this.owner = owner;
  }

  boolean isClosed() {
    return closed;
  }

  /// Keeps the first cause of failure, to be told once closed.
  void blame(@Nullable Throwable cause) {
    if (!closed && this.cause == null) {
      this.cause = cause;
    }
  }

  void close() {
    closed = true;
  }

  /// Why it was closed: to be asked once closed.
  @Nullable Throwable cause() {
    return cause;
  }

  /// What to throw at whoever comes too late, having had `sent` of its `count` items accepted.
  ClosedException refusal(int sent, int count) {
    var progress = count == 1 ? "" : "; " + sent + " of " + count + " items were sent";
    return new ClosedException(owner + " is closed" + progress, cause, sent);
  }

  /// What to throw at whoever waits for an item that will never come.
  ClosedException end() {
    return new ClosedException(owner + " is closed and empty", cause);
  }
}
