package dev.sluice.logs;

import java.util.List;

/// Consecutive lines of one file, cut but not yet parsed: what travels from the readers to the
/// parsers.
///
/// A block does not change once made, until it is settled: then its bytes may become another
/// block's.
///
/// @param source the file it is from, as the user named it
/// @param format the format that its file is taken to have
/// @param bytes the lines, as they stood in the file, and maybe more behind them
/// @param starts where in `bytes` each line begins; after the NUL bytes or byte order mark before
///   it
/// @param ends where each line ends, without its line end (`\n` or `\r\n`)
/// @param count how many lines: only so many entries of `starts` and `ends` count
/// @param firstLine the number of the first of them in the file, from 1
/// @param offset where `bytes` begins in the (decompressed) file
/// @param rejected units that the framer itself turned away, which stand before the first line
/// @param size how many bytes of the (decompressed) file this block accounts for, line ends and
///   skipped bytes included
/// @param physicalLines how many physical lines it accounts for, those of `rejected` included
/// @param skipped how many runs of NUL bytes were skipped
record Block(
    String source,
    LogFormat format,
    byte[] bytes,
    int[] starts,
    int[] ends,
    int count,
    long firstLine,
    long offset,
    List<Rejected> rejected,
    long size,
    long physicalLines,
    long skipped) {}
