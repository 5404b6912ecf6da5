package dev.sluice.logs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/// Guesses which name was meant by a misspelt one.
public final class DidYouMean {
  private static final int LONGEST = 100;

  private DidYouMean() {}

  /// A question to append to a message, `; did you mean 'status'?`, or nothing where nothing is
  /// near: about one slip for each three letters, or a part of the name.
  public static String hint(String typed, Collection<String> known) {
    if (typed.length() > LONGEST) {
      return ""; // a mistake of another kind
    }
    var nearest = new ArrayList<String>();
    int least = Math.max(1, typed.length() / 3);
    for (var name : known.stream().sorted().toList()) {
      int slips = isPart(name, typed) || isPart(typed, name) ? 1 : slips(typed, name);
      if (slips < least) {
        nearest.clear();
        least = slips;
      }
      if (slips == least) {
        nearest.add(name);
      }
    }
    return nearest.isEmpty()
        ? ""
        : nearest.stream().collect(Collectors.joining("' or '", "; did you mean '", "'?"));
  }

  private static boolean isPart(String part, String whole) {
    return part.length() >= 4 && whole.contains(part);
  }

  /// How many letters were left out, added, replaced or swapped with their neighbour, whatever
  /// their case: the optimal string alignment distance.
  private static int slips(String typed, String name) {
    var from = typed.toLowerCase(Locale.ROOT);
    var to = name.toLowerCase(Locale.ROOT);
    var rows = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          rows[i][j] = i + j;
          continue;
        }
        int replaced = rows[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        rows[i][j] = Math.min(replaced, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
        }
      }
    }
    return rows[from.length()][to.length()];
  }
}
