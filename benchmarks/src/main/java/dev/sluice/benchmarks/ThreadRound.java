package dev.sluice.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A round of platform or virtual threads.
class ThreadRound extends Round {

  /// What one thread does.
  interface Party {
    /// @param received for what it receives
    void play(Tally received) throws Exception;
  }

  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  ThreadRound(Cell.Threads kind, List<Party> parties, Tally expected) {
    super(parties.size(), expected);
    for (Party party : parties) {
      threads.add(
          kind == Cell.Threads.VIRTUAL
              ? Thread.ofVirtual().unstarted(() -> run(party))
              : Thread.ofPlatform().daemon().unstarted(() -> run(party)));
    }
  }

  private void run(Party party) {
    try {
      ready();
      gate.await();
      Tally received = new Tally();
      party.play(received);
      done(received);
    } catch (Throwable e) { // also an error: nobody else would see it
      failed(e);
    }
  }

  @Override
  void launch() {
    threads.forEach(Thread::start);
  }

  @Override
  void open() {
    gate.countDown();
  }

  @Override
  void abandon() {
    threads.forEach(Thread::interrupt);
  }
}
