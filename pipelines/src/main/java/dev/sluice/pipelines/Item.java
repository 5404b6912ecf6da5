package dev.sluice.pipelines;

/// A value between two workers, with where it came from.
record Item(Object value, Lineage lineage) {}
