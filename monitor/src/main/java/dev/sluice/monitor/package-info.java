/// What runs, live: for a page, a scraper, an orchestrator, an alarm.
///
/// ```text
///   Running, Channel --> Monitor --> Snapshot --> MonitorServer     the page, JSON, events, metrics
///                           |           |           |
///                        Watched      Alarms     LiveServer      for any LiveContent
///                                                   Guard: who may ask
///                                                   Streams: one encoding for all who watch
/// ```
///
/// A [Monitor] reads the counters that pipelines and channels keep anyway, at most ten times a
/// second however many look: whoever is watched pays nothing for it. All that is shown is a
/// [Snapshot]: it never changes, and anyone may keep it.
@org.jspecify.annotations.NullMarked
package dev.sluice.monitor;
