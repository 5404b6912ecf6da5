package dev.sluice.logs;

import dev.sluice.pipelines.Cursor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A cursor in a `try`.
record Closing<T>(Cursor<T> cursor) implements AutoCloseable {
  static <T> Closing<T> of(Cursor<T> cursor) {
    return new Closing<>(cursor);
  }

  @Nullable T next() throws Exception {
    return cursor.next();
  }

  @Override
  public void close() throws IOException {
    try {
      cursor.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
