/// What a monitor watches, as meters of Micrometer: see [dev.sluice.micrometer].
@org.jspecify.annotations.NullMarked
module dev.sluice.micrometer {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.monitor;
  requires transitive micrometer.core;

  exports dev.sluice.micrometer;
}
