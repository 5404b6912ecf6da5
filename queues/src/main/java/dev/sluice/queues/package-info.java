/// Queues between processes, on a file or in PostgreSQL, that survive whoever uses them.
///
/// ```text
///   DurableQueue --> Request --> Writer ==> Tables ==> SQLite file | PostgreSQL
///    a caller waits               groups requests into one transaction
///        ^                          |
///        '------- Signals <---------+---- Keeper: due items, ended leases, other processes
/// ```
///
/// Start at [QueueStore], a file or a database, and [DurableQueue], one queue in it. What callers
/// ask for becomes a `Request`; a `Writer` has a connection and a platform thread, takes all
/// requests that wait, and commits them together: many callers share the wait for the disk, and
/// none of them keeps the carrier of a virtual thread. `Tables` says in SQL what a request does;
/// where the two databases differ, `SqliteTables` and `PostgresTables` say how.
@org.jspecify.annotations.NullMarked
package dev.sluice.queues;
