package dev.sluice.logs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes each record as JSON to an end that another module provides. It keeps no positions, so no
/// checkpoint can go on with it.
final class EndTarget implements Target {
  private final LogEnd end;
  private final String rest;
  private final String name;
  private final RecordJson records = new RecordJson();
  private final JsonBuffer json = new JsonBuffer();
  private LogEnd.@Nullable Outlet outlet;

  EndTarget(LogEnd end, String rest) {
    this.end = end;
    this.rest = rest;
    name = end.place(rest);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean choose(List<String> fields) {
    records.choose(fields);
    return true;
  }

  @Override
  public void open(List<LogFormat> formats) throws IOException {
    outlet = end.outlet(rest);
  }

  @Override
  public void write(List<ParsedBlock> blocks) throws IOException {
    var out = Targets.opened(outlet, this);
    var texts = new ArrayList<byte[]>();
    for (var block : blocks) {
      for (var logRecord : block.records()) {
        records.append(json, logRecord);
        texts.add(json.take());
      }
    }
    try {
      if (!texts.isEmpty()) {
        out.write(texts);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(name + ": interrupted before the records were stored");
    }
  }

  @Override
  public void close() throws IOException {
    if (outlet != null) {
      outlet.close();
    }
  }
}
