package dev.sluice.logs;

/// Finds the parts of a line that a container runtime has wrapped:
///
/// ```text
///   CRI      2026-11-21T19:00:00.123456789Z stdout F what the program wrote
///   Docker   {"log":"what the program wrote\n","stream":"stdout","time":"2026-11-21T19:00:00.123456789Z"}
/// ```
///
/// A line is partial if the runtime cut it: marked `P`, or without a line end at its end. Of
/// Docker's lines the content is not decoded here. For one thread at a time.
final class WrappedLine {
  private static final String LOG = "\"log\":\"";
  private static final String STREAM = "\"stream\":\"";
  private static final String TIME = "\"time\":\"";

  private int timeStart;
  private int timeEnd;
  private int streamStart;
  private int streamEnd;
  private int contentStart;
  private int contentEnd;
  private boolean partial;
  private boolean error;

  /// Reads a line.
  ///
  /// @return whether it is one
  boolean read(boolean docker, byte[] b, int from, int to) {
    boolean read = docker ? docker(b, from, to) : cri(b, from, to);
    error = read && Bytes.matches(b, streamStart, streamEnd, "stderr");
    return read && (error || Bytes.matches(b, streamStart, streamEnd, "stdout"));
  }

  private boolean cri(byte[] b, int from, int to) {
    timeStart = from;
    timeEnd = Words.end(b, from, to);
    if (timeEnd - timeStart < 20 || b[from + 10] != 'T') {
      return false;
    }
    streamStart = timeEnd + 1;
    streamEnd = Words.end(b, streamStart, to);
    int tag = streamEnd + 1;
    if (tag >= to || (b[tag] != 'F' && b[tag] != 'P')) {
      return false;
    }
    int tagEnd = Words.end(b, tag, to);
    if (tagEnd > tag + 1 && b[tag + 1] != ':') {
      return false; // further tags are behind colons
    }
    partial = b[tag] == 'P';
    contentStart = Math.min(tagEnd + 1, to);
    contentEnd = to;
    return true;
  }

  private boolean docker(byte[] b, int from, int to) {
    int at = from;
    if (!Bytes.startsWith(b, at, to, "{" + LOG)) {
      return false;
    }
    contentStart = at + 1 + LOG.length();
    contentEnd = Words.closing(b, contentStart, to);
    if (contentEnd < 0) {
      return false;
    }
    at = contentEnd + 1;
    partial = !endsLine(b, contentStart, contentEnd);
    contentEnd -= partial ? 0 : 2;
    streamStart = -1;
    timeStart = -1;
    while (at < to && b[at] == ',') {
      at++;
      if (Bytes.startsWith(b, at, to, STREAM)) {
        streamStart = at + STREAM.length();
        streamEnd = Words.closing(b, streamStart, to);
        at = streamEnd + 1;
      } else if (Bytes.startsWith(b, at, to, TIME)) {
        timeStart = at + TIME.length();
        timeEnd = Words.closing(b, timeStart, to);
        at = timeEnd + 1;
      } else if (Bytes.startsWith(b, at, to, "\"attrs\":{")) {
        at = attributesEnd(b, at + 9, to);
      } else {
        return false;
      }
      if (at <= 0) {
        return false;
      }
    }
    return at + 1 == to && b[at] == '}' && streamStart >= 0 && timeStart >= 0;
  }

  /// Returns where an object of texts ends that has begun, or -1.
  private static int attributesEnd(byte[] b, int from, int to) {
    int at = from;
    while (at < to && b[at] != '}') {
      if (b[at] == '"') {
        at = Words.closing(b, at + 1, to);
        if (at < 0) {
          return -1;
        }
      } else if (b[at] != ',' && b[at] != ':') {
        return -1;
      }
      at++;
    }
    return at < to ? at + 1 : -1;
  }

  /// Whether this ends with `\n`, whose backslash is not one that another one makes a character.
  private static boolean endsLine(byte[] b, int from, int to) {
    if (to - from < 2 || b[to - 1] != 'n') {
      return false;
    }
    int backslashes = 0;
    while (to - 2 - backslashes >= from && b[to - 2 - backslashes] == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }

  int timeStart() {
    return timeStart;
  }

  int timeEnd() {
    return timeEnd;
  }

  int contentStart() {
    return contentStart;
  }

  /// Where the content ends, without the line end that it has if it is not partial.
  int contentEnd() {
    return contentEnd;
  }

  boolean isPartial() {
    return partial;
  }

  boolean isError() {
    return error;
  }
}
