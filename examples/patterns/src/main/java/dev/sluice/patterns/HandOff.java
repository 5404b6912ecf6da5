package dev.sluice.patterns;

import dev.sluice.channels.Channel;

/// A thread-safe hand-off: every item goes to one receiver, with all that its sender had written.
final class HandOff {
  private HandOff() {}

  /// Something without a lock of its own.
  static final class Letter {
    private String text = "";

    void write(String words) {
      text = words;
    }

    String read() {
      return text;
    }
  }

  /// Hands a letter from one thread to another.
  static String deliver(String words) throws Exception {
    var read = new StringBuilder();
    // @start region="sync"
    var letters = Channel.<Letter>rendezvous();
    try (var team = new Team()) {
      team.play(
          "writer",
          () -> {
            var letter = new Letter();
            letter.write(words); // happens before ...
            letters.send(letter);
          });
      team.play("reader", () -> read.append(letters.receive().read())); // ... this
    }
    // @end
    return read.toString();
  }
}
