/// Topics as sources and sinks of pipelines: see [dev.sluice.kafka].
@org.jspecify.annotations.NullMarked
module dev.sluice.kafka {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pipelines;
  requires transitive kafka.clients;
  requires static tools.jackson.databind;
  requires static io.opentelemetry.api;
  requires static transitive io.opentelemetry.context;

  exports dev.sluice.kafka;
}
