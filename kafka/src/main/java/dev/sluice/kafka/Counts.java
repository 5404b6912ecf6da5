package dev.sluice.kafka;

import java.util.concurrent.atomic.AtomicLong;

/// What a reading has done, as [ReaderStats] tells it.
final class Counts {
  final AtomicLong polled = new AtomicLong();
  final AtomicLong handedOut = new AtomicLong();
  final AtomicLong settled = new AtomicLong();
  final AtomicLong givenBack = new AtomicLong();
  final AtomicLong doneBefore = new AtomicLong();
  final AtomicLong commits = new AtomicLong();
  final AtomicLong commitsFailed = new AtomicLong();
  final AtomicLong revoked = new AtomicLong();
  final AtomicLong lost = new AtomicLong();
  final AtomicLong buried = new AtomicLong();

  ReaderStats stats() {
    return new ReaderStats(
        polled.get(),
        handedOut.get(),
        settled.get(),
        givenBack.get(),
        doneBefore.get(),
        commits.get(),
        commitsFailed.get(),
        revoked.get(),
        lost.get(),
        buried.get());
  }
}
