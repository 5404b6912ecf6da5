package dev.sluice.queues;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the tables are: what differs between a file and a server, apart from SQL.
interface Engine extends AutoCloseable {

  /// What a failure means for who wanted something.
  enum Trouble {
    /// The connection is gone. Another one may serve.
    LOST,
    /// Another transaction was in the way: the same again may do.
    AGAIN,
    /// Nothing can be done now, by anybody.
    ALL,
    /// This request, or these tables, are not as they should be.
    OTHER
  }

  /// How messages call this place: `file:jobs.db`.
  String name();

  /// How many transactions at once are of use.
  int writers();

  /// Whether a transaction that only leases costs little: whoever leases dies by the same loss of
  /// power that the lease may be lost by.
  boolean leasesLightly();

  /// Makes the tables or brings them up to date. Called once, before anything else.
  void prepare(Schema schema) throws SQLException, QueueException;

  /// Makes a connection for one thread.
  Tables connect() throws SQLException;

  /// The tables by a connection of the caller's own, in whatever transaction it is in.
  ///
  /// @throws IllegalArgumentException if it leads elsewhere
  Tables over(Connection callers) throws SQLException;

  /// Begins a transaction.
  ///
  /// @param marker a name for it, that the tables then know if it was committed; null if nobody
  ///   will have to know
  /// @param light whether it only leases; see [#leasesLightly]
  /// @return false if one of that name has been committed before: then none is begun
  boolean begin(Tables tables, @Nullable String marker, boolean light) throws SQLException;

  void commit(Tables tables) throws SQLException;

  void rollback(Tables tables) throws SQLException;

  Trouble trouble(SQLException e);

  /// `e` as users are told of it.
  QueueException explain(SQLException e);

  /// Tells other processes what has become ready in a committed transaction; called on the thread
  /// of the connection, outside of a transaction.
  void announce(Tables tables, Effects effects) throws SQLException;

  /// The same in a transaction of a caller's own: it is told when that is committed.
  default void announceWithin(Tables tables, Effects effects) throws SQLException {}

  /// Does what was put off; called now and then, on a connection of the caller's own.
  void tick(Tables reader, boolean idle) throws SQLException;

  /// Whether anything was put off.
  default boolean hasNotices() {
    return false;
  }

  /// Watches what other processes do and tells `signals`, until the thread is interrupted.
  void watch(Signals signals) throws InterruptedException;

  /// Owners that are known not to live any more.
  List<Long> deadOwners(Tables reader) throws SQLException;

  @Override
  void close();
}
