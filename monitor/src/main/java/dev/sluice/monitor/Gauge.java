package dev.sluice.monitor;

import java.util.Map;
import java.util.function.Supplier;

/// Numbers of another part of the program, for [Monitor#gauge].
record Gauge(
    String name, String help, Supplier<? extends Map<Map<String, String>, Double>> values) {}
