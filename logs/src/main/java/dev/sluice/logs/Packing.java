package dev.sluice.logs;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/// How a file is compressed, which its name tells.
///
/// Both ways of it allow a file of several members one after another, which read as one text: so
/// each batch can be a member of its own, and a file can be cut off and continued between them.
enum Packing {
  NONE("") {
    @Override
    OutputStream open(OutputStream to) {
      return to;
    }
  },
  GZIP(".gz") {
    @Override
    OutputStream open(OutputStream to) throws IOException {
      return new GZIPOutputStream(to, BUFFER);
    }
  },
  ZSTD(".zst") {
    @Override
    OutputStream open(OutputStream to) throws IOException {
      return new ZstdOutputStreamNoFinalizer(to);
    }
  };

  private static final int BUFFER = 64 * 1024;

  private final String suffix;

  Packing(String suffix) {
    this.suffix = suffix;
  }

  /// What the name of `file` tells.
  static Packing of(Path file) {
    var name = file.toString();
    for (var packing : values()) {
      if (packing != NONE && name.endsWith(packing.suffix)) {
        return packing;
      }
    }
    return NONE;
  }

  /// The end of the names of such files: `.gz`.
  String suffix() {
    return suffix;
  }

  /// Begins a member that is complete once it is closed.
  abstract OutputStream open(OutputStream to) throws IOException;
}
