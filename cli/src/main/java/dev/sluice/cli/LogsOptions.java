package dev.sluice.cli;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The options of `sluice logs`, and the help around them.
final class LogsOptions extends Options {
  final Option<List<String>> files =
      parameters(
          "FILE",
          "A path, a directory, a quoted glob, or '-' for standard input; none and a pipe: standard input."
              + " syslog+tcp://[HOST]:PORT and syslog+udp://[HOST]:PORT listen there until a signal, on this machine"
              + " alone unless HOST is named. queue:QUEUE reads the items of a queue (see 'sluice queue') as lines, and"
              + " acknowledges each when every target has it. kafka://HOST:PORT/TOPIC reads a topic to the end that it has"
              + " now, all of it, or with ?group=NAME what that group has not read yet.");

  final Option<String> format =
      text("--format", "FORMAT")
          .byDefault("auto")
          .help(
              "auto (recognised for each file; the default). Access logs: common, combined, access (either, with more"
                  + " fields), vhost, w3c, alb. Errors: nginx_error, apache_error. Programs: app (Log4j, Logback, Spring"
                  + " Boot, Python, glog and the like), traces, json, logfmt, syslog, journal. Containers, with any of"
                  + " these within: cri, docker. Tables: csv, tsv. Your own: grok:PATTERN, regex:PATTERN with named groups."
                  + " Anything: plain.");

  final Option<Boolean> follow =
      flag("-f", "--follow")
          .help(
              "Go on with what is added to the files, and to directories and globs, until Ctrl-C or SIGTERM; also through"
                  + " rotation, and for files that do not exist yet.");

  final Option<Boolean> fromEnd =
      flag("--from-end")
          .help("With --follow: begin at the end of what is there already, like tail -n 0 -F.");

  final Option<Boolean> untilEnd =
      flag("--until-end")
          .help(
              "Stop at the end that each input has at the start, as without --follow; for topics, to say it.");

  final Option<@Nullable Charset> encoding =
      value(Charset.class, "--encoding", "NAME")
          .by(new Encodings())
          .help(
              "The encoding of all inputs: utf-8, utf-16, utf-16le, utf-16be, latin-1, windows-1252, ... (default: UTF-8, or"
                  + " UTF-16 where a byte order mark says so).");

  final Option<@Nullable ZoneId> zone =
      value(ZoneId.class, "--timezone", "ZONE")
          .by(new Zones())
          .help(
              "The zone of times that do not tell theirs: Europe/Berlin, UTC, +02:00 (default: this machine's). One that"
                  + " has no year either is in the latest year that does not put it into the future.");

  final Option<@Nullable String> where =
      text("--where", "EXPR")
          .help(
              "Keep the records for which this CEL expression holds, as 'status >= 500'. One that cannot be"
                  + " evaluated, because a field is null, does not hold.");

  final Option<@Nullable String> since =
      text("--since", "TIME")
          .help(
              "Keep the records of this time and later: 2026-11-21, 2026-11-21T10:00, with or without a zone (without:"
                  + " this machine's); today, yesterday; 30m, 2h, 7d before now. One that tells no time is left out.");

  final Option<@Nullable String> until =
      text("--until", "TIME").help("Keep the records of before this time, written as for --since.");

  final Option<Double> sample =
      value(Double.class, "--sample", "RATE")
          .by(new Rates())
          .byDefault("1.0")
          .help(
              "Keep about this share of the records: 1%%, 0.01 or 1/100. The same ones in each run, whatever else is"
                  + " asked.");

  final Option<Long> sampleSeed =
      value(Long.class, "--sample-seed", "N")
          .byDefault("1")
          .help("Which of many such samples (default: ${DEFAULT-VALUE}).");

  final Option<List<String>> sets =
      list("--set", "NAME=EXPR")
          .help(
              "Give each record a field that this CEL expression computes, as 'slow=duration_ms > 500'; null where it"
                  + " cannot be evaluated. May be repeated; --where, --fields and later ones may name it.");

