/// An asynchronous appender for Logback, on a channel: see [dev.sluice.logback].
@org.jspecify.annotations.NullMarked
module dev.sluice.logback {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.channels;
  requires transitive ch.qos.logback.classic;
  requires transitive ch.qos.logback.core;

  exports dev.sluice.logback;
}
