/// What belongs to a thread, carried into the workers of a pipeline: see [dev.sluice.context].
@org.jspecify.annotations.NullMarked
module dev.sluice.context {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pipelines;
  requires static org.slf4j;
  requires static io.opentelemetry.context;

  exports dev.sluice.context;
}
