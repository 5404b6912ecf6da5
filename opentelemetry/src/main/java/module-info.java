/// Spans for the way of some items through a pipeline: see [dev.sluice.opentelemetry].
@org.jspecify.annotations.NullMarked
module dev.sluice.opentelemetry {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pipelines;
  requires transitive io.opentelemetry.api;
  requires io.opentelemetry.context;

  exports dev.sluice.opentelemetry;
}
