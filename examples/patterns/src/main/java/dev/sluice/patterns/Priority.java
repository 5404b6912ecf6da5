package dev.sluice.patterns;

import dev.sluice.channels.Channel;
import dev.sluice.channels.Clock;
import java.time.Duration;

/// The lowest number first, and first in, first out among equals.
final class Priority {
  private Priority() {}

  /// A task: nothing about it can be compared but its level.
  record Task(int level, String what) {
    @Override
    public String toString() {
      return what + " (level " + level + ")";
    }
  }

  static Channel<Task> tasks(int capacity) {
    // @start region="priority"
    return Channel.priority(capacity, Task::level);
    // @end
  }

  /// Nothing starves: whatever has waited for so long rises by a level.
  static Channel<Task> ageing(int capacity, Duration step, Clock clock) {
    // @start region="ageing"
    return Channel.<Task>builder().clock(clock).ageing(step).priority(capacity, Task::level);
    // @end
  }

  static void demo(Narrator narrator) throws Exception {
    var tasks = tasks(10);
    narrator.send("producer", tasks, new Task(3, "sweep"));
    narrator.send("producer", tasks, new Task(1, "put out the fire"));
    narrator.send("producer", tasks, new Task(2, "serve the first guest"));
    narrator.send("producer", tasks, new Task(2, "serve the second guest"));
    tasks.close();
    for (var task : tasks) {
      Thread.sleep(150);
      narrator.tell("consumer", "does: " + task);
    }
    narrator.account(tasks.stats());

    var ageing = ageing(10, Duration.ofMillis(300), Clock.system());
    narrator.send("producer", ageing, new Task(3, "sweep"));
    for (int i = 1; i <= 6; i++) {
      narrator.send("producer", ageing, new Task(1, "urgent " + i));
      narrator.tell("consumer", "does: " + ageing.receive());
      Thread.sleep(150);
    }
    ageing.close();
    for (var task : ageing) {
      narrator.tell("consumer", "does: " + task);
    }
    narrator.tell("consumer", "did sweep, though there was always something more urgent");
    narrator.account(ageing.stats());
  }
}