  final Option<List<String>> dedupe =
      commaSeparated("--dedupe", "FIELD,...")
          .optionalAfterEquals("")
          .help(
              "Leave out records that are equal to one kept before: in all fields, or in those named (after '=').");

  final Option<@Nullable Duration> within =
      value(Duration.class, "--within", "TIME")
          .by(new Durations())
          .help(
              "How long after a record --dedupe leaves out its equals, by the records' own time: 30s, 5m, 1h"
                  + " (default: for ever).");

  final Option<List<String>> redact =
      commaSeparated("--redact", "WHAT,...")
          .help(
              "Make secrets unreadable in all that is written and shown: addresses, email, tokens, cards, all (of these),"
                  + " or the name of a field (field:email, if it is called like one of these).");

  final Option<List<String>> fields =
      commaSeparated("--fields", "FIELD,...")
          .help(
              "Write these fields only, in this order; http.status is one within another. Tables keep source, line and"
                  + " time as well.");

  final Option<List<String>> targets =
      list("--to", "TARGET")
          .help(
              "sqlite:FILE[?table=NAME], postgresql://[USER@]HOST[:PORT]/DATABASE[?table=NAME], csv:FILE, ndjson:FILE,"
                  + " queue:QUEUE (see 'sluice queue'), kafka://HOST:PORT/TOPIC (see 'sluice topic'); '-' as FILE of csv and ndjson is standard output, the suffixes .gz and .zst compress, and"
                  + " ?rotate=100MB begins a new file at that size. May be repeated: each gets every record. A table is"
                  + " added to, a file replaced.");

  final Option<@Nullable Path> report =
      path("--report", "FILE.html")
          .help(
              "Write a page to look at and to send: time line, statuses or levels, top values, latencies, slowest,"
                  + " what was rejected and why. It is one file, and loads nothing.");

  final Option<List<String>> countBy =
      commaSeparated("--count-by", "FIELD[,FIELD...]")
          .help(
              "Count the records by the values of these fields, together; most frequent first. Exact up to a million"
                  + " different ones.");

  final Option<Boolean> approximate =
      flag("--approximate")
          .help(
              "With --count-by: where there are too many different values keep the most frequent, and show by how much"
                  + " each count may be too high.");

  final Option<@Nullable Integer> minutes =
      value(Integer.class, "--per", "MINUTES")
          .help(
              "Count the records of each so many minutes (UTC); with --count-by, apart for each value.");

  final Option<List<String>> tops =
      list("--top", "N FIELD")
          .arity(2)
          .help(
              "Show the N most frequent values of a field, in bounded memory; where that makes counts uncertain, by how"
                  + " much. May be repeated.");

  final Option<List<String>> percentiles =
      commaSeparated("--percentiles", "FIELD[,FIELD...]")
          .help("Show count, p50, p90, p99, p99.9 and maximum of the numbers in these fields.");

  final Option<Boolean> json =
      flag("--json")
          .help(
              "Show what --count-by, --per, --top and --percentiles found as JSON, a line for each row.");

  final Option<Path> rejected =
      path("--rejected", "FILE")
          .byDefault("rejected.ndjson")
          .help(
              "Where malformed lines go, with source, line, offset and reason (default: ${DEFAULT-VALUE}). Made only"
                  + " when there is one, and then replaced.");

  final Option<@Nullable Path> checkpoint =
      path("--checkpoint", "FILE")
          .help(
              "Keep in FILE how far each target is. After a crash, or when the logs have grown, the same command goes"
                  + " on there: no record is lost, and none is written twice. Needs --to with files or databases.");

  final Option<@Nullable Path> account =
      path("--account", "FILE")
          .help("Write the final account as JSON; '-' for standard output instead of a summary.");

  final Option<Boolean> failOnRejected =
      flag("--fail-on-rejected").help("Exit with 1 if anything was rejected.");

  final Option<Integer> parsers =
      value(Integer.class, "--parsers", "N")
          .byDefault(Integer.toString(Runtime.getRuntime().availableProcessors()))
          .help("How many threads parse (default: one for each processor, here ${DEFAULT-VALUE}).");

