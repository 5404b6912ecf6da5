package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A small log and what is in it, from the files beside this class:
///
/// ```text
///   == what it is
///   -- log                       or: -- log escaped, with \t \r \n \0 \xHH and \\
///   its lines
///   -- is nginx_error            what it is recognised as
///   -- named csv                 what the user says it is; without that it is recognised
///   -- skipped 1                 how many headers and runs of NULs; 0 without that
///   -- filtered 1                how many empty lines; 0 without that
///   -- record 1 2026-...Z        line and time, - for none; then its values as JSON, nulls left out
///   level: "error"
///   ...                          and others
///   -- rejected 3 no-level       line and reason
/// ```
///
/// @param form what it is to be recognised as, or named
record CorpusSample(
    String name,
    byte[] log,
    String form,
    boolean named,
    long skipped,
    long filtered,
    List<Expected> records,
    List<Fault> faults) {

  /// @param more whether the record has values besides these
  record Expected(long line, @Nullable String time, Map<String, Object> values, boolean more) {}

  /// What is to be rejected.
  record Fault(long line, String reason) {}

  private static final List<String> FILES =
      List.of("access", "errors", "apps", "containers", "tables", "json", "syslog", "patterns");

  static List<CorpusSample> all() {
    var samples = new ArrayList<CorpusSample>();
    for (var file : FILES) {
      samples.addAll(read(file));
    }
    return samples;
  }

  private static List<CorpusSample> read(String file) {
    String text;
    try (var in =
        Objects.requireNonNull(
            CorpusSample.class.getResourceAsStream("corpus/" + file + ".txt"), file + ".txt")) {
      text = new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var samples = new ArrayList<CorpusSample>();
    Builder current = null;
    for (var line : text.split("\n", -1)) {
      if (line.startsWith("== ")) {
        if (current != null) {
          samples.add(current.build());
        }
        current = new Builder(file + ": " + line.substring(3));
      } else if (current != null) {
        current.add(line);
      }
    }
    if (current != null) {
      samples.add(current.build());
    }
    return samples;
  }

  @Override
  public String toString() {
    return name;
  }

  private static final class Builder {
    private final String name;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final List<Expected> records = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private String form = "";
    private boolean named;
    private long skipped;
    private long filtered;
    private boolean inLog;
    private boolean escaped;
    private long line;
    private @Nullable String time;
    private @Nullable Map<String, Object> values;
    private boolean more;

    Builder(String name) {
      this.name = name;
    }

    void add(String text) {
      if (text.startsWith("-- ")) {
        endRecord();
        directive(text.substring(3).split(" ", 3));
      } else if (inLog) {
        byte[] bytes = escaped ? unescaped(text).getBytes(ISO_8859_1) : text.getBytes(UTF_8);
        log.writeBytes(bytes);
        log.write('\n');
      } else if (text.equals("...")) {
        more = true;
      } else if (!text.isEmpty()) {
        var known = Objects.requireNonNull(values, name + ": a value without a record: " + text);
        int colon = text.indexOf(": ");
        known.put(text.substring(0, colon), value(text.substring(colon + 2)));
      }
    }

    private void directive(String[] words) {
      inLog = false;
      switch (words[0]) {
        case "log" -> {
          inLog = true;
          escaped = words.length > 1;
        }
        case "is" -> form = words[1] + (words.length > 2 ? " " + words[2] : "");
        case "named" -> {
          form = words[1] + (words.length > 2 ? " " + words[2] : "");
          named = true;
        }
        case "skipped" -> skipped = Long.parseLong(words[1]);
        case "filtered" -> filtered = Long.parseLong(words[1]);
        case "record" -> {
          line = Long.parseLong(words[1]);
          time = words[2].equals("-") ? null : words[2];
          values = new LinkedHashMap<>();
          more = false;
        }
        case "rejected" -> faults.add(new Fault(Long.parseLong(words[1]), words[2]));
        default -> throw new IllegalArgumentException(name + ": " + String.join(" ", words));
      }
    }

    private void endRecord() {
      if (values != null) {
        records.add(new Expected(line, time, values, more));
        values = null;
      }
    }

    CorpusSample build() {
      endRecord();
      return new CorpusSample(
          name, log.toByteArray(), form, named, skipped, filtered, records, faults);
    }

    /// Of text as JSON has it, without its numbers for characters.
    private static Object value(String json) {
      return switch (json.charAt(0)) {
        case '"' -> unescaped(json.substring(1, json.length() - 1));
        case '{', '[' -> new Json(json);
        case 't', 'f' -> Boolean.valueOf(json);
        default -> json.contains(".") ? (Object) Double.valueOf(json) : (Object) Long.valueOf(json);
      };
    }

    private static String unescaped(String text) {
      var plain = new StringBuilder();
      int at = 0;
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c != '\\') {
          plain.append(c);
          continue;
        }
        char escape = text.charAt(at++);
        switch (escape) {
          case 't' -> plain.append('\t');
          case 'r' -> plain.append('\r');
          case 'n' -> plain.append('\n');
          case '0' -> plain.append('\0');
          case 'x' -> {
            plain.append((char) Integer.parseInt(text.substring(at, at + 2), 16));
            at += 2;
          }
          default -> plain.append(escape);
        }
      }
      return plain.toString();
    }
  }
}
