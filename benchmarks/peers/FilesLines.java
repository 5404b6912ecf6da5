import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What one would write: Files.lines and a regular expression; counts by status.
public class FilesLines {
  // Without backtracking into the quoted fields, which overflows the stack on a long one.
  private static final Pattern COMBINED =
      Pattern.compile(
          "(\\S+) (\\S+) (.*?) \\[([^]]+)] \"((?:[^\"\\\\]++|\\\\.)*+)\" (\\d{3}|-) (\\d+|-)"
              + " \"((?:[^\"\\\\]++|\\\\.)*+)\" \"((?:[^\"\\\\]++|\\\\.)*+)\"");

  public static void main(String[] args) throws Exception {
    var counts = new TreeMap<String, Integer>();
    try (var lines = Files.lines(Path.of(args[0]), ISO_8859_1)) {
      lines.forEach(line -> {
        var matcher = COMBINED.matcher(line);
        if (matcher.matches()) {
          counts.merge(matcher.group(6), 1, Integer::sum);
        }
      });
    }
    counts.forEach((status, count) -> System.out.println(count + " " + status));
  }
}
