package dev.sluice.logs;

import java.util.BitSet;

/// The content of the column `extra`: the values that have no column of their own.
final class Extra {
  private Extra() {}

  /// A JSON object of those values of a record that `left` tells.
  static String json(LogRecord logRecord, BitSet left) {
    var json = new JsonBuffer();
    var columns = logRecord.shape().columns();
    char before = '{';
    for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i + 1)) {
      json.raw(before).string(columns.get(i).name()).raw(':').value(logRecord.values()[i]);
      before = ',';
    }
    return json.raw('}').toString();
  }
}
