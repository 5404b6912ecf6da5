package dev.sluice.logs;

/// Takes each line as it is.
final class PlainParser implements LineParser {
  private static final Shape SHAPE = new Shape(LogFormat.PLAIN, LogFormat.PLAIN.columns());

  @Override
  public Parsed parse(String source, long line, byte[] bytes, int from, int to) {
    return new LogRecord(source, line, null, SHAPE, new Object[] {Bytes.text(bytes, from, to)});
  }
}
