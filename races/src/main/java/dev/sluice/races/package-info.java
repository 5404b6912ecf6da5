/// Controlled schedules: plays a scene of a few threads thousands of times, each time in another
/// order of their steps, and tells the order in which it broke.
///
/// ```text
///   Schedules          plays a scene under many schedules, each told by a number
///      |
///   Stage, Part        what a scene sees: starts parts, waits for them, interrupts them
///      |
///   Run                one schedule: who goes on at each step; the clock; who waits for what
///      |   \
///      |    Strategy   chooses who goes on: at random, stickily, or by priorities
///      |
///   Hooks, HookedLock  what the code under test calls instead of parking, locking, looking at the time
///      |
///   Rewriter           puts those calls into the code under test when it is loaded
/// ```
///
/// Each part plays on a virtual thread of its own, but only one of them ever runs: the one that has
/// the turn. At each step (a field, an array, a `VarHandle`, a class of java.util.concurrent; a
/// park, a lock) the turn may go to another. So a schedule is the list of those choices, the
/// choices come from a seed, and a failure can be played again. Time is a number that stands still
/// while threads run and jumps when a timeout fires. A schedule is a sequentially consistent one:
/// what the memory model allows beyond that is for the memory tests.
@NullMarked
package dev.sluice.races;

import org.jspecify.annotations.NullMarked;
