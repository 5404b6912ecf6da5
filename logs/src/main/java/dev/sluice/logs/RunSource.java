package dev.sluice.logs;

import dev.sluice.pipelines.Source;
import java.util.List;
import java.util.Set;

/// What a run reads from: one input, or several that come and go while it runs. For one run.
interface RunSource extends Source<Work> {

  /// Whether there is anything to read.
  boolean isReadable();

  /// Whether it ends only with the run, so that whoever reads it reads nothing else.
  boolean isEndless();

  /// The formats that were recognised before the run began.
  Set<LogFormat> formats();

  /// What was recognised before the run began, in words: `app.log: combined (98 of 100 lines
  /// match)`.
  List<String> detections();

  /// The accounts so far, one for each name that the inputs have.
  List<LogAccount.SourceAccount> accounts();

  /// How many bytes of the inputs as they lie there have been read.
  long position();

  /// How many there are; -1 if that can't be known.
  long size();

  /// How many lines have been read.
  long lines();

  /// How many units have been rejected.
  long rejected();

  /// What can be relied on while reading it, and what not, in sentences.
  List<String> guarantees();
}
