package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Sender;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Slow;
import dev.sluice.pipelines.Source;
import java.time.Duration;
import java.util.Random;

/// A stream of frames at a steady pace, however unsteadily they come.
final class Streaming {
  private static final Duration FRAME = Duration.ofMillis(20);
  private static final int FRAMES = 150;

  private Streaming() {}

  /// @param ahead how many frames are gathered before the first is shown, and again after an
  ///   underflow
  static Pipe<Integer> play(Source<Integer> network, Duration frame, int ahead) {
    // @start region="streaming"
    return Pipeline.from(network)
        .buffer(200, Slow.DROP_OLDEST) // what would come too late is dropped, and counted
        .pace(frame, ahead, 0)
        .named("screen");
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    long without = watch(narrator, 1);
    long with = watch(narrator, 20);
    narrator.tell(
        "account",
        "%d frames each time: %d underflows without a store, %d with one of 20 frames"
            .formatted(FRAMES, without, with));
  }

  /// Shows frames that come in bursts, and returns how often there was none when its time had come.
  private static long watch(Narrator narrator, int ahead) throws Exception {
    var network = Channel.<Integer>bounded(200);
    var pipeline =
        play(Source.of(network), FRAME, ahead)
            .to(frame -> {
              if (frame % 50 == 0) {
                narrator.tell("screen", "shows frame " + frame);
              }
            });
    narrator.tell("screen", "begins when %d frames are there".formatted(ahead));
    try (var running = pipeline.start()) {
      transmit(network);
      running.await();
      long underflows = running.stage("screen").underflows();
      narrator.tell("screen", "had nothing to show %d times".formatted(underflows));
      return underflows;
    }
  }

  /// Sends frames as fast as they are shown on average, but several at a time.
  private static void transmit(Sender<Integer> network) throws InterruptedException {
    var random = new Random(7);
    for (int frame = 1; frame <= FRAMES; ) {
      int burst = Math.min(1 + random.nextInt(10), FRAMES - frame + 1);
      Thread.sleep(FRAME.multipliedBy(burst));
      for (int i = 0; i < burst; i++) {
        network.send(frame++);
      }
    }
    network.close();
  }
}
