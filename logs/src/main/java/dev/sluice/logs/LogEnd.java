package dev.sluice.logs;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/// A place beyond files and databases that log lines come from and records go to: a queue. Others
/// provide it, as a service ([java.util.ServiceLoader]); a user names it by its scheme.
public interface LogEnd {
  /// What stands before the first `:`.
  String scheme();

  /// How to name such a place, for messages: `queue:QUEUE`.
  String usage();

  /// How messages call the place that a user named; the same for all names of the same place, and
  /// without a secret. Touches nothing.
  ///
  /// @param rest what stands after the first `:`
  /// @throws UsageException if there can be no such place
  String place(String rest);

  /// Opens the place to write to.
  ///
  /// @throws IOException with a message that a user can act on
  Outlet outlet(String rest) throws IOException;

  /// What a user may rely on who reads from the place.
  default String guarantee(String rest) {
    return "each line is read at least once, and removed there when every target has it; after a kill -9 what was"
        + " written and not yet removed is written again";
  }

  /// Opens the place to read from.
  ///
  /// @param endless whether it is to be read on after its end
  /// @throws UsageException if it is not there
  /// @throws IOException with a message that a user can act on
  Inlet inlet(String rest, boolean endless) throws IOException;

  /// Takes records.
  interface Outlet extends Closeable {
    /// Stores all of `records`, waiting for room; if it throws, some may be stored. After it
    /// returns they stay stored, even if this process is killed.
    ///
    /// @param records each as JSON in UTF-8
    void write(List<byte[]> records) throws IOException, InterruptedException;
  }

  /// Gives lines. Used by one thread at a time, unless it [#settlesAtOnce].
  interface Inlet extends Closeable {
    /// Whether [#done] and [#undone] never wait, and any thread may call them while another
    /// receives. Then each line is settled as soon as it is known what became of it, and not only
    /// when more are asked for: there may be no more before.
    default boolean settlesAtOnce() {
      return false;
    }

    /// How many lines that were received together may be settled together, at most: one if others
    /// wait for each of them.
    default int mostTogether() {
      return Integer.MAX_VALUE;
    }

    /// Up to `most` lines, waiting up to `patience` for the first; empty if none came. Without
    /// patience it waits for what was there when this was opened, and no more. They are the
    /// caller's until it settles them or closes this, which gives them back.
    List<Line> receive(int most, Duration patience) throws IOException, InterruptedException;

    /// Removes lines for good.
    ///
    /// @return how many of them were not the caller's any more: others have them too
    int done(Collection<Line> lines) throws IOException, InterruptedException;

    /// Gives lines back, as if they had not been received.
    void undone(Collection<Line> lines) throws IOException, InterruptedException;
  }

  /// A line that was received.
  interface Line {
    /// Its text, without a line end: in UTF-8, unless the user says otherwise.
    byte[] bytes();
  }
}
