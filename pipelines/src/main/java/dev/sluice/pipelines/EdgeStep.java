package dev.sluice.pipelines;

import dev.sluice.channels.ClosedException;
import dev.sluice.channels.Sender;
import java.util.concurrent.atomic.AtomicReference;

/// Hands over to the next worker.
final class EdgeStep extends Step {
  private final Sender<Item> sender;

  EdgeStep(Sender<Item> sender) {
    super(new AtomicReference<>());
    this.sender = sender;
  }

  @Override
  void accept(Object value, Lineage lineage) {
    try {
      sender.send(new Item(value, lineage));
    } catch (ClosedException e) {
      lineage.settle(Outcome.ABANDONED);
      throw new Stopped();
    } catch (InterruptedException e) {
      lineage.settle(Outcome.ABANDONED);
      Thread.currentThread().interrupt();
      throw new Stopped();
    }
  }

  @Override
  void complete() {
    sender.close();
  }

  @Override
  void release() {
    sender.close();
  }
}
