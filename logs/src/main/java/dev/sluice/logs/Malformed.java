package dev.sluice.logs;

/// Why a line is no record of its format.
///
/// @param reason one of few short names, for counting: `no-closing-quote`
/// @param detail a sentence for whoever mends the line, with what was found and what was expected
record Malformed(String reason, String detail) implements Parsed {}
