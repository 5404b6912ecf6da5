/// A channel as the queue of Log4j 2's asynchronous appender: see [dev.sluice.log4j2].
@SuppressWarnings("module") // the digit is of the name of what it is for
@org.jspecify.annotations.NullMarked
module dev.sluice.log4j2 {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.channels;
  requires org.apache.logging.log4j;
  requires transitive org.apache.logging.log4j.core;

  exports dev.sluice.log4j2;
}
