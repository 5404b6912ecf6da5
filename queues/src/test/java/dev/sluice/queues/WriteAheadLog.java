package dev.sluice.queues;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What SQLite would read of a write-ahead log, by its documented format.
///
/// ```text
///   log   = header: 32 | frame*
///   frame = page: 4 | pages after a commit, else 0: 4 | salt: 8 | checksum: 8 | the page
/// ```
///
/// A frame counts if its salt is the header's and its checksum goes on from the one before; all
/// from the first that does not is left of earlier times, or torn.
final class WriteAheadLog {
  private static final int HEADER = 32;
  private static final int FRAME_HEADER = 24;

  private final ByteBuffer bytes;
  private final ByteOrder order;
  private int first;
  private int second;

  private WriteAheadLog(byte[] content) {
    bytes = ByteBuffer.wrap(content);
    order = (bytes.getInt(0) & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  /// Where each committed transaction ends, in order.
  static List<Long> commits(Path file) throws IOException {
    var content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    return content.length < HEADER ? List.of() : new WriteAheadLog(content).commits();
  }

  /// Where the last committed transaction ends; 0 if there is none.
  static long end(Path file) throws IOException {
    var commits = commits(file);
    return commits.isEmpty() ? 0 : commits.getLast();
  }

  private List<Long> commits() {
    var commits = new ArrayList<Long>();
    add(0, 24);
    if (first != bytes.getInt(24) || second != bytes.getInt(28)) {
      return commits;
    }
    int page = bytes.getInt(8);
    long salt = bytes.getLong(16);
    int frame = HEADER;
    while (frame + FRAME_HEADER + page <= bytes.capacity() && bytes.getLong(frame + 8) == salt) {
      add(frame, 8);
      add(frame + FRAME_HEADER, page);
      if (first != bytes.getInt(frame + 16) || second != bytes.getInt(frame + 20)) {
        break;
      }
      boolean commit = bytes.getInt(frame + 4) != 0;
      frame += FRAME_HEADER + page;
      if (commit) {
        commits.add((long) frame);
      }
    }
    return commits;
  }

  private void add(int from, int length) {
    bytes.order(order);
    for (int i = from; i < from + length; i += 8) {
      first += bytes.getInt(i) + second;
      second += bytes.getInt(i + 4) + first;
    }
    bytes.order(ByteOrder.BIG_ENDIAN);
  }
}
