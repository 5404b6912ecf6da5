package dev.sluice.logs;

import java.io.IOException;
import java.io.InputStream;

/// A stream that is read many bytes at a time.
abstract class BulkInput extends InputStream {

  @Override
  public abstract int read(byte[] into, int from, int length) throws IOException;

  /// One byte, as if many were asked for. Asks again where the stream says with 0 that it has none
  /// yet, as that of a followed file does.
  @Override
  public final int read() throws IOException {
    var one = new byte[1];
    int count = 0;
    while (count == 0) {
      count = read(one, 0, 1);
    }
    return count < 0 ? -1 : one[0] & 0xff;
  }
}
