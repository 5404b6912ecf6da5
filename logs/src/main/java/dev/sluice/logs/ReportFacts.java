package dev.sluice.logs;

import org.jspecify.annotations.Nullable;

/// What a report tells besides what was counted: how the run went.
///
/// @param failure what ended it early, null if nothing did
record ReportFacts(LogJob job, LogAccount account, RecordSteps steps, @Nullable String failure) {}
