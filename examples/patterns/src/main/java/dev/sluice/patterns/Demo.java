package dev.sluice.patterns;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The systems that can be watched at work: each takes a few seconds, tells what happens, and at
/// the end what became of every item.
public enum Demo {
  COROUTINE("coroutine", "producer and consumer alternate, as if on one thread", Coroutine::demo),
  QUEUE("queue", "a queue object, also as a BlockingQueue of the platform", QueueObject::demo),
  LOCK(
      "lock",
      "a buffer with a lock and two conditions, timed beside the channel",
      LockBuffer::demo),
  PIPELINE(
      "pipeline",
      "2i, then + 1, then a slow consumer; each stage at work at once",
      DataPipeline::demo),
  STREAMING("streaming", "frames at a steady pace, with and without a store", Streaming::demo),
  BASIC("basic", "two producers, three consumers, a buffer of five", Basic::demo),
  PRIORITY("priority", "the lowest number first; and what waits grows more urgent", Priority::demo),
  LOGS("logs", "two access logs into a table and a file", Logs::demo),
  SENTINEL("sentinel", "an end by sentinel, and what close makes of it", Sentinel::demo),
  MULTI_PRODUCER(
      "multi-producer", "items that carry their producer stay in its order", MultiProducer::demo),
  ASYNC("async", "put and get that return futures", Async::demo),
  BOUNDED("bounded", "whoever is faster waits, and for how long", Bounded::demo),
  STEALING("stealing", "idle workers take from the back of others' queues", Stealing::demo),
  FAN_OUT("fan-out", "one producer, many consumers: competing, and each gets all", FanOut::demo),
  FAN_IN("fan-in", "many producers, one consumer; and one of them fails", FanIn::demo);

  private interface Play {
    void run(Narrator narrator) throws Exception;
  }

  private final String id;
  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // methods without state
  private final Play play;

  Demo(String id, String title, Play play) {
    this.id = id;
    this.title = title;
    this.play = play;
  }

  /// What it is called.
  public String id() {
    return id;
  }

  /// What there is to see, in a line.
  public String title() {
    return title;
  }

  /// What all are called, in order.
  public static List<String> ids() {
    return Arrays.stream(values()).map(Demo::id).toList();
  }

  /// The one of that id.
  public static Optional<Demo> of(String id) {
    return Arrays.stream(values()).filter(demo -> demo.id.equals(id)).findFirst();
  }

  /// Runs it, and prints what happens.
  ///
  /// @param coloured whether `out` is a terminal that shows colours
  public void run(PrintStream out, boolean coloured) throws Exception {
    out.println(id + ": " + title);
    out.println();
    play.run(new Story(out, coloured));
  }
}
