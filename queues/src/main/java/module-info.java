/// Queues that survive their processes: see [dev.sluice.queues].
@org.jspecify.annotations.NullMarked
module dev.sluice.queues {
  requires static transitive org.jspecify;
  requires transitive dev.sluice.pipelines;
  requires transitive java.sql;
  requires org.xerial.sqlitejdbc;
  requires org.postgresql.jdbc;
  requires static tools.jackson.databind;

  exports dev.sluice.queues;
}
