package dev.sluice.lab;

/// The program that settings stand for, on the library alone: ready to copy and run.
final class Code {
  private Code() {}

  static String of(Settings settings) {
    int stages = settings.number(Knob.STAGES);
    var code = new StringBuilder();
    code.append(
        """
        import dev.sluice.channels.*;
        import java.time.Duration;
        import java.util.*;

        public class Played {
          record Item(int producer, int number, int level) {}

        """);
    for (int stage = 0; stage < stages; stage++) {
      code.append(
          "  static final %s<Item> buffer%d = Channel.<Item>builder()%s;%n"
              .formatted(
                  settings.is(Knob.KIND, "stealing") ? "StealingChannel" : "Channel",
                  stage + 1,
                  making(settings, stage)));
    }
    code.append("%n  public static void main(String[] args) throws Exception {%n".formatted());
    code.append("    var threads = new ArrayList<Thread>();%n".formatted());
    boolean branches = settings.branches();
    senders(code, 1, settings.number(Knob.PRODUCERS));
    for (int stage = 1; stage < stages; stage++) {
      senders(
          code,
          stage + 1,
          branches ? settings.number(Knob.PRODUCERS) : settings.workers(stage - 1));
    }
    var start =
        settings.is(Knob.THREADS, "platform")
            ? "Thread.ofPlatform().start"
            : "Thread.startVirtualThread";
    code.append("    for (int p = 0; p < %d; p++) {%n".formatted(settings.number(Knob.PRODUCERS)));
    code.append("      int producer = p;%n".formatted());
    code.append("      threads.add(%s(() -> {%n".formatted(start));
    var open = new StringBuilder("var out1 = to1.get(producer)");
    for (int stage = 1; branches && stage < stages; stage++) {
      open.append("; var out%d = to%d.get(producer)".formatted(stage + 1, stage + 1));
    }
    code.append("        try (%s) {%n".formatted(open));
    code.append("          for (int number = 0; number < 100; number++) {%n".formatted());
    code.append(
        "            Thread.sleep(Duration.ofMillis(%d)); // the work of making one%n"
            .formatted(Math.round(1e3 / settings.get(Knob.RATE))));
    code.append(
        "            var item = new Item(producer, number, Math.random() < %s ? 0 : 1);%n"
            .formatted(settings.get(Knob.URGENT) / 100));
    sending(code, settings, 1);
    for (int stage = 1; branches && stage < stages; stage++) {
      sending(code, settings, stage + 1);
    }
    code.append(
        """
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
            }
        """);
    for (int stage = 1; stage <= stages; stage++) {
      worker(code, settings, stage, start);
    }
    code.append(
        """
            for (var thread : threads) {
              thread.join();
            }
          }
        }
        """);
    return code.toString();
  }

  private static String making(Settings settings, int stage) {
    var overflow =
        switch (settings.overflow()) {
          case "fail" -> ".onOverflow(Overflow.fail())";
          case "drop-oldest" ->
              ".onOverflow(Overflow.dropOldest(item -> System.out.println(\"dropped \" + item)))";
          case "drop-newest" ->
              ".onOverflow(Overflow.dropNewest(item -> System.out.println(\"dropped \" + item)))";
          default -> "";
        };
    int capacity = settings.number(Knob.CAPACITY);
    int ageing = settings.number(Knob.AGEING);
    return overflow
        + switch (settings.text(Knob.KIND)) {
          case "rendezvous" -> ".rendezvous()";
          case "latest" -> ".latest()";
          case "stealing" -> ".stealing(%d, %d)".formatted(settings.workers(stage), capacity);
          case "priority" ->
              (ageing > 0 ? ".ageing(Duration.ofMillis(%d))".formatted(ageing) : "")
                  + ".priority(%d, Item::level)".formatted(capacity);
          default -> ".bounded(%d)".formatted(capacity);
        };
  }

  private static void senders(StringBuilder code, int stage, int count) {
    code.append(
        "    var to%d = buffer%d.senders(%d); // it closes when the last of them has%n"
            .formatted(stage, stage, count));
  }

  private static void sending(StringBuilder code, Settings settings, int stage) {
    if (settings.overflow().equals("fail")) {
      code.append(
          """
                      try {
                        out%d.send(item);
                      } catch (FullException e) {
                        System.out.println("refused " + item);
                      }
          """
              .formatted(stage));
    } else {
      code.append("            out%d.send(item);%n".formatted(stage));
    }
  }

  private static void worker(StringBuilder code, Settings settings, int stage, String start) {
    boolean passes = !settings.branches() && stage < settings.number(Knob.STAGES);
    code.append("    for (int w = 0; w < %d; w++) {%n".formatted(settings.workers(stage - 1)));
    code.append("      int worker = w;%n".formatted());
    code.append("      threads.add(%s(() -> {%n".formatted(start));
    code.append(
        "        try%s {%n"
            .formatted(
                passes ? " (var out%d = to%d.get(worker))".formatted(stage + 1, stage + 1) : ""));
    code.append(
        "          for (var item : buffer%d%s) {%n"
            .formatted(stage, settings.is(Knob.KIND, "stealing") ? ".worker(worker)" : ""));
    code.append(
        "            Thread.sleep(Duration.ofMillis(%d)); // the work on one%n"
            .formatted(Math.round(settings.service(stage - 1) * 1e3)));
    if (passes) {
      sending(code, settings, stage + 1);
    } else {
      code.append(
          "            System.out.println(\"worker \" + worker + \" of stage %d: \" + item);%n"
              .formatted(stage));
    }
    code.append(
        """
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
            }
        """);
  }
}
