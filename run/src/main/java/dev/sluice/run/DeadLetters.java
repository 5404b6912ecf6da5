package dev.sluice.run;

import dev.sluice.logs.LogItem;
import dev.sluice.logs.NoRecordException;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.Sink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Makes records of what failed, whichever stage it failed in: `stage`, `reason`, `attempts`, and
/// what it was, as `text`.
final class DeadLetters implements Sink<DeadLetter> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Sink<List<LogItem>> target;

  DeadLetters(Sink<List<LogItem>> target) {
    this.target = target;
  }

  /// Stages share it, and each has a thread of its own.
  @Override
  public void write(DeadLetter letter) throws Exception {
    var records = new ArrayList<LogItem>();
    if (letter.value() instanceof List<?> batch) {
      for (var item : batch) {
        records.add(dead(letter, (LogItem) item));
      }
    } else {
      records.add(dead(letter, (LogItem) letter.value()));
    }
    lock.lockInterruptibly();
    try {
      target.write(records);
    } finally {
      lock.unlock();
    }
  }

  private static LogItem dead(DeadLetter letter, LogItem item) throws NoRecordException {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("stage", letter.stage());
    fields.put("reason", reason(letter.cause()));
    fields.put("attempts", letter.attempts());
    fields.put("text", item.text());
    return LogItem.ofJson(
        item.source(), item.line(), JsonMapper.shared().writeValueAsString(fields));
  }

  /// Why, in words.
  static String reason(Exception cause) {
    var message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
