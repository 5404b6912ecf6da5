/// Logs: from files to records to targets.
///
/// ```text
///   LogSource --> LineFramer --> Block --> LineParser --> ParsedBlock --> Target
///   a file, a     bytes to       lines of  one for each   records and     a table, a file,
///   pipe          lines          one file  LogFormat      rejects         a summary
/// ```
@org.jspecify.annotations.NullMarked
package dev.sluice.logs;
