/// Sources, stages and sinks: see [dev.sluice.pipelines].
@org.jspecify.annotations.NullMarked
module dev.sluice.pipelines {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.channels;
  requires jdk.jfr;

  exports dev.sluice.pipelines;
}
