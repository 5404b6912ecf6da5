package dev.sluice.testkit;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Sink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;

/// The sinks that pipelines bring along keep the contract of sinks.
class BuiltInSinksTest {

  abstract static class OfNumbers extends SinkContract<Integer> {
    @Override
    protected Integer item(int number) {
      return number;
    }
  }

  @Nested
  class AFunction extends OfNumbers {
    private final List<Integer> written = Collections.synchronizedList(new ArrayList<>());

    @Override
    protected Sink<Integer> open() {
      written.clear();
      return written::add;
    }

    @Override
    protected List<Integer> written() {
      return List.copyOf(written);
    }
  }

  @Nested
  class AChannel extends OfNumbers {
    private Channel<Integer> channel = Channel.unbounded();
    private final List<Integer> received = new ArrayList<>();

    @Override
    protected Sink<Integer> open() {
      channel = Channel.unbounded();
      received.clear();
      return Sink.of(channel);
    }

    @Override
    protected List<Integer> written() {
      for (var item = channel.tryReceive(); item != null; item = channel.tryReceive()) {
        received.add(item);
      }
      return List.copyOf(received);
    }
  }
}
