package dev.sluice.logs;

import java.util.ArrayDeque;

/// Looks at regular expressions before they are compiled.
final class Patterns {
  private static final int MAX_SIZE = 20_000;

  private Patterns() {}

  /// Whether the counted repetitions of a pattern, written out, make it large: RE2/J writes them
  /// out, so `((a{1000}){1000}){1000}` would fill the memory.
  static boolean isLarge(String pattern) {
    var outer = new ArrayDeque<Long>();
    long size = 0; // of the group so far
    long last = 0; // of the item before, which a repetition repeats
    for (int i = 0; i < pattern.length() && size <= MAX_SIZE; i++) {
      switch (pattern.charAt(i)) {
        case '(' -> {
          outer.push(size);
          size = 0;
        }
        case ')' -> {
          last = size + 1;
          size = last + (outer.isEmpty() ? 0 : outer.pop());
        }
        case '{' -> {
          int end = pattern.indexOf('}', i);
          long times = end < 0 ? 0 : times(pattern.substring(i + 1, end));
          size += last * Math.max(0, times - 1);
          last *= Math.max(1, times);
        }
        case '[' -> {
          i = endOfClass(pattern, i);
          last = 1;
          size++;
        }
        case '\\' -> {
          i++;
          last = 1;
          size++;
        }
        default -> {
          last = 1;
          size++;
        }
      }
    }
    return size > MAX_SIZE;
  }

  private static int endOfClass(String pattern, int start) {
    int i = start + 1;
    if (pattern.startsWith("^", i)) {
      i++;
    }
    for (boolean first = true;
        i < pattern.length() && (first || pattern.charAt(i) != ']');
        i++, first = false) {
      if (pattern.charAt(i) == '\\') {
        i++;
      }
    }
    return i;
  }

  /// The larger number of `2,5` or `2,`, or 0 if it is no repetition.
  private static long times(String counts) {
    if (!counts.matches("\\d{1,4}(,\\d{0,4})?")) {
      return 0;
    }
    long times = 0;
    for (var count : counts.split(",", -1)) {
      times = Math.max(times, count.isEmpty() ? 0 : Long.parseLong(count));
    }
    return times;
  }
}
