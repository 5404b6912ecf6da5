package dev.sluice.pipelines;

/// A source that doesn't want to be told what became of its items.
record Unacknowledged<T>(Source<T> source) implements Source<T> {
  @Override
  public Cursor<T> open() throws Exception {
    return source.open();
  }

  @Override
  public boolean isAcknowledged() {
    return false;
  }
}
