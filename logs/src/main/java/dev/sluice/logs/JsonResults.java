package dev.sluice.logs;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes each row as a line of JSON: `{"aggregate":"count-by","count":3,"status":404}`. A key that
/// is taken already gets `_` appended until it is free.
final class JsonResults implements Results {
  private static final int CHUNK = 32 * 1024;
  private static final String KIND = "aggregate";

  private final OutputStream out;
  private final JsonBuffer json = new JsonBuffer();

  JsonResults(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(Table table) throws IOException {
    var taken = new HashSet<>(Set.of(KIND));
    var keys =
        table.columns().stream()
            .map(column -> {
              var key = column;
              while (!taken.add(key)) {
                key += "_";
              }
              return key;
            })
            .toList();
    table.rows().forEach(cells -> row(table.kind(), keys, cells));
    json.drainTo(out);
  }

  private void row(String kind, List<String> keys, List<@Nullable Object> cells)
      throws IOException {
    json.raw('{').string(KIND).raw(':').string(kind);
    for (int i = 0; i < keys.size(); i++) {
      if (!(cells.get(i) instanceof Share)) {
        json.raw(',').string(keys.get(i)).raw(':').value(cells.get(i));
      }
    }
    json.raw('}').raw('\n');
    if (json.length() >= CHUNK) {
      json.drainTo(out);
    }
  }
}
