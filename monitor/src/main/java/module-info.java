/// What runs, live: see [dev.sluice.monitor].
@org.jspecify.annotations.NullMarked
module dev.sluice.monitor {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pipelines;
  requires java.net.http;
  requires jdk.httpserver;
  requires tools.jackson.core;

  exports dev.sluice.monitor;
}