  final Option<Integer> buffer =
      value(Integer.class, "--buffer", "N")
          .byDefault("16384")
          .help("How many lines may wait between reading and parsing (default: ${DEFAULT-VALUE}).");

  final Option<Duration> drainTimeout =
      value(Duration.class, "--drain-timeout", "TIME")
          .by(new Durations())
          .byDefault("5s")
          .help(
              "How long to go on after Ctrl-C or SIGTERM with what was read: 500ms, 5s, 2m (default: ${DEFAULT-VALUE})."
                  + " A second signal abandons it at once.");

  final Option<Progress.When> progress =
      value(Progress.When.class, "--progress", "WHEN")
          .byDefault("auto")
          .help(
              "auto (a bar on a terminal, else a line every 5 s; the default), always (a bar), or never.");

  final Option<Boolean> live =
      flag("--live")
          .help(
              "On a terminal, show above the bar what each stage does, as 'sluice top' does: which one limits, and what waits.");

  final Option<@Nullable String> dashboard =
      text("--dashboard", "PORT")
          .optionalAfterEquals("0")
          .help(
              "Show the run on a page while it goes on, on this machine alone; its address is told. At this port (after"
                  + " '='), or at any that is free.");

  final Option<Boolean> explain =
      flag("--explain")
          .help("Tell before the run what it guarantees, and after it what limited its speed.");

  final Option<Boolean> quiet =
      flag("-q", "--quiet")
          .help(
              "Neither progress nor recognised formats; the account and failures are always told.");

  /// @param command gets the options, and the texts of its help
  LogsOptions(CommandSpec command) {
    super(command);
    // The file is read before the options are, by Defaults.
    path("--config", "FILE")
        .help(
            "Take defaults of these options from this file instead of ~/.config/sluice/config; see 'sluice config'.");
    addHelpAndVersion(command);
    command
        .usageMessage()
        .header("Read logs, and write their records into tables and files.")
        .description(
            "",
            "Reads files, directories, quoted globs and pipes, also compressed ones (gzip, zstd, xz, bzip2), and syslog from"
                + " the network; recognises the format of each; and tells at the end what became of every line: read = written"
                + " + filtered + rejected. Without --to it shows a summary.",
            "")
        .sortOptions(false)
        .autoWidth(true)
        .abbreviateSynopsis(true)
        .commandListHeading("%nCommands:%n")
        .exitCodeListHeading("%nExit status:%n")
        .exitCodeList(
            UsageMessageSpec.keyValuesMap(
                "  0:the run finished; rejected lines are no failure",
                "  1:an input could not be read, a target could not be written, or --fail-on-rejected",
                "  2:wrong usage; nothing was done",
                "130, 143:ended by Ctrl-C or SIGTERM: what was read was written",
                "141:whoever read the output has left"))
        .footer(
            "",
            "Examples:",
            "  sluice logs access.log",
            "  sluice logs /var/log/nginx 'archive/*.gz' --to sqlite:logs.db",
            "  sluice logs app.log --where 'level == \"ERROR\"' --to ndjson:- | jq .message",
            "  sluice logs access.log --where 'status >= 500' --to csv:errors.csv",
            "  sluice logs access.log --count-by status --per 60 --top 10 path --percentiles bytes",
            "  sluice logs /var/log/nginx --to sqlite:logs.db --checkpoint nginx.checkpoint",
            "  sluice logs -f /var/log/nginx --to sqlite:live.db",
            "  sluice logs syslog+udp://:5514 --to ndjson:-",
            "  sluice logs access.log --since yesterday --report report.html",
            "  sluice logs app.log --set 'slow=ms > 500' --fields time,slow --to csv:-",
            "  sluice logs *.log --redact all --dedupe --within 1m --to ndjson:shared.ndjson",
            "",
            "Any option may stand in a configuration file or in the environment: see 'sluice config --help'.");
  }
}
