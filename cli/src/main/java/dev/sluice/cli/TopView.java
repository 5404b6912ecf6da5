package dev.sluice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A snapshot of a monitor as text: what `sluice top` draws.
final class TopView {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int BAR = 10;

  private static final List<String> OUTCOMES =
      List.of("out", "filtered", "dropped", "deadLettered", "abandoned", "inFlight");

  private static final Map<String, String> WORDS =
      Map.of("deadLettered", "dead-lettered", "inFlight", "in flight");

  /// What the tables need with their bars.
  private static final int WIDE = 100;

  private final boolean colour;
  private final boolean wide;
  private final StringBuilder text = new StringBuilder();

  /// @param columns how wide a line may be; in a narrow window there are no bars
  TopView(boolean colour, int columns) {
    this.colour = colour;
    wide = columns >= WIDE;
  }

  /// Reads what `/api/snapshot` answers.
  ///
  /// @throws tools.jackson.core.JacksonException if it is no JSON
  static Map<String, Object> parse(byte[] json) {
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      return object(parser);
    }
  }

  private static Map<String, Object> object(JsonParser parser) {
    var object = new LinkedHashMap<String, Object>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        var list = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> parser.getString();
    };
  }

  /// As many lines as fit, cut off where they are too long.
  List<String> lines(Map<String, Object> snapshot, Screen.Size size) {
    var lines = text(snapshot).lines().map(line -> Screen.cut(line, size.columns())).toList();
    if (lines.size() <= size.rows()) {
      return lines;
    }
    int shown = Math.max(0, size.rows() - 1);
    var some = new ArrayList<>(lines.subList(0, shown));
    some.add("and %d more lines: the window is too low".formatted(lines.size() - shown));
    return some;
  }

  String text(Map<String, Object> snapshot) {
    for (var alarm : objects(snapshot, "alarms")) {
      text.append(marked("! " + string(alarm, "text"))).append('\n');
    }
    var pipelines = objects(snapshot, "pipelines");
    pipelines.forEach(this::pipeline);
    var channels = objects(snapshot, "channels");
    if (!channels.isEmpty()) {
      row("channel", "waiting", "", "sent/s", "received/s", "dropped", "oldest");
      channels.forEach(this::channel);
    }
    var unreadable = objects(snapshot, "unreadable");
    for (var queue : unreadable) {
      text.append(
              marked(
                  "! %s can't be read since %s: %s"
                      .formatted(
                          string(queue, "name"), string(queue, "since"), string(queue, "reason"))))
          .append('\n');
    }
    if (pipelines.isEmpty() && channels.isEmpty() && unreadable.isEmpty()) {
      text.append("nothing is watched there\n");
    }
    return text.toString();
  }

  private void pipeline(Map<String, Object> pipeline) {
    var name = string(pipeline, "name");
    line(
        "%s: %s, %s items a second, for %s",
        colour ? "\033[1m" + name + "\033[0m" : name,
        string(pipeline, "state").toLowerCase(Locale.ROOT),
        count(number(pipeline, "rate")),
        seconds(number(pipeline, "seconds")));
    var account = object(pipeline, "account");
    var parts = new ArrayList<String>();
    for (var outcome : OUTCOMES) {
      parts.add(count(number(account, outcome)) + " " + WORDS.getOrDefault(outcome, outcome));
    }
    line("  in %s = %s", count(number(account, "in")), String.join(" + ", parts));
    stageRow("stage", "items/s", "busy", "starved", "blocked", "waiting", "", "oldest", "workers");
    var limit = string(pipeline, "bottleneck");
    for (var stage : objects(pipeline, "stages")) {
      stage(stage, string(stage, "name").equals(limit));
    }
    // The lines between are the table above once more.
    var explanation = string(pipeline, "explanation").lines().toList();
    explanation.stream()
        .skip(1)
        .filter(sentence -> !sentence.startsWith("  "))
        .forEach(sentence -> line("  %s", sentence));
    text.append('\n');
  }

  private void stage(Map<String, Object> stage, boolean limits) {
    double capacity = number(stage, "capacity");
    double queued = number(stage, "queued");
    int begun = text.length();
    stageRow(
        string(stage, "name"),
        count(number(stage, "inRate")),
        percent(number(stage, "busy")),
        percent(number(stage, "starved")),
        percent(number(stage, "blocked")),
        capacity == 0 ? "" : count(queued) + "/" + count(capacity),
        capacity == 0 ? "" : bar(queued / capacity),
        capacity == 0 ? "" : seconds(number(stage, "oldest")),
        count(number(stage, "workers")));
    text.setLength(text.length() - 1);
    double failed = number(stage, "failed");
    if (failed > 0) {
      text.append("  ").append(count(failed)).append(" failed");
    }
    if (limits) {
      text.append("  <- limits the rate");
      var marked = marked(text.substring(begun));
      text.setLength(begun);
      text.append(marked);
    }
    text.append('\n');
  }

  private void channel(Map<String, Object> channel) {
    double capacity = number(channel, "capacity");
    double size = number(channel, "size");
    row(
        string(channel, "name"),
        count(size) + "/" + count(capacity),
        bar(size / Math.max(1, capacity)),
        count(number(channel, "sentRate")),
        count(number(channel, "receivedRate")),
        count(number(channel, "dropped")),
        seconds(number(channel, "oldest")));
  }

  private void stageRow(Object... cells) {
    if (wide) {
      line("  %-18.18s %10s %5s %8s %8s %12s %-10s %8s %8s", cells);
    } else {
      line("  %1$-14.14s %2$9s %3$5s %4$7s %5$7s %6$11s %8$8s %9$7s", cells);
    }
  }

  private void row(Object... cells) {
    if (wide) {
      line("%-20.20s %12s %-10s %10s %11s %8s %8s", cells);
    } else {
      line("%1$-16.16s %2$12s %4$10s %5$11s %6$8s %7$8s", cells);
    }
  }

  private static String bar(double share) {
    int full = (int) Math.round(BAR * Math.max(0, Math.min(1, share)));
    return "#".repeat(full) + ".".repeat(BAR - full);
  }

  private String marked(String line) {
    return colour ? "\033[33m" + line + "\033[0m" : line;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is another library's
  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
  }

  private static String count(double number) {
    return String.format(Locale.ROOT, "%,.0f", number);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }

  private static String seconds(double seconds) {
    return seconds < 1
        ? String.format(Locale.ROOT, "%.0f ms", 1e3 * seconds)
        : String.format(Locale.ROOT, "%,.1f s", seconds);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> of, String name) {
    return of.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> objects(Map<String, Object> of, String name) {
    return of.get(name) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
  }

  private static double number(Map<String, Object> of, String name) {
    return of.get(name) instanceof Double number ? number : 0;
  }

  /// What it says, without what a terminal would obey.
  private static String string(Map<String, Object> of, String name) {
    return of.get(name) instanceof String found
        ? found.lines().map(Screen::printable).reduce((a, b) -> a + "\n" + b).orElse("")
        : "";
  }
}
