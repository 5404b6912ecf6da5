/// Contracts and actors for tests of concurrent code: see [dev.sluice.testkit].
@org.jspecify.annotations.NullMarked
module dev.sluice.testkit {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pipelines;
  requires transitive org.junit.jupiter.api;
  requires transitive org.assertj.core;

  exports dev.sluice.testkit;

  opens dev.sluice.testkit to
      org.junit.platform.commons; // a contract's tests are package-private
}
