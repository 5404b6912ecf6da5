package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// An asynchronous queue: `put` and `get` return futures, and nobody waits on a thread.
final class Async {
  private Async() {}

  /// Asks for so many items before there is one.
  static List<CompletableFuture<String>> ask(Receiver<String> channel, int count) {
    var answers = new ArrayList<CompletableFuture<String>>();
    for (int i = 0; i < count; i++) {
      // @start region="async"
      var answer = channel.receiveAsync(); // completes with an item, or when the channel ends
      // @end
      answers.add(answer);
    }
    return answers;
  }

  static void demo(Narrator narrator) throws Exception {
    var channel = Channel.<String>bounded(2);
    var answers = ask(channel, 5);
    narrator.tell("consumer", "asks for five items, and waits for none of them");
    for (int i = 0; i < answers.size(); i++) {
      var name = "get " + (i + 1);
      answers.set(
          i,
          answers
              .get(i)
              .whenComplete((item, failure) ->
                  narrator.tell(
                      name,
                      failure == null
                          ? "completes with " + item
                          : "ends: " + failure.getMessage())));
    }
    for (int i = 1; i <= 3; i++) {
      Thread.sleep(200);
      narrator.tell("producer", "puts item " + i);
      channel.sendAsync("item " + i).join();
    }
    Thread.sleep(200);
    narrator.tell("producer", "closes: whoever still waits hears of it");
    channel.close();
    for (var answer : answers) {
      answer.handle((_, _) -> "").join();
    }
    narrator.account(channel.stats());
  }
}
