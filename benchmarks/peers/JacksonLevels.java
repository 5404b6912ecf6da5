import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.util.TreeMap;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Jackson's streaming parser in a plain loop over the file; counts by level.
public class JacksonLevels {
  public static void main(String[] args) throws Exception {
    var counts = new TreeMap<String, Integer>();
    try (var in = new BufferedInputStream(new FileInputStream(args[0]), 1 << 20);
        var json = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        for (var key = json.nextName(); key != null; key = json.nextName()) {
          json.nextToken();
          if (key.equals("level")) {
            counts.merge(json.getString(), 1, Integer::sum);
          } else {
            json.skipChildren();
          }
        }
      }
    }
    counts.forEach((level, count) -> System.out.println(count + " " + level));
  }
}
