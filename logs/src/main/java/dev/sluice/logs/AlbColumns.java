package dev.sluice.logs;

import java.util.List;

/// The columns of [LogFormat#ALB]: many enough to stand by themselves.
final class AlbColumns {
  static final List<Column> ALL =
      List.of(
          text("type"),
          text("elb"),
          text("client"),
          integer("client_port"),
          text("target"),
          integer("target_port"),
          real("request_processing_time"),
          real("target_processing_time"),
          real("response_processing_time"),
          integer("status"),
          integer("target_status"),
          integer("received_bytes"),
          integer("sent_bytes"),
          text("method"),
          text("url"),
          text("protocol"),
          text("agent"),
          text("ssl_cipher"),
          text("ssl_protocol"),
          text("target_group_arn"),
          text("trace_id"),
          text("domain_name"),
          text("chosen_cert_arn"),
          integer("matched_rule_priority"),
          text("request_creation_time"),
          text("actions_executed"),
          text("redirect_url"),
          text("error_reason"),
          text("target_list"),
          text("target_status_list"),
          text("classification"),
          text("classification_reason"),
          text("conn_trace_id"),
          text("request"),
          text("further"));

  private AlbColumns() {}

  private static Column text(String name) {
    return new Column(name, Column.Type.TEXT);
  }

  private static Column integer(String name) {
    return new Column(name, Column.Type.INTEGER);
  }

  private static Column real(String name) {
    return new Column(name, Column.Type.REAL);
  }
}
