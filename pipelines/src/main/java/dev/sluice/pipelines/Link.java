package dev.sluice.pipelines;

/// Items go from one stage of a run to another.
///
/// @param from as [Running.Stage#name]
/// @param to likewise
public record Link(String from, String to) {}
