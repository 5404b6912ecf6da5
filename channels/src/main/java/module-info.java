/// Hand-off between threads: see [dev.sluice.channels].
@org.jspecify.annotations.NullMarked
module dev.sluice.channels {
  requires static transitive org.jspecify;

  exports dev.sluice.channels;
}
